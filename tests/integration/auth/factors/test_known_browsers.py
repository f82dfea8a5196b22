"""A browser is known only under a cookie that it got after the strong second step: planted ones are worth nothing."""

from datetime import timedelta

import pytest

from auth_backend.crypto import new_token, token_hash
from auth_backend.factors.models import KnownBrowser, ReplacedBrowser
from auth_backend.factors.queries import known_browser
from auth_backend.limits.models import FailureCounter
from auth_backend.login.browsers import new_browser_token
from tests.integration.auth.factors.ways import ANA, enrol_app
from tests.support.auth_site import Site, Visitor

BROWSER = "zoe_browser"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Nothing here depends on the kind of database."""
    return sqlite_url


async def is_known(site: Site, user_id: str, token: str) -> bool:
    async with site.services.sessions.begin() as session:
        return await known_browser(session, user_id, token_hash(token), now=site.clock())


async def signed_out(visitor: Visitor) -> Visitor:
    await visitor.open("/account/security")
    await visitor.submit("/sign-out")
    return visitor


async def test_a_planted_cookie_never_becomes_known(site: Site) -> None:
    """The attacker's own, good value in the owner's browser; the owner enrols, signs in and steps up there."""
    owner = await site.user(ANA, account=await site.account())
    planted = new_browser_token(site.services.keys.browsers)
    visitor = await site.visitor()
    visitor.take_cookies({BROWSER: planted})
    seen = [planted]
    key = await enrol_app(site, visitor)
    seen.append(visitor.cookies[BROWSER])
    await signed_out(visitor)
    await visitor.sign_in(ANA)
    await visitor.submit("/login/second-step", code=site.totp(key))
    seen.append(visitor.cookies[BROWSER])
    site.later(seconds=90)
    await visitor.open("/login/step-up")
    await visitor.submit("/login/step-up", code=site.totp(key))
    seen.append(visitor.cookies[BROWSER])
    assert len(set(seen)) == 4
    assert [await is_known(site, owner.id, token) for token in seen] == [False, False, False, True]
    assert {row.browser for row in await site.rows(ReplacedBrowser)} == {token_hash(token) for token in seen[:3]}

    thief = await site.visitor()
    for token in seen[:3]:
        thief.take_cookies({BROWSER: token})
        for _ in range(2):
            await thief.sign_in(ANA, "a guess at the password")
    counters = {row.bucket: row.in_a_row for row in await site.rows(FailureCounter)}
    assert (counters["password"], counters.get("password:known", 0)) == (5, 0)


@pytest.mark.parametrize("made_up", ["b1", "x" * 43, new_token(), new_browser_token(bytes(32))])
async def test_a_cookie_that_the_server_never_issued_is_replaced_at_once(site: Site, made_up: str) -> None:
    visitor = await site.visitor()
    visitor.take_cookies({BROWSER: made_up})
    await visitor.open("/login")
    assert visitor.cookies[BROWSER] != made_up
    kept = visitor.cookies[BROWSER]
    await visitor.open("/login")
    assert visitor.cookies[BROWSER] == kept


async def test_looking_around_writes_no_row(site: Site) -> None:
    visitor = await site.visitor()
    await visitor.open("/login")
    await visitor.sign_in(ANA, "whatever it may be")
    assert await site.rows(KnownBrowser) == await site.rows(ReplacedBrowser) == []


async def test_two_people_at_one_computer_stay_known(site: Site) -> None:
    account = await site.account()
    ana = await site.user(ANA, account=account)
    bob = await site.user("bob@acme.example", account=account, owner=False)
    visitor = await site.visitor()
    await enrol_app(site, visitor)
    await signed_out(visitor)
    site.later(days=5)
    await enrol_app(site, visitor, "bob@acme.example")
    token = visitor.cookies[BROWSER]
    assert await is_known(site, ana.id, token)
    assert await is_known(site, bob.id, token)
    site.later(days=86)
    assert not await is_known(site, ana.id, token)  # bob's step renewed the cookie, not ana's 90 days
    assert await is_known(site, bob.id, token)


async def test_ninety_days(site: Site) -> None:
    ana = await site.user(ANA, account=await site.account())
    visitor = await site.visitor()
    await enrol_app(site, visitor)
    (row,) = await site.rows(KnownBrowser)
    site.clock.advance(row.strong_step_at + timedelta(days=90) - timedelta(microseconds=1) - site.clock())
    assert await is_known(site, ana.id, visitor.cookies[BROWSER])
    site.clock.advance(timedelta(microseconds=1))
    assert not await is_known(site, ana.id, visitor.cookies[BROWSER])


async def test_signing_out_everywhere_forgets_browsers_too(site: Site) -> None:
    account = await site.account()
    await site.user(ANA, account=account)
    bob = await site.user("bob@acme.example", account=account, owner=False)
    await enrol_app(site, await site.visitor(), "bob@acme.example")
    visitor = await site.visitor()
    await enrol_app(site, visitor)
    assert len(await site.rows(KnownBrowser)) == 2
    await visitor.open("/account/security")
    await visitor.submit("/sign-out/everywhere")
    assert [row.user_id for row in await site.rows(KnownBrowser)] == [bob.id]
