"""A recovery code in place of the phone's: at the second step and as step-up, once, throttled, told, and no more."""

import pytest

from auth_backend.audit.models import AuditEvent
from auth_backend.audit.tags import Tag
from auth_backend.factors.models import Factor, FactorStatus, KnownBrowser
from auth_backend.limits.models import FailureCounter
from auth_backend.login.models import LoginSession, RememberedDevice, SessionLevel
from auth_backend.recovery_codes.models import CodeStatus, RecoveryCode
from tests.integration.auth.factors.ways import ANA, CODES, PHONE, codes_on, enrol_app, put_away, to_methods
from tests.support.auth_site import Site, Visitor, key_on

USE = "/login/recovery-code"
WRONG = "00000-00000-00000"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """The races are elsewhere; nothing here depends on the kind of database."""
    return sqlite_url


async def with_codes(site: Site, visitor: Visitor, email: str = ANA) -> list[str]:
    """Enrols an app and returns the codes that were put away."""
    await to_methods(site, visitor, email)
    await visitor.submit("/enrol/method", method="app")
    await visitor.submit("/enrol/app", code=site.totp(key_on(visitor.page)))
    codes = await put_away(visitor)
    site.later(seconds=90)
    return codes


@pytest.fixture
async def codes(site: Site) -> list[str]:
    """Ana's, made in a browser that is not used any more."""
    await site.user(ANA, account=await site.account())
    return await with_codes(site, await site.visitor())


async def at_second_step(site: Site) -> Visitor:
    """A new browser after the password, on the page for recovery codes."""
    visitor = await site.visitor()
    await visitor.sign_in(ANA)
    assert f'href="{USE}"' in visitor.page.html
    await visitor.open(USE)
    return visitor


async def live(site: Site) -> int:
    """How many codes are left."""
    return len(await site.rows(RecoveryCode, RecoveryCode.status == CodeStatus.LIVE))


async def test_it_signs_in_once_and_makes_the_browser_known(site: Site, codes: list[str]) -> None:
    visitor = await at_second_step(site)
    assert (await visitor.submit(USE, recovery_code=codes[3])).path == "/"
    (row,) = await site.rows(LoginSession, LoginSession.second_step == "recovery_code")
    assert (row.level, row.stepped_up_at) == (SessionLevel.FULL, site.clock())
    assert len(await site.rows(KnownBrowser)) == 2
    assert await site.rows(RememberedDevice) == []
    assert "9 left" in await visitor.open("/account/security")
    again = await at_second_step(site)
    assert (await again.submit(USE, recovery_code=codes[3])).status == 422
    assert await live(site) == 9


async def test_it_ends_nothing_else(site: Site, codes: list[str]) -> None:
    """Factors, other sessions, the other codes stay."""
    await (await at_second_step(site)).submit(USE, recovery_code=codes[0])
    assert [factor.status for factor in await site.rows(Factor)] == [FactorStatus.LIVE]
    open_levels = [row.level for row in await site.rows(LoginSession, LoginSession.ended_at.is_(None))]
    assert open_levels == [SessionLevel.FULL, SessionLevel.FULL]


async def test_every_channel_is_told(site: Site) -> None:
    await site.user(ANA, account=await site.account())
    visitor = await site.visitor()
    await to_methods(site, visitor)
    await visitor.submit("/enrol/method", method="sms")
    await visitor.submit("/enrol/sms", phone_country="BR", phone=PHONE)
    await visitor.submit("/enrol/sms/code", code=await site.code_for(PHONE))
    codes = await put_away(visitor)
    site.later(seconds=90)
    await (await at_second_step(site)).submit(USE, recovery_code=codes[0])
    (mail,) = [mail for mail in await site.outbox(ANA) if "recovery code" in mail.subject]
    assert "Codes left: 9" in mail.text
    assert sum("A recovery code was used" in sms.text for sms in await site.outbox(PHONE)) == 1
    (event,) = await site.rows(AuditEvent, AuditEvent.tag == Tag.RECOVERY_CODE_USED.value)
    assert event.data["left"] == 9


@pytest.mark.parametrize("typed", ["upper", "spaces", "together", "o and l"])
async def test_it_is_read_as_people_type(site: Site, codes: list[str], typed: str) -> None:
    code = next(code for code in codes if {"0", "1"} & set(code))
    ways = {
        "upper": code.upper(),
        "spaces": f"  {code.replace('-', ' ')} ",
        "together": code.replace("-", ""),
        "o and l": code.replace("0", "O").replace("1", "l"),
    }
    assert (await (await at_second_step(site)).submit(USE, recovery_code=ways[typed])).path == "/"


