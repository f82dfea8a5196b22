"""Tells those who wait when their place in the queue changed."""

from sqlalchemy import select, update

from bot.db import Database
from bot.fanout import Fanout
from bot.handoff.events import tell_state
from bot.handoff.models import Handover
from bot.handoff.queries import list_queue
from bot.handoff.states import State
from bot.handoff.waiting import place_of
from bot.models import Conversation
from httpkit.clock import Now

DESK = "desk:"
"""The desk's own address in the fan-out: open desk pages listen to it. No conversation's id holds a colon."""
_TOLD_TO = 20
"""Further back a place changes too often to be worth a line in the transcript each time."""


class Places:
    """The queue's news, for desk pages and for those who wait."""

    def __init__(self, database: Database, fanout: Fanout, now: Now) -> None:
        self._database = database
        self._fanout = fanout
        self._now = now

    async def changed(self, conversation_id: str) -> None:
        """A conversation entered or left the queue, or changed hands: everybody concerned is told."""
        self._fanout.publish(conversation_id)
        self._fanout.publish(DESK)
        async with self._database.read() as session:
            queue = await list_queue(session)
        for entry in queue[:_TOLD_TO]:
            place = place_of(entry.conversation_id, queue)
            if place is not None and await self._tell(entry.conversation_id, place):
                self._fanout.publish(entry.conversation_id)

    async def _tell(self, conversation_id: str, place: int) -> bool:
        async with self._database.write() as session:
            still = select(Conversation.id).where(
                Conversation.id == conversation_id, Conversation.state == State.QUEUED.value
            )
            told = await session.scalar(
                update(Handover)
                .where(
                    Handover.conversation_id.in_(still),
                    Handover.ended_at.is_(None),
                    Handover.place_told.is_distinct_from(place),
                )
                .values(place_told=place)
                .returning(Handover.id)
            )
            if told is None:
                return False
            await tell_state(session, conversation_id, State.QUEUED, self._now(), position=place)
        return True
