"""The rows behind Direct Line.

Statements of every turn are built once: SQLAlchemy takes longer to build one than SQLite to run it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.models import ActivityRow, Conversation, Offer, Site, SocketTicket, Token
from dbkit.columns import UtcDateTime

PAGE = 200


async def get_conversation(session: AsyncSession, conversation_id: str) -> Conversation | None:
    """The conversation, deleted or not."""
    return await session.get(Conversation, conversation_id)


async def lock_conversation(session: AsyncSession, conversation_id: str) -> Conversation | None:
    """The conversation with its row locked until the transaction ends: numbers, turns and offers change one after
    the other.
    """
    return await session.get(Conversation, conversation_id, with_for_update=True, populate_existing=True)


async def list_after(
    session: AsyncSession, conversation_id: str, watermark: int, limit: int = PAGE
) -> Sequence[ActivityRow]:
    """The next activities after `watermark`, in order."""
    rows = await session.scalars(
        select(ActivityRow)
        .where(ActivityRow.conversation_id == conversation_id, ActivityRow.seq > watermark)
        .order_by(ActivityRow.seq)
        .limit(limit)
    )
    return rows.all()


async def get_activity(session: AsyncSession, activity_id: str) -> ActivityRow | None:
    """An activity by its id."""
    return await session.get(ActivityRow, activity_id)


@dataclass(frozen=True)
class SentBefore:
    """What a client sent before an activity: whether that very activity, and how many others lately."""

    itself: bool
    lately: int


_LATELY = (
    select(func.count())
    .select_from(ActivityRow)
    .where(
        ActivityRow.conversation_id == bindparam("conversation"),
        ActivityRow.author == "customer",
        ActivityRow.created_at > bindparam("since", type_=UtcDateTime),
    )
)
_SENT_BEFORE = select(
    select(ActivityRow.id).where(ActivityRow.id == bindparam("activity")).exists(), _LATELY.scalar_subquery()
)


async def get_sent_before(session: AsyncSession, conversation_id: str, activity_id: str, since: datetime) -> SentBefore:
    """Whether the activity is stored already, and how many activities the customer sent since then."""
    values = {"conversation": conversation_id, "activity": activity_id, "since": since}
    found = (await session.execute(_SENT_BEFORE, values)).one()
    return SentBefore(bool(found[0]), found[1])


async def take_offer(session: AsyncSession, conversation_id: str, offer_id: str, now: datetime) -> Offer | None:
    """Uses an open offer up; None when it is not open, not this conversation's, or somebody was faster."""
    taken = await session.scalar(
        update(Offer)
        .where(
            Offer.id == offer_id,
            Offer.conversation_id == conversation_id,
            Offer.closed_at.is_(None),
            Offer.used_at.is_(None),
        )
        .values(used_at=now)
        .returning(Offer.id)
    )
    return await session.get(Offer, taken, populate_existing=True) if taken is not None else None


_TOKEN_AND_CONVERSATION = (
    select(Token, Conversation)
    .join(Conversation, Conversation.id == Token.conversation_id)
    .where(Token.token_hash == bindparam("hash"))
)


async def get_token_and_conversation(session: AsyncSession, token_hash: str) -> tuple[Token, Conversation] | None:
    """A token's row, expired or not, with its conversation's, deleted or not."""
    found = (await session.execute(_TOKEN_AND_CONVERSATION, {"hash": token_hash})).one_or_none()
    return (found[0], found[1]) if found is not None else None


async def get_token(session: AsyncSession, token_hash: str) -> Token | None:
    """A token's row, expired or not."""
    return await session.get(Token, token_hash)


async def take_ticket(session: AsyncSession, ticket_hash: str, now: datetime) -> SocketTicket | None:
    """Uses a socket ticket up; None when it is unknown, used or older than its 60 seconds."""
    row = await session.get(SocketTicket, ticket_hash)
    gone = await session.scalar(
        delete(SocketTicket)
        .where(SocketTicket.ticket_hash == ticket_hash, SocketTicket.expires_at > now)
        .returning(SocketTicket.ticket_hash)
    )
    return row if gone is not None else None


async def get_site_by_secret(session: AsyncSession, secret_hash: str) -> Site | None:
    """The site that holds this secret, unless it is disabled."""
    return await session.scalar(select(Site).where(Site.secret_hash == secret_hash, Site.disabled_at.is_(None)))


async def get_site(session: AsyncSession, public_key: str) -> Site | None:
    """The site with this public key, unless it is disabled."""
    return await session.scalar(select(Site).where(Site.public_key == public_key, Site.disabled_at.is_(None)))


async def list_origins(session: AsyncSession) -> frozenset[str]:
    """The origins that any site may be embedded or called from."""
    rows = await session.scalars(select(Site.origins).where(Site.disabled_at.is_(None)))
    return frozenset(origin for origins in rows for origin in origins)
