"""The customer's side of the desk: getting in line, back to Zoe, the end. What comes up in a turn goes out with it;
who is in charge is told in the transaction that changed it.
"""

from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot.auth_client import AuthClient, BackendUnavailableError
from bot.db import Database
from bot.fanout import Fanout
from bot.handoff.backend import GENERAL_TEAM, DeskPanel
from bot.handoff.endings import end_handover, return_to_zoe
from bot.handoff.events import tell_initiate, tell_state
from bot.handoff.models import Handover
from bot.handoff.places import DESK, Places
from bot.handoff.queries import (
    get_open_handover,
    get_state,
    list_present_teams,
    list_queue,
    list_waits,
    move,
)
from bot.handoff.states import State
from bot.handoff.waiting import back_title, place_of, queue_line, start_of_day, usual_wait
from bot.identifiers import new_id
from bot.languages import Lang
from bot.models import Conversation
from bot.replies import Outgoing, Raise, Reply
from httpkit.clock import Now

log = structlog.get_logger("desk")


class Desk:
    """Brings customers to people and back (the router's `Handoff`)."""

    def __init__(self, database: Database, backend: AuthClient, fanout: Fanout, now: Now) -> None:
        self._database = database
        self._backend = backend
        self._fanout = fanout
        self._now = now
        self._panels: dict[str, DeskPanel] = {}
        self._places = Places(database, fanout, now)

    async def start(self, conversation: Conversation, reason: str | None, lang: Lang, turn_id: str) -> list[Outgoing]:
        """Puts the conversation in line. Nothing is said when a person has it already."""
        del turn_id
        self._panels.pop(conversation.id, None)
        panel = await self._panel(conversation.id)
        now = self._now()
        async with self._database.write() as session:
            if await move(session, conversation.id, State.QUEUED, now, reason=reason):
                await self._enqueue(session, conversation.id, lang, now, reason=reason, panel=panel)
            state = State((await get_state(session, conversation.id)).state)
        if state is not State.QUEUED:
            return []
        await self._places.changed(conversation.id)
        return await self._line(conversation.id, lang)

    async def message_arrived(self, conversation: Conversation, turn_id: str) -> None:
        """The transcript has it. A code among it may have changed the panel, and whose conversation this is."""
        del turn_id
        await self.facts_changed(conversation)

    async def facts_changed(self, conversation: Conversation) -> None:
        """A proof was given or a reset changed while a person is in charge or awaited."""
        panel = await self._panel(conversation.id)
        if panel is None or self._panels.get(conversation.id) == panel:
            return
        self._panels[conversation.id] = panel
        async with self._database.write() as session:
            handover = await get_open_handover(session, conversation.id)
            changed = handover is not None and set(handover.teams) != set(panel.teams)
            if handover is not None and changed:
                handover.teams = list(panel.teams)
        self._fanout.publish(DESK + conversation.id)
        if changed:
            await self._places.changed(conversation.id)

    async def give_back(self, conversation: Conversation, lang: Lang, turn_id: str) -> list[Outgoing]:
        """Zoe is in charge again and goes on where she was, in a turn of its own."""
        del lang, turn_id
        self._panels.pop(conversation.id, None)
        async with self._database.write() as session:
            moved = await return_to_zoe(session, conversation.id, self._now(), by="customer")
        if moved:
            await self._places.changed(conversation.id)
        return []

    async def end(self, conversation: Conversation, lang: Lang, turn_id: str) -> list[Outgoing]:
        """Closes the conversation, from the queue too; it can still be read."""
        del lang, turn_id
        now = self._now()
        async with self._database.write() as session:
            current = State((await get_state(session, conversation.id)).state)
            if current is State.QUEUED:
                await move(session, conversation.id, State.BOT, now)
            moved = await move(session, conversation.id, State.CLOSED, now)
            if moved:
                await end_handover(session, conversation.id, now, by="customer", outcome=State.CLOSED)
                await tell_state(session, conversation.id, State.CLOSED, now)
        if moved:
            await self._places.changed(conversation.id)
        return []

    async def _enqueue(
        self,
        session: AsyncSession,
        conversation_id: str,
        lang: Lang,
        now: datetime,
        *,
        reason: str | None,
        panel: DeskPanel | None,
    ) -> None:
        handover = Handover(
            id=new_id(),
            conversation_id=conversation_id,
            lang=lang,
            reason=reason,
            teams=list(panel.teams) if panel is not None else [GENERAL_TEAM],
            queued_at=now,
        )
        session.add(handover)
        await session.flush()
        until = (await get_state(session, conversation_id)).last_seq
        proofs = panel.proofs if panel is not None else None
        await tell_initiate(session, conversation_id, now, lang=lang, reason=reason, proofs=proofs, until=until)
        handover.place_told = place_of(conversation_id, await list_queue(session))
        await tell_state(session, conversation_id, State.QUEUED, now, position=handover.place_told)

    async def _line(self, conversation_id: str, lang: Lang) -> list[Outgoing]:
        now = self._now()
        async with self._database.read() as session:
            queue = await list_queue(session)
            waits = await list_waits(session, start_of_day(now))
            present = await list_present_teams(session, now)
        place = place_of(conversation_id, queue)
        if place is None:
            return []
        wanted = next(entry.teams for entry in queue if entry.conversation_id == conversation_id)
        somebody = any(teams & wanted for teams in present)
        text = queue_line(lang, place, minutes=usual_wait(waits), somebody=somebody)
        return [Reply(text, lang, "handoff", (Raise(back_title(lang), "zoe.back"),))]

    async def _panel(self, conversation_id: str) -> DeskPanel | None:
        """None while the auth backend is away: that keeps nobody from a person."""
        try:
            return await self._backend.desk_panel(conversation_id)
        except BackendUnavailableError as error:
            log.warning("desk panel unavailable", reason=str(error))
            return None
