"""Trackers in SQLite or another SQL database: of a conversation the present session, and nothing longer than a day.

The database is what counts. A tracker that this process used last is kept beside it, so that a turn neither reads nor
rebuilds its whole session again; it is used only while the database holds nothing newer. What a session leaves behind
is erased when the next one begins, so that neither rows nor memory grow with a conversation.
"""

# Rasa has no types, and its interfaces ask for parameters that not every implementation needs.
# mypy: disallow-subclassing-any=False
# ruff: noqa: ARG004

from __future__ import annotations

import itertools
import json
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, SessionStarted
from rasa.shared.core.trackers import DialogueStateTracker

RETENTION_SECONDS = 24 * 60 * 60

MAX_KEPT = 100
"""Trackers kept in memory; one of a long conversation takes a few hundred kilobytes."""


@dataclass(frozen=True)
class _Kept:
    """A tracker as it was stored: how many of its events, and the number of the last."""

    tracker: DialogueStateTracker
    stored: int
    last_id: int


class ZoeTrackerStore(SQLTrackerStore):
    """Rasa's SQL tracker store on a current SQLAlchemy, told by one URL where the database is.

    Rasa hands the endpoint's `url` over as `host`.
    """

    def __init__(
        self,
        domain: Domain | None = None,
        host: str | None = None,
        event_broker: EventBroker | None = None,
        **_: Any,
    ) -> None:
        super().__init__(domain=domain, host=host or "sqlite://", event_broker=event_broker)
        if self.engine.dialect.name == "sqlite":
            sa.event.listen(self.engine, "connect", _tune_sqlite)
            self.engine.dispose()
        event = self.SQLEvent
        self._last_id_query = sa.select(sa.func.max(event.id)).where(event.sender_id == sa.bindparam("sender"))
        self._erase = sa.delete(event).where(event.sender_id == sa.bindparam("sender"))
        self._kept: OrderedDict[str, _Kept] = OrderedDict()
        self._in_use: dict[str, _Kept] = {}

    @staticmethod
    def get_db_url(
        dialect: str = "sqlite",
        host: str | None = None,
        port: int | None = None,
        db: str = "rasa.db",
        username: str | None = None,
        password: str | None = None,
        login_db: str | None = None,
        query: dict[str, Any] | None = None,
    ) -> sa.engine.URL:
        """The URL itself; Rasa's own version calls a constructor that SQLAlchemy 2 does not have."""
        return sa.engine.make_url(host or "sqlite://")

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The tracker of the conversation's latest session.

        A kept one leaves the memory with this call: a turn that fails before `save` must not be seen by the next.
        """
        kept = self._kept.pop(sender_id, None)
        if kept is not None and self._last_id(sender_id) == kept.last_id:
            self._in_use[sender_id] = kept
            return kept.tracker
        self._in_use.pop(sender_id, None)
        return await super().retrieve(sender_id)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Stores the tracker's new events; when a new session began in them, those of the earlier ones are erased."""
        await self.stream_events(tracker)
        events = self._new_events(tracker)
        if not events:
            return
        rows = [self._row(tracker.sender_id, event) for event in events]
        began = next((n for n, event in enumerate(events) if isinstance(event, SessionStarted)), None)
        with self.engine.begin() as connection:
            if began is not None:
                connection.execute(self._erase, {"sender": tracker.sender_id})
                rows = rows[began:]
            connection.execute(sa.insert(self.SQLEvent.__table__), rows)
            last_id = connection.scalar(self._last_id_query, {"sender": tracker.sender_id})
        if began is not None:
            tracker = DialogueStateTracker.from_events(tracker.sender_id, events[began:], self.domain.slots)
        if last_id is not None:
            self._keep(_Kept(tracker, len(tracker.events), last_id))

    def _new_events(self, tracker: DialogueStateTracker) -> list[Event]:
        """What the database does not hold yet: known for the tracker that was kept, else counted by Rasa."""
        used = self._in_use.pop(tracker.sender_id, None)
        if used is not None and used.tracker is tracker:
            return list(itertools.islice(tracker.events, used.stored, None))
        with self.session_scope() as session:
            return list(self._additional_events(session, tracker))

    def _last_id(self, sender_id: str) -> int | None:
        with self.engine.connect() as connection:
            last: int | None = connection.scalar(self._last_id_query, {"sender": sender_id})
            return last

    def _row(self, sender_id: str, event: Event) -> dict[str, Any]:
        """A row as Rasa's own store writes it."""
        data = event.as_dict()
        return {
            "sender_id": sender_id,
            "type_name": event.type_name,
            "timestamp": data.get("timestamp"),
            "intent_name": data.get("parse_data", {}).get("intent", {}).get("name"),
            "action_name": data.get("name"),
            "data": json.dumps(data),
        }

    def _keep(self, kept: _Kept) -> None:
        self._kept[kept.tracker.sender_id] = kept
        while len(self._kept) > MAX_KEPT:
            self._kept.popitem(last=False)

    def delete_older_than(self, cutoff: float) -> int:
        """Deletes conversations that have been silent since `cutoff` (Unix seconds); returns how many events went.

        A session that is still going keeps its beginning: Rasa counts a session's stored events to know which ones are
        new. Sessions are short (`nlu.dialogue`), so that is minutes, not days.
        """
        event = self.SQLEvent
        later = sa.orm.aliased(event)
        still_talking = sa.select(later.id).where(later.sender_id == event.sender_id, later.timestamp >= cutoff)
        with self.session_scope() as session:
            old = session.scalars(sa.select(event.id).where(event.timestamp < cutoff, ~still_talking.exists())).all()
            for start in range(0, len(old), 500):
                session.execute(sa.delete(event).where(event.id.in_(old[start : start + 500])))
            session.commit()
        return len(old)


def _tune_sqlite(connection: Any, _: Any) -> None:
    """Readers don't wait for the writer, and a turn costs no disk flush (a lost last turn is asked again)."""
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=5000"):
        connection.execute(f"PRAGMA {pragma}")
