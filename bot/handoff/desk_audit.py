"""Tells the auth backend's audit what the desk did: at least once, also after a crash or an outage."""

import asyncio

import structlog
from sqlalchemy import update

from bot.auth_client import AuthClient, BackendUnavailableError
from bot.db import Database
from bot.handoff.models import DeskEvent
from bot.handoff.queries import list_undelivered
from httpkit.clock import Now

log = structlog.get_logger("desk_audit")

_EVERY_S = 5.0


class DeskAudit:
    """Delivers `bot_desk_events`; `wake` after an action, else every few seconds."""

    def __init__(self, database: Database, backend: AuthClient, now: Now) -> None:
        self._database = database
        self._backend = backend
        self._now = now
        self._wake = asyncio.Event()

    def wake(self) -> None:
        """Something was put down."""
        self._wake.set()

    async def run(self) -> None:
        """Delivers until cancelled."""
        while True:
            try:
                await self.deliver()
            except BackendUnavailableError as error:
                log.warning("audit unavailable", reason=str(error))
            except Exception:
                log.exception("delivering to the audit failed")
            try:
                async with asyncio.timeout(_EVERY_S):
                    await self._wake.wait()
            except TimeoutError:
                continue
            finally:
                self._wake.clear()

    async def deliver(self) -> int:
        """Delivers what is due in order; returns how many. Raises BackendUnavailableError."""
        async with self._database.read() as session:
            due = await list_undelivered(session)
        for row in due:
            await self._backend.note_desk_event(row.conversation_id, row.agent_id, row.event)
            async with self._database.write() as session:
                await session.execute(update(DeskEvent).where(DeskEvent.id == row.id).values(delivered_at=self._now()))
        return len(due)
