"""Tokens and socket tickets: random, stored as SHA-256, bound to one conversation, short-lived."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from bot.identifiers import NewToken, token_hash
from bot.models import SocketTicket, Token


@dataclass(frozen=True)
class Issued:
    """A fresh token; the only moment at which it is known in clear."""

    token: str
    conversation_id: str
    expires_in: int
    """Seconds."""

    def __repr__(self) -> str:
        return f"Issued(conversation_id={self.conversation_id!r})"


async def issue_token(
    session: AsyncSession,
    conversation_id: str,
    now: datetime,
    *,
    life: timedelta,
    new_token: NewToken,
    origins: list[str] | None = None,
) -> Issued:
    """A token for one conversation, good for `life`; `origins` narrows where it may be used from."""
    token = new_token()
    session.add(
        Token(
            token_hash=token_hash(token),
            conversation_id=conversation_id,
            created_at=now,
            expires_at=now + life,
            origins=origins,
        )
    )
    await session.flush()
    return Issued(token, conversation_id, int(life.total_seconds()))


async def issue_ticket(
    session: AsyncSession, token: Token, watermark: int, now: datetime, *, life: timedelta, new_token: NewToken
) -> str:
    """What opens the conversation's socket once: the bearer token never stands in an address."""
    ticket = new_token()
    session.add(
        SocketTicket(
            ticket_hash=token_hash(ticket),
            conversation_id=token.conversation_id,
            token_hash=token.token_hash,
            watermark=watermark,
            expires_at=now + life,
        )
    )
    await session.flush()
    return ticket
