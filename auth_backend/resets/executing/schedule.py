"""The worker of the waiting resets: carries out those whose time has come, ends those whose time is over.

Any number of processes may run it at the same moments: each reset is judged again under its target's lock, in a
transaction of its own.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from functools import partial

import structlog
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.queries import lock_user
from auth_backend.approvals.decisions import end_unanswered
from auth_backend.resets.events import ChatEvent, tell_chat
from auth_backend.resets.executing.execution import Execution, execute
from auth_backend.resets.judging import expire
from auth_backend.resets.models import Reset, ResetState
from auth_backend.resets.policy import CONFIRMED_FOR
from auth_backend.resets.queries import due_resets, lock_reset, stale_resets
from auth_backend.resets.states import PROVABLE
from auth_backend.services import Services
from httpkit.failpoints import Failpoint, no_failpoint

BATCH = 100

log = structlog.get_logger("schedule")


@dataclass(frozen=True)
class Done:
    """How many resets one run executed, and how many it ended otherwise."""

    executed: int
    ended: int


async def run_due(services: Services, *, limit: int = BATCH, failpoint: Failpoint = no_failpoint) -> Done:
    """One run over all that is due now. A reset that fails holds up no other and is tried again in the next run.

    `failpoint` is passed at `executing`, before an execution is committed, and at `executed`, right after.
    """
    now = services.now()
    async with services.sessions.begin() as session:
        due = await due_resets(session, now=now, limit=limit)
        stale = await stale_resets(session, now=now, confirmed_before=now - CONFIRMED_FOR, limit=limit)
    executed = await _each(services, due, partial(_execute, failpoint))
    ended = await _each(services, stale, _expire)
    if executed or ended:
        services.wake_outbox()
    return Done(executed, ended)


async def _each(services: Services, reset_ids: Sequence[str], work: Callable[[Services, str], Awaitable[bool]]) -> int:
    count = 0
    for reset_id in reset_ids:
        try:
            count += await work(services, reset_id)
        except Exception:
            log.exception("a due reset could not be handled", reset=reset_id)
    return count


async def _execute(failpoint: Failpoint, services: Services, reset_id: str) -> bool:
    now = services.now()
    async with services.sessions.begin() as session:
        reset = await _locked(session, reset_id)
        if reset.state is not ResetState.SCHEDULED:
            return False
        outcome = await execute(session, services, reset_id, now=now, actor="system")
        if outcome in {Execution.EXECUTED, Execution.REFUSED}:
            await tell_chat(session, services, reset.conversation_id, ChatEvent.RESET_CHANGED, now=now)
        await failpoint("executing")
    await failpoint("executed")
    return outcome is Execution.EXECUTED


async def _expire(services: Services, reset_id: str) -> bool:
    now = services.now()
    async with services.sessions.begin() as session:
        reset = await _locked(session, reset_id)
        if reset.state is ResetState.AWAITING_OWNER:
            return await end_unanswered(session, services, reset, now=now)
        over = reset.state in PROVABLE and now >= reset.proving_until
        never_asked = (
            reset.state is ResetState.CONFIRMED
            and reset.confirmed_at is not None
            and now >= reset.confirmed_at + CONFIRMED_FOR
        )
        return (over or never_asked) and await expire(session, services, reset, now=now)


async def _locked(session: AsyncSession, reset_id: str) -> Reset:
    target_id = await session.scalar(select(Reset.target_id).where(Reset.id == reset_id))
    assert target_id is not None
    await lock_user(session, target_id)
    return await lock_reset(session, reset_id)
