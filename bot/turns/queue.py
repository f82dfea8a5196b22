"""The rows behind the worker: adding a turn, taking the next under a lease, marking it answered."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

from sqlalchemy import Executable, String, and_, bindparam, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.languages import Lang
from bot.models import ActivityRow, Conversation, Offer, Turn
from dbkit.columns import UtcDateTime


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


_UNTIL = bindparam("until", type_=UtcDateTime)
_MINE = (Conversation.id == bindparam("conversation"), Conversation.turn_owner == bindparam("owner"))
_AS_STORED: Any = {"synchronize_session": False, "populate_existing": True}

# Statements of every turn are built once: SQLAlchemy takes longer to build one than SQLite to run it.
_CLAIM = (
    update(Conversation)
    .where(
        Conversation.id == bindparam("conversation"),
        or_(
            Conversation.turn_lease_until.is_(None),
            Conversation.turn_lease_until < bindparam("now", type_=UtcDateTime),
        ),
    )
    .values(turn_owner=bindparam("owner"), turn_lease_until=_UNTIL)
    .returning(Conversation)
    .execution_options(**_AS_STORED)
)
_HOLD = (
    update(Conversation)
    .where(*_MINE)
    .values(turn_lease_until=_UNTIL)
    .returning(Conversation)
    .execution_options(**_AS_STORED)
)
_HOLD_AND_SETTLE = _HOLD.values(wait_told=None, lang=func.coalesce(bindparam("heard", type_=String), Conversation.lang))
_RELEASE = (
    update(Conversation)
    .where(*_MINE)
    .values(turn_owner=None, turn_lease_until=None)
    .execution_options(synchronize_session=False)
)
_NEXT = (
    select(Turn)
    .where(Turn.conversation_id == bindparam("conversation"), Turn.state == "received")
    .order_by(Turn.number)
    .limit(1)
)
_MARK_ANSWERED = (
    update(Turn)
    .where(Turn.id == bindparam("turn"), Turn.state == "received")
    .values(state="answered", answered_at=bindparam("now", type_=UtcDateTime))
    .returning(Turn.id)
    .execution_options(synchronize_session=False)
)


async def claim(session: AsyncSession, lease: Lease, now: datetime, life: timedelta) -> Conversation | None:
    """Takes the conversation's lease; None when somebody holds it."""
    values = {"conversation": lease.conversation_id, "owner": lease.owner, "now": now, "until": now + life}
    return cast("Conversation | None", await session.scalar(_CLAIM, values))


async def hold(session: AsyncSession, lease: Lease, until: datetime) -> Conversation:
    """Prolongs the lease and locks the conversation's row. Raises LeaseLostError when it is not held any more."""
    return await _held(session, _HOLD, lease, {"until": until})


async def hold_and_settle(session: AsyncSession, lease: Lease, until: datetime, heard: Lang | None) -> Conversation:
    """`hold` at the end of a turn: nothing is waited for any more, and `heard` is the conversation's language now."""
    return await _held(session, _HOLD_AND_SETTLE, lease, {"until": until, "heard": heard})


async def _held(session: AsyncSession, statement: Executable, lease: Lease, values: dict[str, Any]) -> Conversation:
    mine = {"conversation": lease.conversation_id, "owner": lease.owner}
    held: Conversation | None = await session.scalar(statement, {**mine, **values})
    if held is None:
        raise LeaseLostError
    return held


async def release(session: AsyncSession, lease: Lease) -> None:
    """Gives the lease back."""
    await session.execute(_RELEASE, {"conversation": lease.conversation_id, "owner": lease.owner})


async def get_next(session: AsyncSession, conversation_id: str) -> Turn | None:
    """The conversation's oldest unanswered turn, due or not: nothing overtakes it."""
    return cast("Turn | None", await session.scalar(_NEXT, {"conversation": conversation_id}))


async def mark_answered(session: AsyncSession, turn_id: str, now: datetime) -> bool:
    """Ends a turn; False when it was ended before."""
    return await session.scalar(_MARK_ANSWERED, {"turn": turn_id, "now": now}) is not None


async def put_off(session: AsyncSession, turn_id: str, until: datetime) -> None:
    """Keeps a turn for later and counts the attempt."""
    await session.execute(
        update(Turn)
        .where(Turn.id == turn_id, Turn.state == "received")
        .values(available_at=until, attempts=Turn.attempts + 1)
    )


_SAID_LAST = (
    select(ActivityRow.id)
    .where(
        ActivityRow.conversation_id == bindparam("conversation"),
        ActivityRow.seq < select(ActivityRow.seq).where(ActivityRow.id == bindparam("turn")).scalar_subquery(),
        ActivityRow.type == "message",
        ActivityRow.author != "customer",
    )
    .order_by(ActivityRow.seq.desc())
    .limit(1)
)
_CARD_BEFORE = select(Offer.payload).where(
    Offer.activity_id == _SAID_LAST.scalar_subquery(),
    Offer.conversation_id == bindparam("conversation"),
    Offer.action == "confirm",
    Offer.closed_at.is_(None),
    or_(Offer.expires_at.is_(None), Offer.expires_at > bindparam("now", type_=UtcDateTime)),
)


async def open_card_before(session: AsyncSession, turn: Turn, now: datetime) -> str | None:
    """The sealed nonce of the confirmation card that the turn's message answers: the last thing that was said before
    it, with buttons that are still open. None when it answers no such card.

    The transcript's order decides, not the clock: a word typed before the card was shown, after something else was
    said, or after the card was closed (stopped, answered, replaced, expired), says yes to nothing.
    """
    asked = {"turn": turn.id, "conversation": turn.conversation_id, "now": now}
    return cast("str | None", await session.scalar(_CARD_BEFORE, asked))
