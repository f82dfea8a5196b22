"""What time alone does to the chat: offers expire visibly, tokens and tickets go."""

import asyncio
from datetime import datetime, timedelta

import structlog
from sqlalchemy import delete, select

from bot.db import Database
from bot.directline.queries import lock_conversation
from bot.fanout import Fanout
from bot.identifiers import new_id
from bot.models import Offer, SocketTicket, Token
from bot.transcript import append_outgoing, close_offers
from httpkit.clock import Now

log = structlog.get_logger("housekeeping")

_EVERY_S = 5.0


class Housekeeping:
    """Runs beside the worker; several instances may, each thing still happens once."""

    def __init__(self, database: Database, fanout: Fanout, now: Now, keep_tokens: timedelta) -> None:
        self._database = database
        self._fanout = fanout
        self._now = now
        self._keep_tokens = keep_tokens

    async def run(self) -> None:
        """Tidies until cancelled."""
        while True:
            try:
                await self.tidy(self._now())
            except Exception:
                log.exception("tidying failed")
            await asyncio.sleep(_EVERY_S)

    async def tidy(self, now: datetime) -> None:
        """Closes expired offers and says so on the stream; deletes tokens that lead nowhere any more."""
        async with self._database.read() as session:
            late = await session.scalars(
                select(Offer.conversation_id)
                .where(Offer.closed_at.is_(None), Offer.expires_at <= now)
                .distinct()
                .limit(200)
            )
            conversations = list(late)
            stale = await session.scalar(
                select(Token.token_hash).where(Token.expires_at < now - self._keep_tokens).limit(1)
            )
            spent = await session.scalar(select(SocketTicket.ticket_hash).where(SocketTicket.expires_at < now).limit(1))
        for conversation_id in conversations:
            await self._expire(conversation_id, now)
        if stale is not None or spent is not None:
            async with self._database.write() as session:
                await session.execute(delete(SocketTicket).where(SocketTicket.expires_at < now))
                await session.execute(delete(Token).where(Token.expires_at < now - self._keep_tokens))

    async def _expire(self, conversation_id: str, now: datetime) -> None:
        async with self._database.write() as session:
            await lock_conversation(session, conversation_id)
            still = await session.scalar(
                select(Offer.id)
                .where(Offer.conversation_id == conversation_id, Offer.closed_at.is_(None), Offer.expires_at <= now)
                .limit(1)
            )
            if still is None:
                return
            events = await close_offers(session, conversation_id, now, expired=True)
            await append_outgoing(session, conversation_id, list(events), now, turn_id=f"expired-{new_id()}")
        self._fanout.publish(conversation_id)
