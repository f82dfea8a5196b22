"""How fast one network address may go: beyond a generous budget each request waits a little. Never locks anybody.

Held by the process, not by the database (docs/decisions/0009-pace-in-memory.md): a lost count only means that somebody
is not slowed for a minute. What must not be lost, the failures and the sendings, is counted elsewhere, by user.
"""

import asyncio
import ipaddress
from collections import Counter, OrderedDict
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from enum import StrEnum

from httpkit.clock import Now

PERIOD = timedelta(minutes=1)
LONGEST = timedelta(seconds=3)
"""The most that one request is made to wait."""
WAITING_EACH, WAITING_ALL = 4, 200
"""How many requests may wait at once: of one address, and in all. More are turned away, with the time to come back."""
ADDRESSES = 20_000

BROWSER = "browser:"
"""What stands before the hash of a browser's cookie where else an address stands."""

type Sleep = Callable[[float], Awaitable[None]]


class Kind(StrEnum):
    """What is paced, each kind apart."""

    PASSWORD = "password"  # noqa: S105 - a kind of request
    CODE = "code"
    SENDING = "sending"
    CHAT = "chat"
    MESSAGE = "message"


BUDGETS = {Kind.PASSWORD: 1, Kind.CODE: 1, Kind.SENDING: 1, Kind.CHAT: 2, Kind.MESSAGE: 8}
"""Multiples of the setting: people chat faster than they sign in."""


def after_one_more(free_at: datetime, *, now: datetime, budget: int) -> tuple[datetime, timedelta]:
    """One more request of an address that has used its budget up to `free_at`: the new `free_at`, and how long to wait.

    Each request uses up `PERIOD / budget`; a whole PERIOD may be used in advance, so that an office can sign in at
    nine. Pure; the generic cell rate algorithm (ITU-T I.371), with a ceiling: whoever stops is free again after
    PERIOD.
    """
    used = max(free_at, now) + PERIOD / budget
    wait = used - now - PERIOD
    return min(used, now + PERIOD + LONGEST), min(max(wait, timedelta(0)), LONGEST)


def is_somebodys(address: str) -> bool:
    """Whether an address (`client_ip`) tells one visitor from others, as a browser does: a loopback peer is a proxy or
    the machine itself, and what is no address (a socket's path) is nobody's.
    """
    if address.startswith(BROWSER):
        return True
    try:
        parsed = ipaddress.ip_address(address.partition("/")[0])
    except ValueError:
        return False
    return not parsed.is_loopback and not parsed.is_unspecified


class Pace:
    """The budgets of this process. `a_minute` is the budget, 0 for none; `sleep` waits that many seconds."""

    def __init__(self, now: Now, *, a_minute: int, sleep: Sleep = asyncio.sleep) -> None:
        self._now = now
        self._a_minute = a_minute
        self._sleep = sleep
        self._free_at: OrderedDict[tuple[str, Kind], datetime] = OrderedDict()
        self._waiting: Counter[str] = Counter()

    async def keep(self, kind: Kind, address: str) -> timedelta | None:
        """Counts one request and waits as long as it must; tells how long that was. None: too many wait already."""
        wait = self._count(kind, address)
        if not wait:
            return wait
        if self._waiting[address] >= WAITING_EACH or self._waiting.total() >= WAITING_ALL:
            return None
        self._waiting[address] += 1
        try:
            await self._sleep(wait.total_seconds())
        finally:
            self._waiting[address] -= 1
            if not self._waiting[address]:
                del self._waiting[address]
        return wait

    def _count(self, kind: Kind, address: str) -> timedelta:
        if not self._a_minute or not is_somebodys(address):
            return timedelta(0)
        now, key = self._now(), (address, kind)
        free_at, wait = after_one_more(self._free_at.get(key, now), now=now, budget=self._a_minute * BUDGETS[kind])
        self._free_at[key] = free_at
        self._free_at.move_to_end(key)
        if len(self._free_at) > ADDRESSES:
            self._free_at.popitem(last=False)
        return wait
