"""Where time comes from. Services take `now` as an argument; only views and workers read a clock."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

type Now = Callable[[], datetime]
"""Returns the present as an aware datetime in UTC."""


def system_now() -> datetime:
    """The machine's time, aware, in UTC."""
    return datetime.now(UTC)


class OffsetClock:
    """A clock that can be moved forward, for development and tests; it never goes back.

    `base` gives the underlying time, `offset` what is added to it.
    """

    def __init__(self, base: Now = system_now, offset: timedelta = timedelta(0)) -> None:
        self._base = base
        self.offset = offset

    def __call__(self) -> datetime:
        return self._base() + self.offset

    def advance(self, by: timedelta) -> datetime:
        """Moves forward by `by`; raises ValueError when `by` is negative. Returns the new present."""
        if by < timedelta(0):
            raise ValueError("the clock only goes forward")
        self.offset += by
        return self()


def iso(moment: datetime | None) -> str | None:
    """ISO 8601 in UTC with `Z` and seconds, the form of every time in this project's JSON; None stays None."""
    if moment is None:
        return None
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
