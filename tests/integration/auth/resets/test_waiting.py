"""Which resets wait; nobody in the conversation learns why."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from auth_backend.accounts.models import Account, User
from auth_backend.resets.models import Reset
from httpkit.clock import OffsetClock
from tests.integration.auth.resets.world import PASSWORDS, Browser, World, close_world, make_world


async def confirmed_in_known_browser(world: World, *, wrong: int = 0) -> Reset:
    browser = world.browser()
    await world.know(browser, "ana")
    chat = await world.chat(browser=browser)
    await chat.prove_email()
    for _ in range(wrong):
        await browser.type_password(await chat.verify_url(), "wrong password here", status=422)
    await browser.type_password(await chat.verify_url(), PASSWORDS["ana"])
    await chat.confirm(nonce=(await chat.card())["nonce"])
    reset: Reset = await world.one(Reset)
    told = json.dumps([await chat.facts(), await chat.act("GET", "reset/status")])
    assert not [risk for risk in reset.risks if risk in told]
    return reset


async def test_known_browser_does_not_wait(lite: World) -> None:
    assert (await confirmed_in_known_browser(lite, wrong=2)).scheduled_for is None


async def test_three_failed_proofs(lite: World) -> None:
    reset = await confirmed_in_known_browser(lite, wrong=3)
    assert reset.risks == ["failed_proofs"]
    assert reset.scheduled_for == lite.clock() + timedelta(hours=24)


async def guess(world: World, times: int, browser: Browser | None = None) -> None:
    """Wrong mailed codes in a claim of its own."""
    chat = await world.chat(browser=browser)
    assert (await chat.claim())["outcome"] == "sent"
    for _ in range(times):
        assert (await chat.code("000000"))["outcome"] == "wrong"
    world.clock.advance(timedelta(minutes=2))


async def test_a_strangers_wrong_codes_do_not_make_the_owner_wait(lite: World) -> None:
    """Anybody can claim any address: three wrong codes a day would be a way to keep an owner out."""
    await guess(lite, 2)
    await guess(lite, 2, lite.browser())
    assert (await confirmed_in_known_browser(lite)).risks == []


async def test_a_stranger_who_fails_and_then_succeeds_elsewhere_waits(lite: World) -> None:
    await guess(lite, 3)
    thief = lite.browser()
    chat = await lite.chat(browser=thief)
    await chat.to_confirmed(thief)
    assert (await lite.one(Reset)).risks == ["unknown_browser", "failed_proofs"]


async def test_failures_in_the_owners_browser_weigh_in_every_conversation(lite: World) -> None:
    """Somebody at the owner's unlocked computer guesses in one chat and succeeds in the next."""
    browser = lite.browser()
    await lite.know(browser, "ana")
    await guess(lite, 3, browser)
    chat = await lite.chat(browser=browser)
    await chat.to_confirmed(browser)
    assert (await lite.one(Reset)).risks == ["failed_proofs"]


async def test_failures_of_the_same_browser_weigh_though_it_became_known_since(lite: World) -> None:
    browser = lite.browser()
    await guess(lite, 3, browser)
    await lite.know(browser, "ana")
    chat = await lite.chat(browser=browser)
    await chat.to_confirmed(browser)
    assert (await lite.one(Reset)).risks == ["failed_proofs"]


async def test_failures_past_the_mailed_code_weigh_wherever_they_were(lite: World) -> None:
    """Who got as far as the password has the mailbox: no stranger, and no way to keep the owner out for others."""
    thief = lite.browser()
    chat = await lite.chat(browser=thief)
    await chat.prove_email()
    for _ in range(3):
        await thief.type_password(await chat.verify_url(), "wrong password here", status=422)
    await chat.act("POST", "reset/cancel")
    lite.clock.advance(timedelta(minutes=2))
    browser = lite.browser()
    await lite.know(browser, "ana")
    owner = await lite.chat(browser=browser)
    await owner.to_confirmed(browser)
    (reset,) = await lite.rows(Reset, Reset.conversation_id == owner.id)
    assert reset.risks == ["failed_proofs"]


async def test_password_changed_lately(lite: World) -> None:
    changed = lite.clock() - timedelta(days=6)
    await lite.change(User, lite.ids["ana"], password_epoch=1, password_changed_at=changed)
    assert (await confirmed_in_known_browser(lite)).risks == ["password_changed"]


async def test_owner_changed_lately(lite: World) -> None:
    changed = lite.clock() - timedelta(days=6)
    await lite.change(Account, lite.ids["acme"], owner_epoch=1, owner_changed_at=changed)
    assert (await confirmed_in_known_browser(lite)).risks == ["owner_changed"]


async def test_browser_known_too_long_ago(lite: World) -> None:
    browser = lite.browser()
    await lite.know(browser, "ana")
    lite.clock.advance(timedelta(days=91))
    chat = await lite.chat(browser=browser)
    await chat.to_confirmed(browser)
    assert (await lite.one(Reset)).risks == ["unknown_browser"]


async def test_browser_known_of_somebody_else(lite: World) -> None:
    browser = lite.browser()
    await lite.know(browser, "carla")
    chat = await lite.chat(browser=browser)
    await chat.to_confirmed(browser)
    assert (await lite.one(Reset)).risks == ["unknown_browser"]


async def test_known_browser_on_the_verify_page_counts_nothing(lite: World) -> None:
    """A thief's chat, and the password typed in the owner's own browser: it waits."""
    chat = await lite.chat()
    await chat.prove_email()
    owner = lite.browser()
    await lite.know(owner, "ana")
    await owner.type_password(await chat.verify_url(), PASSWORDS["ana"])
    await chat.return_code(owner.shown_return_code())
    await chat.confirm(nonce=(await chat.card())["nonce"])
    assert (await lite.one(Reset)).risks == ["unknown_browser"]


@pytest.fixture
async def careful(sqlite_url: str, clock: OffsetClock) -> AsyncIterator[World]:
    """An installation where every reset waits, for two days."""
    world = await make_world(
        sqlite_url, clock, lambda settings: replace(settings, reset_wait="always", reset_wait_for=timedelta(days=2))
    )
    yield world
    await close_world(world)


async def test_always(careful: World) -> None:
    reset = await confirmed_in_known_browser(careful)
    assert (reset.risks, reset.scheduled_for) == (["always"], careful.clock() + timedelta(days=2))
