"""Tells open sockets that something new is in the database. In process; a poller covers what other instances wrote."""

import asyncio
from collections import defaultdict, deque
from collections.abc import Sequence
from typing import Any, Protocol

import structlog
from sqlalchemy import select

from bot.db import Database
from bot.models import ActivityRow, Conversation

log = structlog.get_logger("fanout")

MOST_FRESH = 50
"""Rows that wait for a slow socket; beyond that it reads them from the database."""


class Subscription:
    """One socket's wake-up call. What was committed is read from the database, unless the rows come along; passing
    activities (typing) travel only here.
    """

    def __init__(self) -> None:
        self._woken = asyncio.Event()
        self.passing: deque[dict[str, Any]] = deque(maxlen=8)
        self.fresh: deque[ActivityRow] = deque()
        self._look = False

    def notify(self, rows: Sequence[ActivityRow] = ()) -> None:
        """There is something new in the database: `rows`, if they are known, else whatever is found there."""
        self.fresh.extend(rows)
        if not rows or len(self.fresh) > MOST_FRESH:
            self.fresh.clear()
            self._look = True
        self._woken.set()

    def pass_on(self, activity: dict[str, Any]) -> None:
        """An activity that is shown now or never."""
        self.passing.append(activity)
        self._woken.set()

    async def wait(self) -> None:
        """Returns once there is news or something passing; earlier calls are not lost."""
        await self._woken.wait()
        self._woken.clear()

    def take_fresh(self, after: int) -> list[ActivityRow] | None:
        """The rows that follow number `after` without a gap; None when the database has to be asked."""
        rows = [row for row in self.fresh if row.seq > after]
        self.fresh.clear()
        look, self._look = self._look, False
        whole = all(row.seq == after + index for index, row in enumerate(rows, start=1))
        return rows if whole and not look else None


class Fanout(Protocol):
    """How a commit reaches the sockets of a conversation."""

    def publish(self, conversation_id: str, rows: Sequence[ActivityRow] = ()) -> None:
        """Something was committed in the conversation; `rows` spares its listeners here a look into the database."""

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

    def publish(self, conversation_id: str, rows: Sequence[ActivityRow] = ()) -> None:
        """Wakes the conversation's sockets."""
        for subscription in self._subscriptions.get(conversation_id, ()):
            subscription.notify(rows)

    def pass_on(self, conversation_id: str, activity: dict[str, Any]) -> None:
        """Hands a passing activity to the conversation's sockets."""
        for subscription in self._subscriptions.get(conversation_id, ()):
            subscription.pass_on(activity)

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
