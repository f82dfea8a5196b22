"""A limit for an instance: how often something may happen in a sliding window. Slows down, never locks anybody out."""

from collections import OrderedDict, deque
from datetime import datetime, timedelta


class SlidingWindow:
    """At most `most` events of one key within `window`; remembers at most `keys` keys."""

    def __init__(self, most: int, window: timedelta, keys: int = 20_000) -> None:
        self._most = most
        self._window = window
        self._keys = keys
        self._seen: OrderedDict[str, deque[datetime]] = OrderedDict()

    def wait_for(self, key: str, now: datetime) -> timedelta | None:
        """Counts an event; None when it may happen, else how long to wait (then it is not counted)."""
        times = self._seen.setdefault(key, deque())
        self._seen.move_to_end(key)
        while times and times[0] <= now - self._window:
            times.popleft()
        if len(times) >= self._most:
            return times[0] + self._window - now
        times.append(now)
        while len(self._seen) > self._keys:
            self._seen.popitem(last=False)
        return None
