"""Which resets wait; nobody in the conversation learns why (rules.md, Waiting)."""

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest

from auth_backend.accounts.models import Account, User
from auth_backend.resets.models import Reset
from httpkit.clock import OffsetClock
from tests.integration.auth.resets.world import PASSWORDS, World, close_world, make_world


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