async def test_what_is_no_code_costs_no_try(site: Site, codes: list[str]) -> None:
    visitor = await at_second_step(site)
    for typed in ("", "123456", "abc", "uuuuu-uuuuu-uuuuu", "x" * 5000):
        page = await visitor.submit(USE, recovery_code=typed)
        assert page.status == 422
        assert 'aria-invalid="true"' in page.html
    assert await site.rows(FailureCounter, FailureCounter.bucket.like("code:recovery%")) == []
    assert (await visitor.submit(USE, recovery_code=codes[0])).path == "/"


async def test_step_up(site: Site, codes: list[str]) -> None:
    """From a sign-in by e-mail, to where it was needed."""
    visitor = await site.visitor()
    await visitor.sign_in(ANA)
    await visitor.submit("/login/methods")
    await visitor.submit("/login/methods", code=await site.code_for(ANA))
    assert (await visitor.open(f"{CODES}/new")).path == "/login/step-up"
    await visitor.open(f"{USE}?next={CODES}/new")
    assert (await visitor.submit(USE, recovery_code=codes[0])).path == f"{CODES}/new"
    assert (await visitor.submit(f"{CODES}/new")).path == CODES
    assert set(codes_on(visitor.page)).isdisjoint(codes)
    assert await live(site) == 10


async def test_failures_are_counted_apart_and_lock_nothing_else(site: Site) -> None:
    """Ten wrong ones lock recovery codes at sign-in for a day; the app, and step-up, have counters of their own."""
    await site.user(ANA, account=await site.account())
    key = await enrol_app(site, await site.visitor())
    visitor = await at_second_step(site)
    for _ in range(10):
        assert (await visitor.submit(USE, recovery_code=WRONG)).status == 422
        site.later(minutes=1)
    page = await visitor.submit(USE, recovery_code=WRONG)
    assert page.status == 429
    site.later(hours=2)
    fresh = await at_second_step(site)
    assert (await fresh.submit(USE, recovery_code=WRONG)).status == 429
    (counter,) = await site.rows(FailureCounter, FailureCounter.bucket.like("code:recovery%"))
    assert (counter.bucket, len(counter.failed_at)) == ("code:recovery_code:login:login", 10)
    await fresh.open("/login/second-step")
    assert (await fresh.submit("/login/second-step", code=site.totp(key))).path == "/"
    assert len(await site.rows(AuditEvent, AuditEvent.tag == Tag.FACTOR_LOCKED.value)) == 1


async def test_right_codes_use_up_no_tries(site: Site, codes: list[str]) -> None:
    """All ten on one day."""
    for code in codes:
        assert (await (await at_second_step(site)).submit(USE, recovery_code=code)).path == "/"
    assert await live(site) == 0


async def test_somebody_elses_code_is_worth_nothing(site: Site, codes: list[str]) -> None:
    await site.user("bob@other.example", account=await site.account("Other"))
    theirs = await with_codes(site, await site.visitor(), "bob@other.example")
    visitor = await at_second_step(site)
    assert (await visitor.submit(USE, recovery_code=theirs[0])).status == 422
    assert await live(site) == 20
    assert codes


async def test_the_page_tells_nothing_of_what_one_has(site: Site, codes: list[str]) -> None:
    """With and without codes, at the second step: the same words, the same answer to a wrong code."""
    visitor = await at_second_step(site)
    first = visitor.page.html.replace(visitor.csrf, "")
    refused = (await visitor.submit(USE, recovery_code=WRONG)).html.replace(visitor.csrf, "")
    async with site.services.sessions.begin() as session:
        for row in await site.rows(RecoveryCode):
            held = await session.get(RecoveryCode, row.id)
            assert held is not None
            held.status = CodeStatus.REVOKED
    other = await at_second_step(site)
    assert other.page.html.replace(other.csrf, "") == first
    assert (await other.submit(USE, recovery_code=codes[0])).html.replace(other.csrf, "") == refused


async def test_who_has_to_enrol_has_no_use_for_one(site: Site) -> None:
    """No way around enrolment."""
    await site.user(ANA, account=await site.account())
    visitor = await site.visitor()
    await to_methods(site, visitor)
    assert (await visitor.open(USE)).path == "/enrol"
    assert (await visitor.post(USE, csrf=visitor.csrf, recovery_code=WRONG)).path == "/enrol"


async def test_the_desk_gets_none(site: Site) -> None:
    """App and passkey only."""
    await site.user("sofia@desk.example")
    visitor = await site.visitor()
    await visitor.sign_in("sofia@desk.example")
    await visitor.submit("/enrol/mail", code=await site.code_for("sofia@desk.example"))
    await visitor.submit("/enrol/method", method="app")
    await visitor.submit("/enrol/app", code=site.totp(key_on(visitor.page)))
    assert visitor.page.path == "/account/security"
    await visitor.post(f"{CODES}/new", csrf=visitor.csrf)
    assert await site.rows(RecoveryCode) == []
    assert "Recovery codes" not in await visitor.open("/account/security")
