"""When a person answers a report: what the operator promises in the settings, computed, never guessed. Pure."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ALWAYS = "always"
A_DAY = timedelta(days=1)
_WRITTEN = re.compile(r"([a-z]{3})(?:-([a-z]{3}))? (\d\d):(\d\d)-(\d\d):(\d\d) (\S+)")


@dataclass(frozen=True)
class SupportHours:
    """On which weekdays people are there (Monday is 0), from when until when by their own clock, and how long they take
    at most, counted only while they are there. `closes` None: until midnight.
    """

    days: frozenset[int]
    opens: time
    closes: time | None
    zone: ZoneInfo
    within: timedelta

    def answer_by(self, at: datetime) -> datetime:
        """Until when whoever reports at `at` is answered, in UTC."""
        left, day = self.within, at.astimezone(self.zone).date()
        while True:
            if day.weekday() in self.days:
                opens, closes = self._hours_of(day)
                begins = max(opens, at)
                if left <= closes - begins:
                    return begins + left
                left -= max(closes - begins, timedelta(0))
            day += A_DAY

    def _hours_of(self, day: date) -> tuple[datetime, datetime]:
        """In UTC: a day on which the clock is changed is longer or shorter."""
        opens = datetime.combine(day, self.opens, self.zone).astimezone(UTC)
        until = datetime.combine(day + A_DAY, time(), self.zone) if self.closes is None else None
        closes = until or datetime.combine(day, self.closes or time(), self.zone)
        return opens, closes.astimezone(UTC)


def read_support_hours(written: str, within: timedelta) -> SupportHours:
    """`mon-fri 09:00-18:00 America/Sao_Paulo`, `sat 10:00-14:00 UTC`, or `always`; ValueError for anything else."""
    if written == ALWAYS:
        return SupportHours(frozenset(range(7)), time(), None, ZoneInfo("UTC"), within)
    found = _WRITTEN.fullmatch(written)
    if found is None:
        raise ValueError("must look like: mon-fri 09:00-18:00 America/Sao_Paulo; or: always")
    first, last, *clock, zone = found.groups()
    if first not in DAYS or (last or first) not in DAYS:
        raise ValueError(f"days are: {', '.join(DAYS)}")
    begin, end = DAYS.index(first), DAYS.index(last or first)
    days = frozenset((begin + step) % 7 for step in range((end - begin) % 7 + 1))
    hours = [int(part) for part in clock]
    try:
        opens = time(hours[0], hours[1])
        closes = None if hours[2:] == [24, 0] else time(hours[2], hours[3])
        place = ZoneInfo(zone)
    except (ValueError, ZoneInfoNotFoundError, OSError):
        raise ValueError("has a time or a time zone that doesn't exist") from None
    if closes is not None and closes <= opens:
        raise ValueError("must close after it opens, on the same day; 24:00 is midnight")
    return SupportHours(days, opens, closes, place, within)
