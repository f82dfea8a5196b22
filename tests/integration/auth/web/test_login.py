"""Signing in with a password: what is told, what is counted, which session comes of it."""

import asyncio
import re
from datetime import timedelta

import pytest
from aiohttp.test_utils import make_mocked_request
from argon2 import PasswordHasher
from sqlalchemy import select

from auth_backend.accounts.models import EnrolmentState, EnrolReason, User
from auth_backend.accounts.password_check import (
    PasswordAccepted,
    PasswordOutcome,
    PasswordThrottled,
    check_password,
)
from auth_backend.app import create_public_app
from auth_backend.audit.models import AuditEvent
from auth_backend.client_facts import ClientFacts
from auth_backend.factors.models import KnownBrowser
from auth_backend.limits.models import FailureCounter
from auth_backend.login.cookies import SESSION
from auth_backend.login.models import LoginSession, SessionLevel
from auth_backend.login.views import open_session
from auth_backend.services import Services
from httpkit.clock import OffsetClock
from tests.support.auth_world import PASSWORD, Browser, add_people, auth_services, open_browser


async def sessions_of(services: Services) -> list[LoginSession]:
    async with services.sessions.begin() as session:
        return list(await session.scalars(select(LoginSession).order_by(LoginSession.created_at, LoginSession.id)))


async def user_of(services: Services, user_id: str) -> User:
    async with services.sessions.begin() as session:
        user = await session.get(User, user_id)
        assert user is not None
        return user


def without_token_and_address(page: str, address: str) -> str:
    return re.sub(r'name="csrf" value="[^"]*"', "", page).replace(address, "")


async def test_a_right_password_within_the_grace_period_opens_a_limited_session(
    services: Services, browser: Browser
) -> None:
    await add_people(services)
    response = await browser.sign_in("Ana@Acme.Example")
    assert (response.status, response.headers["Location"]) == (303, "/account/security")
    [row] = await sessions_of(services)
    assert row.level is SessionLevel.LIMITED
    assert (await browser.get("/account/preferences")).status == 200
    assert "ana@acme.example" in browser.page


async def test_a_limited_session_ends_with_the_grace_period(
    services: Services, browser: Browser, clock: OffsetClock
) -> None:
    await add_people(services, created_at=clock() - timedelta(days=7) + timedelta(minutes=10))
    await browser.sign_in("ana@acme.example")
    clock.advance(timedelta(minutes=11))
    response = await browser.get("/account/preferences")
    assert response.headers["Location"] == "/login?next=/account/preferences"


async def test_after_the_grace_period_the_user_has_to_enrol(
    services: Services, browser: Browser, clock: OffsetClock
) -> None:
    people = await add_people(services)
    async with open_browser(services) as elsewhere:
        clock.advance(timedelta(days=7) - timedelta(minutes=1))
        await elsewhere.sign_in("ana@acme.example")
        clock.advance(timedelta(minutes=1))
        response = await browser.sign_in("ana@acme.example")
        assert response.headers["Location"] == "/enrol"
        assert (await elsewhere.get("/account/preferences")).status == 303
    user = await user_of(services, people.owner)
    assert (user.state, user.enrol_reason) == (EnrolmentState.MUST_ENROL, EnrolReason.GRACE_OVER)
    assert [row.level for row in await sessions_of(services) if row.ended_at is None] == [SessionLevel.ENROLMENT]


@pytest.mark.parametrize("path", ["/account/preferences", "/account/members", "/account/security"])
async def test_an_enrolment_session_reaches_no_other_page(services: Services, browser: Browser, path: str) -> None:
    await add_people(services, state=EnrolmentState.MUST_ENROL, reason=EnrolReason.RESET)
    await browser.sign_in("ana@acme.example")
    response = await browser.get(path)
    assert (response.status, response.headers["Location"]) == (303, "/enrol")


