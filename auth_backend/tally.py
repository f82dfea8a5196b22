"""Counting what was committed: a transaction that rolls back has counted nothing.

Services say what happened (`count`), knowing no metrics; who makes the sessions says where it is counted
(`metrics.py`). Labels are words of closed lists, never anything of a person.
"""

from collections.abc import Callable
from typing import NamedTuple

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session

SINK, PENDING = "tally_sink", "tally_pending"


class Counted(NamedTuple):
    """One thing to count: `kind` is `event`, `code`; `labels` by position."""

    kind: str
    labels: tuple[str, ...]


type Sink = Callable[[Counted], None]


class CountingSession(Session):
    """A session that hands what was counted to `info[SINK]` once the outermost transaction is committed."""


def count(session: AsyncSession, kind: str, *labels: str) -> None:
    """Notes one thing in the caller's transaction."""
    session.info.setdefault(PENDING, []).append(Counted(kind, labels))


@event.listens_for(CountingSession, "after_commit")
def _hand_over(session: Session) -> None:
    if session.in_nested_transaction():
        return
    sink: Sink | None = session.info.get(SINK)
    for counted in session.info.pop(PENDING, ()):
        if sink is not None:
            sink(counted)


@event.listens_for(CountingSession, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop(PENDING, None)
