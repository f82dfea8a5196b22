"""The time of an answer tells nobody who has an address: the same statements, in the same order, for everybody.

The times themselves are compared by `make bench`; these are their causes.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from auth_backend.accounts.models import EnrolmentState, User
from tests.integration.auth.resets.world import ANA, BRUNO, CARLA, NOBODY, SOFIA, Browser, Chat, World
from tests.support.statements import statements

EVERYBODY = (NOBODY, ANA, BRUNO, CARLA, SOFIA)
"""Nobody, an owner, a member who has to enrol, an owner whose changes are frozen, somebody of the desk."""


@pytest.fixture
async def people(lite: World) -> World:
    await lite.change(User, lite.ids["carla"], frozen_until=lite.clock() + timedelta(days=3))
    await lite.change(User, lite.ids["bruno"], state=EnrolmentState.MUST_ENROL)
    await (await lite.chat()).claim("first@of.all.example")  # the record has its head now
    return lite


async def assert_alike[T](
    world: World, walkers: list[tuple[str, T]], act: Callable[[str, T], Awaitable[object]]
) -> None:
    """Everybody does it; nobody's statements differ."""
    run = []
    for address, walker in walkers:
        with statements(world.engine) as seen:
            await act(address, walker)
        run.append(seen)
    assert len(run[0]) > 3
    for (address, _), seen in zip(walkers, run, strict=True):
        assert seen == run[0], address


async def test_a_wrong_password(people: World) -> None:
    browsers = [(address, people.browser()) for address in EVERYBODY]

    async def sign_in(address: str, browser: Browser) -> None:
        await browser.post("/login", {"email": address, "password": "no such password"}, status=422)

    for _, browser in browsers:
        await browser.get("/login")
    for _ in range(3):
        await assert_alike(people, browsers, sign_in)


async def test_a_forgotten_password_and_a_wrong_mailed_code(people: World) -> None:
    browsers = [(address, people.browser()) for address in EVERYBODY]

    async def ask(address: str, browser: Browser) -> None:
        await browser.post("/login/forgot", {"email": address})

    async def guess(_address: str, browser: Browser) -> None:
        await browser.post("/login/forgot/mail", {"code": "000000"}, status=422)

    for _, browser in browsers:
        await browser.get("/login/forgot")
    await assert_alike(people, browsers, ask)
    for _ in range(3):
        await assert_alike(people, browsers, guess)


async def test_a_claim_and_wrong_codes_in_the_chat(people: World) -> None:
    chats = [(address, await people.chat(browser=people.browser())) for address in EVERYBODY]

    async def claim(address: str, chat: Chat) -> None:
        assert (await chat.claim(address))["outcome"] == "sent"

    async def guess(_address: str, chat: Chat) -> None:
        await chat.code("000000")

    async def resend(_address: str, chat: Chat) -> None:
        assert (await chat.act("POST", "reset/resend", {"lang": "en"}))["outcome"] == "sent"

    await assert_alike(people, chats, claim)
    for _ in range(6):
        await assert_alike(people, chats, guess)
    people.clock.advance(timedelta(seconds=61))
    await assert_alike(people, chats, resend)
    await assert_alike(people, chats, guess)