async def test_an_enrolled_user_goes_on_to_the_second_step_and_no_further(services: Services, browser: Browser) -> None:
    await add_people(services, state=EnrolmentState.ENROLLED)
    response = await browser.sign_in("ana@acme.example", next="/account/members")
    assert response.headers["Location"] == "/login/second-step?next=/account/members"
    response = await browser.get("/account/members")
    assert response.headers["Location"] == "/login/second-step?next=/account/members"


async def test_wrong_password_and_unknown_address_get_the_same_answer(services: Services) -> None:
    await add_people(services)
    answers = []
    for address in ("ana@acme.example", "nobody@acme.example", "not an address"):
        async with open_browser(services) as browser:
            response = await browser.sign_in(address, "wrong password")
            answers.append((response.status, without_token_and_address(browser.page, address)))
    assert answers[0][0] == 422
    assert answers[0] == answers[1] == answers[2]


async def test_known_and_unknown_addresses_are_slowed_down_alike(services: Services, clock: OffsetClock) -> None:
    await add_people(services)
    answers = []
    for address in ("ana@acme.example", "nobody@acme.example"):
        async with open_browser(services) as browser:
            for _ in range(6):
                response = await browser.sign_in(address, "wrong password")
            answers.append(
                (response.status, response.headers["Retry-After"], without_token_and_address(browser.page, address))
            )
    assert answers[0][:2] == (429, "2")
    assert answers[0] == answers[1]


async def test_failures_survive_new_browsers_and_are_counted_once_each(services: Services, clock: OffsetClock) -> None:
    people = await add_people(services)
    for _ in range(3):
        async with open_browser(services) as browser:
            await browser.sign_in("ana@acme.example", "wrong password")
    async with services.sessions.begin() as session:
        counter = await session.get(FailureCounter, (f"user:{people.owner}", "password"))
        assert counter is not None
        assert counter.in_a_row == 3
        tags = list(await session.scalars(select(AuditEvent.tag)))
    assert tags.count("user:password:refused") == 3


async def test_a_right_password_is_not_even_looked_at_while_blocked(services: Services, clock: OffsetClock) -> None:
    await add_people(services)
    async with open_browser(services) as browser:
        for _ in range(5):
            await browser.sign_in("ana@acme.example", "wrong password")
        assert (await browser.sign_in("ana@acme.example")).status == 429
        clock.advance(timedelta(seconds=2))
        assert (await browser.sign_in("ana@acme.example")).status == 303


async def test_of_sixteen_guesses_at_once_five_are_judged(database_url: str, clock: OffsetClock) -> None:
    async with auth_services(database_url, clock) as services:
        await add_people(services)
        guesses = (
            check_password(services, address="ana@acme.example", password=f"guess {n}", browser=None, ip="192.0.2.1")
            for n in range(16)
        )
        outcomes = await asyncio.gather(*guesses)
    assert sum(not isinstance(outcome, PasswordThrottled) for outcome in outcomes) == 5


async def test_after_a_hundred_failures_only_a_known_browser_gets_in_and_opens_the_door_again(
    services: Services, clock: OffsetClock
) -> None:
    people = await add_people(services, state=EnrolmentState.ENROLLED)
    async with services.sessions.begin() as session:
        session.add(KnownBrowser(browser="known", user_id=people.owner, strong_step_at=clock()))
        session.add(FailureCounter(subject=f"user:{people.owner}", bucket="password", in_a_row=100))

    async def judge(browser: str | None) -> PasswordOutcome:
        return await check_password(services, address="ana@acme.example", password=PASSWORD, browser=browser, ip="")

    assert isinstance(await judge(None), PasswordThrottled)
    assert isinstance(await judge("another"), PasswordThrottled)
    assert isinstance(await judge("known"), PasswordAccepted)
    assert isinstance(await judge(None), PasswordAccepted)


