"""Tells open sockets that something new is in the database. In process; a poller covers what other instances wrote."""

import asyncio
from collections import defaultdict, deque
from typing import Any, Protocol

import structlog
from sqlalchemy import select

from bot.db import Database
from bot.models import Conversation

log = structlog.get_logger("fanout")


class Subscription:
    """One socket's wake-up call. Passing activities (typing) travel here; everything else is read from the database."""

    def __init__(self) -> None:
        self._news = asyncio.Event()
        self.passing: deque[dict[str, Any]] = deque(maxlen=8)

    def notify(self) -> None:
        """Wakes the socket."""
        self._news.set()

    async def wait(self) -> None:
        """Returns once there may be news; earlier calls of `notify` are not lost."""
        await self._news.wait()
        self._news.clear()


class Fanout(Protocol):
    """How a commit reaches the sockets of a conversation."""

    def publish(self, conversation_id: str) -> None:
        """Something was committed in the conversation."""

    def pass_on(self, conversation_id: str, activity: dict[str, Any]) -> None:
        """An activity that is shown now or never, such as typing."""

    def subscribe(self, conversation_id: str) -> Subscription:
        """Starts listening; to be followed by `unsubscribe`."""

    def unsubscribe(self, conversation_id: str, subscription: Subscription) -> None:
        """Stops listening."""


class InProcessFanout:
    """The fan-out of a single instance."""

    def __init__(self) -> None:
        self._subscriptions: dict[str, set[Subscription]] = defaultdict(set)

    def publish(self, conversation_id: str) -> None:
        """Wakes the conversation's sockets."""
        for subscription in self._subscriptions.get(conversation_id, ()):
            subscription.notify()

    def pass_on(self, conversation_id: str, activity: dict[str, Any]) -> None:
        """Hands a passing activity to the conversation's sockets."""
        for subscription in self._subscriptions.get(conversation_id, ()):
            subscription.passing.append(activity)
            subscription.notify()

    def subscribe(self, conversation_id: str) -> Subscription:
        """Starts listening."""
        subscription = Subscription()
        self._subscriptions[conversation_id].add(subscription)
        return subscription

    def unsubscribe(self, conversation_id: str, subscription: Subscription) -> None:
        """Stops listening."""
        listeners = self._subscriptions.get(conversation_id)
        if listeners is not None:
            listeners.discard(subscription)
            if not listeners:
                del self._subscriptions[conversation_id]

    def listened_to(self) -> list[str]:
        """Conversations that somebody listens to here."""
        return list(self._subscriptions)

    def count(self, conversation_id: str) -> int:
        """How many listen to a conversation here."""
        return len(self._subscriptions.get(conversation_id, ()))


class DatabasePoller:
    """Asks the database which of the conversations that are listened to have grown, so that other instances' turns
    arrive too.
    """

    def __init__(self, database: Database, fanout: InProcessFanout, poll_s: float) -> None:
        self._database = database
        self._fanout = fanout
        self._poll_s = poll_s
        self._seen: dict[str, int] = {}

    async def run(self) -> None:
        """Polls until cancelled."""
        while True:
            await asyncio.sleep(self._poll_s)
            await self._guarded()

    async def _guarded(self) -> None:
        try:
            await self.look()
        except Exception:
            log.exception("polling failed")

    async def look(self) -> None:
        """Wakes the sockets of every conversation that grew since the last look."""
        wanted = self._fanout.listened_to()
        if not wanted:
            self._seen.clear()
            return
        async with self._database.read() as session:
            rows = await session.execute(
                select(Conversation.id, Conversation.last_seq).where(Conversation.id.in_(wanted[:5_000]))
            )
            found = {row.id: row.last_seq for row in rows}
        for identifier, last in found.items():
            if self._seen.get(identifier) != last:
                self._fanout.publish(identifier)
        self._seen = found
