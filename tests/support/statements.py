"""Which statements an act runs: what its time is made of, without a clock."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

_SHAPE = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE)\b.*?\b(?:FROM|INTO|UPDATE)?\s*(auth_\w+)", re.DOTALL)


@contextmanager
def statements(engine: AsyncEngine) -> Iterator[list[str]]:
    """Fills the list with `VERB table` of every statement, and with COMMIT, in order."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        found = _SHAPE.match(statement)
        seen.append(" ".join(found.groups()) if found else statement)

    def commit(_connection: Any) -> None:
        seen.append("COMMIT")

    event.listen(engine.sync_engine, "before_cursor_execute", note)
    event.listen(engine.sync_engine, "commit", commit)
    try:
        yield seen
    finally:
        event.remove(engine.sync_engine, "before_cursor_execute", note)
        event.remove(engine.sync_engine, "commit", commit)