async def test_a_strangers_failures_do_not_slow_a_known_browser(services: Services, clock: OffsetClock) -> None:
    people = await add_people(services, state=EnrolmentState.ENROLLED)
    async with services.sessions.begin() as session:
        session.add(KnownBrowser(browser="known", user_id=people.owner, strong_step_at=clock()))
    for n in range(8):
        await check_password(services, address="ana@acme.example", password=f"guess {n}", browser=None, ip="")
    outcome = await check_password(
        services, address="ana@acme.example", password=PASSWORD, browser="known", ip="192.0.2.1"
    )
    assert isinstance(outcome, PasswordAccepted)


async def test_every_sign_in_gets_a_new_session_and_ends_the_one_before(services: Services, browser: Browser) -> None:
    await add_people(services)
    await browser.get("/login")
    browser.client.session.cookie_jar.update_cookies(
        {SESSION: "planted-by-somebody-else"}, browser.client.make_url("/")
    )
    await browser.sign_in("ana@acme.example")
    first = browser.cookie(SESSION)
    assert first not in {None, "planted-by-somebody-else"}
    await browser.get("/account/preferences")
    await browser.submit("/sign-out")
    await browser.sign_in("bruno@acme.example")
    assert browser.cookie(SESSION) != first
    rows = await sessions_of(services)
    assert [row.ended_at is None for row in sorted(rows, key=lambda row: row.ended_at is None)] == [False, True]


async def test_signing_in_as_another_user_ends_the_first_users_session_in_this_browser(
    services: Services, browser: Browser
) -> None:
    await add_people(services, state=EnrolmentState.ENROLLED)
    await browser.sign_in("ana@acme.example")
    await browser.sign_in("bruno@acme.example")
    assert sorted(row.end_reason or "" for row in await sessions_of(services)) == ["", "signed_in_again"]


async def test_a_sign_in_page_that_was_opened_before_another_tab_signed_in_still_works(
    services: Services, browser: Browser
) -> None:
    await add_people(services)
    await browser.get("/login")
    stale = browser.page
    await browser.sign_in("ana@acme.example")
    browser.page = stale
    assert (await browser.submit("/login", email="bruno@acme.example", password=PASSWORD)).status == 303


async def test_signing_out_ends_the_session_even_if_the_cookie_comes_back(services: Services, browser: Browser) -> None:
    await add_people(services)
    await browser.sign_in("ana@acme.example")
    token = browser.cookie(SESSION) or ""
    await browser.get("/account/preferences")
    assert (await browser.submit("/sign-out")).headers["Location"] == "/login?why=signed_out"
    assert browser.cookie(SESSION) in {None, ""}
    browser.client.session.cookie_jar.update_cookies({SESSION: token}, browser.client.make_url("/"))
    assert (await browser.get("/account/preferences")).status == 303


async def test_signing_out_everywhere_ends_all_sessions_of_this_user_only(services: Services, browser: Browser) -> None:
    await add_people(services)
    async with open_browser(services) as other, open_browser(services) as brunos:
        await browser.sign_in("ana@acme.example")
        await other.sign_in("ana@acme.example")
        await brunos.sign_in("bruno@acme.example")
        await browser.get("/account/preferences")
        await browser.submit("/sign-out/everywhere")
        assert (await other.get("/account/preferences")).status == 303
        assert (await brunos.get("/account/preferences")).status == 200


async def test_a_session_that_lies_unused_for_an_hour_is_over(
    services: Services, browser: Browser, clock: OffsetClock
) -> None:
    await add_people(services)
    await browser.sign_in("ana@acme.example")
    for _ in range(3):
        clock.advance(timedelta(minutes=50))
        assert (await browser.get("/account/preferences")).status == 200
    clock.advance(timedelta(minutes=60))
    assert (await browser.get("/account/preferences")).status == 303


