"""Removing a member while something else happens: no account loses its owner, and nobody slips through."""

import asyncio

from auth_backend.accounts.models import User
from auth_backend.login.models import LoginSession
from auth_backend.resets.models import Reset, ResetState
from tests.integration.auth.approvals.asking import asked, decide, signed_in
from tests.integration.auth.approvals.test_member_changes import remove
from tests.integration.auth.approvals.test_members_page import owner_of_acme, press
from tests.integration.auth.resets.world import BRUNO, PASSWORDS, Browser, World


async def test_removing_against_handing_over(world: World) -> None:
    """One owner in two browsers: whichever comes first, the account's owner is a member."""
    one, two = await signed_in(world, "ana"), await signed_in(world, "ana")
    await asyncio.gather(remove(world, one), press(world, two, "bruno", "owner"))
    owner, bruno = await owner_of_acme(world), await world.user("bruno")
    assert owner is not None
    assert (owner == bruno.id) is (bruno.removed_at is None)
    assert (await world.user("ana")).removed_at is None


async def test_removing_sixteen_times(world: World) -> None:
    browsers = [await signed_in(world, "ana") for _ in range(8)]
    answers = await asyncio.gather(*(remove(world, browser) for browser in browsers for _ in range(2)))
    assert answers.count("/account/members?done=removed") == 1
    assert (await world.tags()).count("account:member:removed") == 1
    assert len(await world.mails(BRUNO, "notice:member_removed")) == 1


async def test_removing_against_signing_in(world: World) -> None:
    """No session of theirs is alive afterwards, in whatever order it came."""

    async def try_to_sign_in(browser: Browser) -> None:
        await browser.post("/login", {"email": BRUNO, "password": PASSWORDS["bruno"]}, status=0)

    browsers = [world.browser() for _ in range(4)]
    for browser in browsers:
        await browser.get("/login")
    owner = await signed_in(world, "ana")
    await asyncio.gather(*(try_to_sign_in(browser) for browser in browsers), remove(world, owner))
    live = await world.rows(LoginSession, LoginSession.user_id == world.ids["bruno"], LoginSession.ended_at.is_(None))
    assert live == []


async def test_removing_against_an_approval(world: World) -> None:
    """The request ends with the member or is carried out before; never is a removed member's reset executed later."""
    await asked(world)
    one, two = await signed_in(world, "ana"), await signed_in(world, "ana")
    await asyncio.gather(remove(world, one), decide(world, two, "approve"))
    reset: Reset = await world.one(Reset)
    removed: User = await world.user("bruno")
    assert removed.removed_at is not None
    assert reset.state in {ResetState.CANCELLED, ResetState.EXECUTED}
    refused = world.browser()
    await refused.get("/login")
    await refused.post("/login", {"email": BRUNO, "password": PASSWORDS["bruno"]}, status=422)
