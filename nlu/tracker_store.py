"""Trackers in SQLite or another SQL database; nothing stays longer than a day."""

# Rasa has no types, and its interfaces ask for parameters that not every implementation needs.
# mypy: disallow-subclassing-any=False
# ruff: noqa: ARG004

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import SessionStarted

RETENTION_SECONDS = 24 * 60 * 60


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

    def delete_older_than(self, cutoff: float) -> int:
        """Deletes events from before `cutoff` (Unix seconds) and returns how many.

        Events of a session that is still going stay until the session ends: Rasa counts a session's stored events to
        know which ones are new. Sessions are short (`nlu.dialogue`), so that is minutes, not days.
        """
        event = self.SQLEvent
        later = sa.orm.aliased(event)
        still_talking = sa.select(later.id).where(later.sender_id == event.sender_id, later.timestamp >= cutoff)
        newer_session = sa.select(later.id).where(
            later.sender_id == event.sender_id,
            later.type_name == SessionStarted.type_name,
            later.timestamp > event.timestamp,
        )
        with self.session_scope() as session:
            old = session.scalars(
                sa.select(event.id).where(
                    event.timestamp < cutoff, sa.or_(~still_talking.exists(), newer_session.exists())
                )
            ).all()
            for start in range(0, len(old), 500):
                session.execute(sa.delete(event).where(event.id.in_(old[start : start + 500])))
            session.commit()
        return len(old)


def _tune_sqlite(connection: Any, _: Any) -> None:
    """Readers don't wait for the writer, and a turn costs no disk flush (a lost last turn is asked again)."""
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=5000"):
        connection.execute(f"PRAGMA {pragma}")