async def test_a_session_ends_when_the_users_state_no_longer_allows_it(services: Services, browser: Browser) -> None:
    people = await add_people(services)
    await browser.sign_in("ana@acme.example")
    async with services.sessions.begin() as session:
        user = await session.get(User, people.owner)
        assert user is not None
        user.state, user.enrol_reason = EnrolmentState.MUST_ENROL, EnrolReason.ACTIVATION
    assert (await browser.get("/account/preferences")).headers["Location"].startswith("/login")


@pytest.mark.parametrize(
    "goal",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "/%5cevil.example/../..//evil.example\\",
        "\t//evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "account/preferences",
        "/login?next=/login",
        "/sign-out",
        "",
    ],
)
async def test_next_never_leads_off_the_site_or_in_a_circle(services: Services, browser: Browser, goal: str) -> None:
    await add_people(services)
    response = await browser.sign_in("ana@acme.example", next=goal)
    location = response.headers["Location"]
    assert location == "/account/security" or (location.startswith("/%5c") and "\\" not in location)


async def test_next_on_the_site_is_followed(services: Services, browser: Browser) -> None:
    await add_people(services)
    await browser.get("/login?next=/account/preferences?x=1")
    assert 'value="/account/preferences?x=1"' in browser.page
    response = await browser.sign_in("ana@acme.example", next="/account/preferences?x=1")
    assert response.headers["Location"] == "/account/preferences?x=1"


async def test_a_password_is_never_shown_again_but_the_address_is(services: Services, browser: Browser) -> None:
    await browser.sign_in("ana@acme.example", "a-wrong-secret-value")
    assert "a-wrong-secret-value" not in browser.page
    assert 'value="ana@acme.example"' in browser.page
    assert 'aria-describedby="f-password-error"' in browser.page


@pytest.mark.parametrize(
    ("field", "value"), [("email", "x" * 5000), ("password", "y" * 20_000), ("email", "a\r\nBcc: b@c.de")]
)
async def test_odd_input_is_a_refusal_not_a_failure(
    services: Services, browser: Browser, field: str, value: str
) -> None:
    fields = {"email": "ana@acme.example", "password": "wrong password", field: value}
    await browser.get("/login")
    assert (await browser.submit("/login", **fields)).status == 422


async def test_missing_fields_are_named(services: Services, browser: Browser) -> None:
    await browser.get("/login")
    response = await browser.submit("/login")
    assert response.status == 422
    assert 'id="f-email-error"' in browser.page
    assert 'id="f-password-error"' in browser.page


async def test_the_stored_hash_is_renewed_when_parameters_were_weaker(services: Services, browser: Browser) -> None:
    people = await add_people(services)
    weak = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1, hash_len=16).hash(PASSWORD)
    async with services.sessions.begin() as session:
        user = await session.get(User, people.owner)
        assert user is not None
        user.password_hash = weak
    assert (await browser.sign_in("ana@acme.example")).status == 303
    assert (await user_of(services, people.owner)).password_hash != weak


@pytest.mark.parametrize(
    ("lang", "words"), [("en", "in 2 seconds"), ("pt", "em 2 segundos"), ("es", "dentro de 2 segundos")]
)
async def test_how_long_to_wait_is_told_in_the_readers_language(
    services: Services, browser: Browser, lang: str, words: str
) -> None:
    for _ in range(6):
        await browser.get(f"/login?lang={lang}")
        await browser.submit("/login", email="ana@acme.example", password="wrong")
    assert words in browser.page


async def test_a_password_that_was_changed_since_it_was_judged_opens_nothing(services: Services) -> None:
    people = await add_people(services)
    request = make_mocked_request("POST", "/login", app=create_public_app(services))
    facts = ClientFacts(ip="192.0.2.1", user_agent="", browser=None)
    accepted = PasswordAccepted(people.owner, password_epoch=0)
    async with services.sessions.begin() as session:
        user = await session.get(User, people.owner)
        assert user is not None
        user.password_epoch += 1
    assert await open_session(request, services, accepted, facts, goal=None) is None
    assert await sessions_of(services) == []
