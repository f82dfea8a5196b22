"""The rows behind the worker: adding a turn, taking the next under a lease, marking it answered."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import ActivityRow, Conversation, Offer, Turn


@dataclass(frozen=True)
class Lease:
    """The right to run a conversation's turns; `owner` is fresh for each claim, so a lost lease can't be used."""

    conversation_id: str
    owner: str


class LeaseLostError(Exception):
    """Somebody else runs this conversation now; whatever was prepared is dropped."""


async def add_turn(session: AsyncSession, turn: Turn) -> None:
    """Puts a turn at the end of its conversation's queue; its number is taken under the conversation's row."""
    number = await session.scalar(
        update(Conversation)
        .where(Conversation.id == turn.conversation_id)
        .values(last_turn=Conversation.last_turn + 1)
        .returning(Conversation.last_turn)
    )
    if number is None:
        raise LookupError("no such conversation")
    turn.number = number
    turn.state = "received"
    session.add(turn)
    await session.flush()


async def list_due(session: AsyncSession, now: datetime, limit: int = 100) -> list[str]:
    """Conversations whose oldest unanswered turn is due, and that nobody is running."""
    oldest = (
        select(Turn.conversation_id, func.min(Turn.number).label("number"))
        .where(Turn.state == "received")
        .group_by(Turn.conversation_id)
        .subquery()
    )
    rows = await session.scalars(
        select(Turn.conversation_id)
        .join(oldest, and_(oldest.c.conversation_id == Turn.conversation_id, oldest.c.number == Turn.number))
        .join(Conversation, Conversation.id == Turn.conversation_id)
        .where(
            Turn.available_at <= now,
            or_(Conversation.turn_lease_until.is_(None), Conversation.turn_lease_until < now),
        )
        .order_by(Turn.available_at)
        .limit(limit)
    )
    return list(rows)


async def claim(session: AsyncSession, lease: Lease, now: datetime, life: timedelta) -> Conversation | None:
    """Takes the conversation's lease; None when somebody holds it."""
    return await session.scalar(
        update(Conversation)
        .where(
            Conversation.id == lease.conversation_id,
            or_(Conversation.turn_lease_until.is_(None), Conversation.turn_lease_until < now),
        )
        .values(turn_owner=lease.owner, turn_lease_until=now + life)
        .returning(Conversation)
        .execution_options(synchronize_session=False)
    )


async def hold(session: AsyncSession, lease: Lease, until: datetime, **changes: Any) -> Conversation:
    """Prolongs the lease, makes `changes` to the conversation and locks its row. Raises LeaseLostError when the
    lease is not held any more.
    """
    held: Conversation | None = await session.scalar(
        update(Conversation)
        .where(Conversation.id == lease.conversation_id, Conversation.turn_owner == lease.owner)
        .values({"turn_lease_until": until, **changes})
        .returning(Conversation)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    if held is None:
        raise LeaseLostError
    return held


async def release(session: AsyncSession, lease: Lease) -> None:
    """Gives the lease back."""
    await session.execute(
        update(Conversation)
        .where(Conversation.id == lease.conversation_id, Conversation.turn_owner == lease.owner)
        .values(turn_owner=None, turn_lease_until=None)
        .execution_options(synchronize_session=False)
    )


async def get_next(session: AsyncSession, conversation_id: str) -> Turn | None:
    """The conversation's oldest unanswered turn, due or not: nothing overtakes it."""
    return await session.scalar(
        select(Turn)
        .where(Turn.conversation_id == conversation_id, Turn.state == "received")
        .order_by(Turn.number)
        .limit(1)
    )


async def mark_answered(session: AsyncSession, turn_id: str, now: datetime) -> bool:
    """Ends a turn; False when it was ended before."""
    done = await session.scalar(
        update(Turn)
        .where(Turn.id == turn_id, Turn.state == "received")
        .values(state="answered", answered_at=now)
        .returning(Turn.id)
    )
    return done is not None


async def put_off(session: AsyncSession, turn_id: str, until: datetime) -> None:
    """Keeps a turn for later and counts the attempt."""
    await session.execute(
        update(Turn)
        .where(Turn.id == turn_id, Turn.state == "received")
        .values(available_at=until, attempts=Turn.attempts + 1)
    )


async def open_card_before(session: AsyncSession, turn: Turn, now: datetime) -> str | None:
    """The sealed nonce of the confirmation card that the turn's message answers: the last thing that was said before
    it, with buttons that are still open. None when it answers no such card.

    The transcript's order decides, not the clock: a word typed before the card was shown, after something else was
    said, or after the card was closed (stopped, answered, replaced, expired), says yes to nothing.
    """
    written_at = select(ActivityRow.seq).where(ActivityRow.id == turn.id).scalar_subquery()
    said_last = (
        select(ActivityRow.id)
        .where(
            ActivityRow.conversation_id == turn.conversation_id,
            ActivityRow.seq < written_at,
            ActivityRow.type == "message",
            ActivityRow.author != "customer",
        )
        .order_by(ActivityRow.seq.desc())
        .limit(1)
        .scalar_subquery()
    )
    sealed: str | None = await session.scalar(
        select(Offer.payload).where(
            Offer.activity_id == said_last,
            Offer.conversation_id == turn.conversation_id,
            Offer.action == "confirm",
            Offer.closed_at.is_(None),
            or_(Offer.expires_at.is_(None), Offer.expires_at > now),
        )
    )
    return sealed
