"""Sixteen at once: undo, enrol, cancel, dispute and execute lock the same user and read the state again."""

import asyncio
import re
from datetime import timedelta

import pyotp
import pytest

from auth_backend.accounts.models import EnrolmentState
from auth_backend.factors.models import Factor, FactorStatus
from auth_backend.login.models import LoginSession, SessionLevel
from auth_backend.resets.executing.schedule import run_due
from auth_backend.resets.models import Reset, ResetState
from tests.integration.auth.resets.repudiation_world import (
    executed,
    give_app,
    not_me_path,
    path_in_mail,
    scheduled,
    sign_in_as,
    undo,
)
from tests.integration.auth.resets.world import ANA, Browser, World

RACERS = 16


async def almost_enrolled(world: World) -> tuple[Browser, str]:
    """A browser before the last press of an enrolment, and the code that it needs."""
    world.clock.advance(timedelta(minutes=2))
    browser = await sign_in_as(world, "ana")
    await browser.post("/enrol/mail", {"code": await world.mailed_code(ANA)})
    await browser.post("/enrol/method", {"method": "app"})
    found = re.search(r'<code class="secret"[^>]*>([A-Z2-7 ]+)</code>', browser.page)
    assert found is not None
    return browser, pyotp.TOTP(found[1].replace(" ", "")).at(world.clock())


async def one_is_live(world: World) -> str:
    """The one live factor of Ana."""
    live = await world.rows(Factor, Factor.user_id == world.ids["ana"], Factor.status == FactorStatus.LIVE)
    assert len(live) == 1
    return str(live[0].id)


@pytest.mark.slow
async def test_undo_against_enrol(world: World) -> None:
    """Whoever comes first, the undo has the last word: the old factor alone is live, and every session has ended."""
    key = await give_app(world)
    old = (await world.one(Factor, Factor.user_id == world.ids["ana"])).id
    await executed(world)
    thief, thiefs_code = await almost_enrolled(world)
    reader = await undo(world, code=None)
    code = pyotp.TOTP(key).at(world.clock())
    presses = [
        thief.post("/enrol/app", {"code": thiefs_code}, status=0)
        if turn % 2
        else reader.post("/undo/code", {"code": code}, status=0)
        for turn in range(RACERS)
    ]
    await asyncio.gather(*presses)
    assert await one_is_live(world) == old
    assert (await world.one(Reset)).state is ResetState.UNDONE
    assert (await world.user("ana")).state is EnrolmentState.ENROLLED
    assert not await world.rows(LoginSession, LoginSession.ended_at.is_(None), LoginSession.level == SessionLevel.FULL)
    tags = await world.tags()
    assert tags.count("reset:undone") == 1
    assert tags.count("factor:restored") == 1


@pytest.mark.slow
async def test_dispute_against_enrol(world: World) -> None:
    """Before or after the last press of the enrolment: nothing that was enrolled is live in the end."""
    await executed(world)
    thief, code = await almost_enrolled(world)
    path = await not_me_path(world, "reset_executed")
    readers = [world.browser() for _ in range(RACERS // 2)]
    for reader in readers:
        await reader.get(path)
    await asyncio.gather(
        *(reader.post("/not-me/event", status=0) for reader in readers),
        *(thief.post("/enrol/app", {"code": code}, status=0) for _ in range(RACERS // 2)),
    )
    user = await world.user("ana")
    assert (user.state, user.enrol_right_until) == (EnrolmentState.MUST_ENROL, world.clock())
    assert not await world.rows(Factor, Factor.user_id == user.id, Factor.status == FactorStatus.LIVE)
    assert not await world.rows(LoginSession, LoginSession.ended_at.is_(None), LoginSession.level == SessionLevel.FULL)
    assert (await world.tags()).count("reset:disputed") == 1


@pytest.mark.slow
async def test_dispute_against_execute(world: World) -> None:
    """The time has come and the owner presses: either it never executes, or nobody can enrol with it."""
    chat = await scheduled(world)
    path = await not_me_path(world, "reset_scheduled")
    world.clock.advance(timedelta(hours=24))
    readers = [world.browser() for _ in range(RACERS // 2)]
    for reader in readers:
        await reader.get(path)
    runs = [chat.execute() if turn % 2 else run_due(world.services) for turn in range(RACERS // 2)]
    await asyncio.gather(*(reader.post("/not-me/event", status=0) for reader in readers), *runs)
    reset, tags, user = await world.one(Reset), await world.tags(), await world.user("ana")
    assert reset.state is ResetState.DISPUTED
    assert tags.count("reset:disputed") == 1
    assert tags.count("reset:executed") == (1 if reset.executed_at else 0)
    if reset.executed_at is None:
        assert user.state is EnrolmentState.ENROLLED
        await one_is_live(world)
    else:
        assert user.enrol_right_until == world.clock()


@pytest.mark.slow
async def test_cancel_against_execute_by_its_link(world: World) -> None:
    """Exactly one of them."""
    chat = await scheduled(world)
    path = await path_in_mail(world, "reset_scheduled", "resets")
    world.clock.advance(timedelta(hours=24))
    readers = [world.browser() for _ in range(RACERS // 2)]
    for reader in readers:
        await reader.get(path)
    runs = [chat.execute() if turn % 2 else run_due(world.services) for turn in range(RACERS // 2)]
    await asyncio.gather(*(reader.post("/resets/cancel", status=0) for reader in readers), *runs)
    tags = await world.tags()
    assert tags.count("reset:executed") + tags.count("reset:cancelled") == 1


@pytest.mark.slow
async def test_one_code_undoes_once(world: World) -> None:
    """Two browsers with a password each and one code of the app: one of sixteen presses is it."""
    key = await give_app(world)
    await executed(world)
    readers = [await undo(world, code=None) for _ in range(2)]
    code = pyotp.TOTP(key).at(world.clock())
    await asyncio.gather(*(readers[turn % 2].post("/undo/code", {"code": code}, status=0) for turn in range(RACERS)))
    await one_is_live(world)
    tags = await world.tags()
    assert tags.count("reset:undone") == 1
