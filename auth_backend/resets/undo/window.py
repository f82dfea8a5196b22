"""How long an executed reset can be undone. Pure."""

from datetime import datetime, timedelta

from auth_backend.resets.models import Reset, ResetState
from auth_backend.resets.states import may_move

UNDO_FOR = timedelta(days=7)


def undoable_until(reset: Reset, *, now: datetime) -> datetime | None:
    """Until when this reset can be undone; None when it can't, or can't any more."""
    if reset.executed_at is None or not may_move(reset.state, ResetState.UNDONE):
        return None
    until = reset.executed_at + UNDO_FOR
    return until if now < until else None
