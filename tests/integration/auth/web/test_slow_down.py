"""The pages behind a proxy: an address beyond its budget waits, the answer is the same, nobody is locked out."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from aiohttp import CookieJar
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import select
from structlog.testing import capture_logs

from auth_backend.accounts.models import User
from auth_backend.app import create_public_app
from auth_backend.crypto import token_hash
from auth_backend.factors.models import KnownBrowser, ReplacedBrowser
from auth_backend.limits.pace import WAITING_EACH, Pace
from auth_backend.login.browsers import new_browser_token
from auth_backend.services import Services
from httpkit.clock import OffsetClock
from tests.support.auth_world import PASSWORD, Browser, add_people, auth_services

PROXY, OFFICE = "127.0.0.1", "203.0.113.7"


@dataclass
class Slept:
    """The sleep of these tests: notes how long, and waits not at all."""

    seconds: list[float] = field(default_factory=list)

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


@pytest.fixture
async def services(sqlite_url: str, clock: OffsetClock) -> AsyncIterator[Services]:
    async with auth_services(sqlite_url, clock, trusted_proxies=(PROXY,)) as made:
        await add_people(made)
        yield made


@pytest.fixture
def slept() -> Slept:
    return Slept()


@pytest.fixture
async def client(services: Services, slept: Slept) -> AsyncIterator[TestClient[Any, Any]]:
    pace = Pace(services.now, a_minute=3, sleep=slept)
    server = TestServer(create_public_app(services, pace=pace))
    async with TestClient(server, cookie_jar=CookieJar(unsafe=True)) as opened:
        yield opened


def at(client: TestClient[Any, Any], address: str) -> Browser:
    return Browser(client, headers={"X-Forwarded-For": address})


async def test_passwords_of_one_address_wait_and_a_right_one_still_signs_in(
    client: TestClient[Any, Any], slept: Slept
) -> None:
    with capture_logs() as logs:
        for n in range(4):
            assert (await at(client, OFFICE).sign_in(f"nobody{n}@acme.example", "a guess")).status == 422
        assert (await at(client, OFFICE).sign_in("ana@acme.example", PASSWORD)).status == 303
    assert slept.seconds == [3, 3]
    slowed = [line for line in logs if line["event"] == "slowed"]
    assert [(line["kind"], line["ms"]) for line in slowed] == [("password", 3000)] * 2
    assert len({line["network"] for line in slowed}) == 1
    assert OFFICE not in str(logs)


async def test_other_addresses_do_not_wait_and_a_claimed_one_counts_nothing(
    client: TestClient[Any, Any], slept: Slept
) -> None:
    """Left of what the trusted proxy added the client may write what it likes."""
    for n in range(3):
        await at(client, f"198.51.100.{n}, {OFFICE}").sign_in("x@acme.example", "a guess")
    await at(client, "203.0.113.8").sign_in("x@acme.example", "a guess")
    assert slept.seconds == []
    await at(client, f"198.51.100.99, {OFFICE}").sign_in("x@acme.example", "a guess")
    assert slept.seconds == [3]


async def test_a_household_is_one_address(client: TestClient[Any, Any], slept: Slept) -> None:
    for n in range(4):
        await at(client, f"2001:db8:7:7::{n + 1}").sign_in("x@acme.example", "a guess")
    assert slept.seconds == [3]
    await at(client, "2001:db8:7:8::1").sign_in("x@acme.example", "a guess")
    assert slept.seconds == [3]


async def test_looking_is_free(client: TestClient[Any, Any], slept: Slept) -> None:
    for _ in range(20):
        assert (await at(client, OFFICE).get("/login")).status == 200
    assert slept.seconds == []


async def test_a_crowd_is_turned_away_with_a_time_to_come_back(services: Services) -> None:
    crowded, go, waiting = asyncio.Event(), asyncio.Event(), []

    async def sleep(seconds: float) -> None:
        waiting.append(seconds)
        if len(waiting) == WAITING_EACH:
            crowded.set()
        await go.wait()

    server = TestServer(create_public_app(services, pace=Pace(services.now, a_minute=1, sleep=sleep)))
    async with TestClient(server, cookie_jar=CookieJar(unsafe=True)) as client:
        await at(client, OFFICE).sign_in("x@acme.example", "a guess")
        guests = [at(client, OFFICE) for _ in range(WAITING_EACH)]
        tasks = [asyncio.create_task(guest.sign_in("x@acme.example", "a guess")) for guest in guests]
        await crowded.wait()
        late = at(client, OFFICE)
        response = await late.sign_in("ana@acme.example", PASSWORD)
        assert (response.status, response.headers["Retry-After"]) == (429, "3")
        elsewhere = await at(client, "203.0.113.8").sign_in("ana@acme.example", "a guess")
        assert elsewhere.status == 422
        assert await signs_in(server, await cookie(services, known=False)) == 429
        assert await signs_in(server, await cookie(services, known=True, replaced=True)) == 429
        assert await signs_in(server, "x" * 43) == 429
        assert await signs_in(server, await cookie(services, known=True)) == 303
        go.set()
        assert {answer.status for answer in await asyncio.gather(*tasks)} <= {422, 429}


async def cookie(services: Services, *, known: bool, replaced: bool = False) -> str:
    """A browser's cookie that the server issued; known: Ana did a strong second step in it."""
    token = new_browser_token(services.keys.browsers)
    async with services.sessions.begin() as session:
        (ana,) = await session.scalars(select(User).where(User.email == "ana@acme.example"))
        if known:
            session.add(KnownBrowser(browser=token_hash(token), user_id=ana.id, strong_step_at=services.now()))
        if replaced:
            session.add(ReplacedBrowser(browser=token_hash(token), successor="x", replaced_at=services.now()))
    return token


async def signs_in(server: TestServer, browser: str) -> int:
    """The status of Ana's sign-in from the office with this browser's cookie."""
    client = TestClient(server, cookie_jar=CookieJar(unsafe=True))
    client.session.cookie_jar.update_cookies({"zoe_browser": browser}, client.make_url("/"))
    response = await at(client, OFFICE).sign_in("ana@acme.example", PASSWORD)
    await client.session.close()
    return response.status


async def test_the_setting_is_the_budget(services: Services) -> None:
    generous = replace(services, settings=replace(services.settings, slow_after=0))
    server = TestServer(create_public_app(generous))
    async with TestClient(server, cookie_jar=CookieJar(unsafe=True)) as client:
        for _ in range(8):
            await at(client, OFFICE).sign_in("x@acme.example", "a guess")
