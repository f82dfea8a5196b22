"""Cookies across the levels of a session, and where pages lead afterwards."""

import pytest
from yarl import URL

from auth_backend.login.models import LoginSession, SessionLevel
from tests.integration.auth.factors.ways import ANA, enrol_app
from tests.integration.auth.passkeys.keys import PASSKEYS
from tests.support.auth_site import Forms, Site, Visitor

PLANTED = "attackers-own-choice-of-a-session-0123456789"
ELSEWHERE = (
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example/",
    "\\/evil.example/",
    "javascript:alert(1)",
    "https:evil.example",
    "/\t/evil.example/",
    " //evil.example/",
    "/account/../..//evil.example/",
    "http://localhost:8080@evil.example/",
)


async def opens(site: Site, cookie: str, path: str = "/account/security") -> str:
    """Where somebody comes who has only this session cookie."""
    thief = await site.visitor()
    thief.take_cookies({"zoe_session": cookie})
    return (await thief.open(path)).path


async def test_each_level_has_a_cookie_of_its_own_and_ends_the_one_before(site: Site) -> None:
    """Password, mailed code, step-up: a cookie that was planted, or copied at a lower level, is worth nothing."""
    await site.user(ANA, account=await site.account())
    key = await enrol_app(site, await site.visitor())
    visitor = await site.visitor()
    visitor.take_cookies({"zoe_session": PLANTED})
    await visitor.sign_in(ANA)
    seen = [visitor.cookies["zoe_session"]]
    await visitor.open("/login/methods")
    await visitor.submit("/login/methods")
    await visitor.submit("/login/methods", code=await site.code_for(ANA))
    seen.append(visitor.cookies["zoe_session"])
    await visitor.open("/login/step-up")
    await visitor.submit("/login/step-up", code=site.totp(key))
    seen.append(visitor.cookies["zoe_session"])
    assert len({PLANTED, *seen}) == 4
    assert [await opens(site, cookie) for cookie in (PLANTED, *seen)] == ["/login"] * 3 + ["/account/security"]
    rows = await site.rows(LoginSession, LoginSession.ended_at.is_(None), LoginSession.stepped_up_at.is_not(None))
    assert {row.level for row in rows} == {SessionLevel.FULL}


async def test_a_stolen_session_of_a_mailed_code_adds_no_passkey(site: Site) -> None:
    """`full_email` is everything but step-up: neither the page, nor the question, nor the answer."""
    await site.user(ANA, account=await site.account())
    await enrol_app(site, await site.visitor())
    visitor = await site.visitor()
    await visitor.sign_in(ANA)
    await visitor.open("/login/methods")
    await visitor.submit("/login/methods")
    await visitor.submit("/login/methods", code=await site.code_for(ANA))
    thief = await site.visitor()
    thief.take_cookies({"zoe_session": visitor.cookies["zoe_session"]})
    assert (await thief.open(PASSKEYS)).path == "/login/step-up"
    for path in (PASSKEYS, f"{PASSKEYS}/options", "/account/security/recovery-codes/new", "/account/security/password"):
        await thief.open("/account/preferences")
        assert (await thief.post(path, csrf=thief.csrf, credential="{}", name="x")).path == "/login/step-up", path
    assert (await thief.open("/login/step-up")).path == "/login/step-up"


async def leads_to(visitor: Visitor, path: str, shown: str | None = None, **fields: str) -> str:
    """The host of where a form sends the browser next, as browsers resolve it. `shown`: the form's page, if another."""
    await visitor.open(shown or path)
    data = {"csrf": visitor.csrf, **fields}
    answer = await visitor.client.post(path, data=data, headers=visitor.headers, allow_redirects=False)
    assert answer.status == 303, (path, answer.status)
    return host_of(answer.headers["Location"])


def host_of(location: str) -> str:
    """Where a browser on `own.example` goes: it drops tabs and takes backslashes for slashes."""
    plain = location.replace("\t", "").strip().replace("\\", "/")
    return URL("http://own.example/here").join(URL(plain)).host or ""


@pytest.mark.parametrize("goal", ELSEWHERE)
async def test_no_page_leads_off_the_site(site: Site, goal: str) -> None:
    """Every form that goes on to where somebody wanted: second step, resend, step-up, recovery code, language."""
    await site.user(ANA, account=await site.account())
    key = await enrol_app(site, await site.visitor())
    visitor = await site.visitor()
    await visitor.sign_in(ANA)
    seen = [await leads_to(visitor, "/login/methods", next=goal)]
    seen.append(await leads_to(visitor, "/login/second-step", code=site.totp(key), next=goal))
    site.later(seconds=90)
    seen.append(await leads_to(visitor, "/login/step-up", code=site.totp(key), next=goal))
    language = "/account/preferences/language"
    seen.append(await leads_to(visitor, language, shown="/account/preferences", language="pt", back=goal))
    assert set(seen) == {"own.example"}
    for page in ("/login/step-up", "/login/passkey", "/login/recovery-code"):
        answer = await visitor.client.get(page, params={"next": goal}, headers=visitor.headers)
        goals = {form.get("next", "") for form in Forms(await answer.text()).forms.values()}
        assert {host_of(kept) for kept in goals if kept} <= {"own.example"}, page
