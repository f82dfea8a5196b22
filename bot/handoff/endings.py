"""How a handover ends: back to Zoe, or with the conversation."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.handoff.events import Status, tell_state, tell_status
from bot.handoff.queries import get_open_handover, move
from bot.handoff.states import State
from bot.identifiers import new_id
from bot.models import Turn
from bot.turns.queue import add_turn

RETURNED = "zoe.returned"
"""The turn in which Zoe goes on. Not among the events that clients may send."""


async def return_to_zoe(
    session: AsyncSession, conversation_id: str, now: datetime, *, by: str, only_agent: str | None = None
) -> bool:
    """Puts Zoe in charge and gives her a turn to go on in; False when nobody had the conversation (or not
    `only_agent`).
    """
    if not await move(session, conversation_id, State.BOT, now, only_agent=only_agent):
        return False
    await end_handover(session, conversation_id, now, by=by, outcome=State.BOT)
    await tell_state(session, conversation_id, State.BOT, now)
    turn = Turn(
        id=f"back-{new_id()}",
        conversation_id=conversation_id,
        kind="event",
        text=RETURNED,
        created_at=now,
        available_at=now,
    )
    await add_turn(session, turn)
    return True


async def close(session: AsyncSession, conversation_id: str, now: datetime, *, only_agent: str) -> bool:
    """Ends the conversation; False when this agent doesn't have it."""
    if not await move(session, conversation_id, State.CLOSED, now, only_agent=only_agent):
        return False
    await end_handover(session, conversation_id, now, by="agent", outcome=State.CLOSED)
    await tell_state(session, conversation_id, State.CLOSED, now)
    return True


async def end_handover(session: AsyncSession, conversation_id: str, now: datetime, *, by: str, outcome: State) -> None:
    """Notes the end of the open handover, if there is one, and reports it: failed when nobody ever took it."""
    handover = await get_open_handover(session, conversation_id)
    if handover is None:
        return
    handover.ended_at, handover.ended_by, handover.outcome = now, by, outcome.value
    await session.flush()
    status = Status.COMPLETED if handover.accepted_at is not None else Status.FAILED
    message = None if handover.accepted_at is not None else "left the queue"
    await tell_status(session, conversation_id, status, now, message=message)
