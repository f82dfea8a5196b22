"""An address beyond its budget waits a little, is never locked, and never fills the process with waiting requests."""

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from auth_backend.limits.pace import (
    ADDRESSES,
    LONGEST,
    PERIOD,
    WAITING_ALL,
    WAITING_EACH,
    Kind,
    Pace,
    after_one_more,
    is_somebodys,
)
from auth_backend.slow_down import kind_of

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
OFFICE, HOME = "203.0.113.7", "2001:db8:1:2::/64"


@dataclass
class Bed:
    """A clock and a sleep that tests move by hand."""

    now: datetime = NOON
    slept: list[float] = field(default_factory=list)
    gate: asyncio.Event | None = None

    def clock(self) -> datetime:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        if self.gate is not None:
            await self.gate.wait()

    def pace(self, a_minute: int = 30) -> Pace:
        return Pace(self.clock, a_minute=a_minute, sleep=self.sleep)


async def test_a_budget_may_be_used_up_at_once_and_then_each_request_waits_longer_up_to_the_longest() -> None:
    bed = Bed()
    pace = bed.pace()
    assert [await pace.keep(Kind.PASSWORD, OFFICE) for _ in range(30)] == [timedelta(0)] * 30
    assert [await pace.keep(Kind.PASSWORD, OFFICE) for _ in range(4)] == [timedelta(seconds=n) for n in (2, 3, 3, 3)]
    assert bed.slept == [2, 3, 3, 3]


async def test_whoever_stops_is_free_again_after_a_minute_however_much_came_before() -> None:
    bed = Bed()
    pace = bed.pace()
    for _ in range(500):
        await pace.keep(Kind.CODE, OFFICE)
    bed.now += PERIOD + LONGEST
    bed.slept.clear()
    assert [await pace.keep(Kind.CODE, OFFICE) for _ in range(30)] == [timedelta(0)] * 30
    assert bed.slept == []


async def test_a_steady_pace_within_the_budget_never_waits() -> None:
    bed = Bed()
    pace = bed.pace()
    for _ in range(300):
        assert await pace.keep(Kind.CODE, OFFICE) == timedelta(0)
        bed.now += timedelta(seconds=2)


async def test_addresses_and_kinds_have_budgets_of_their_own() -> None:
    bed = Bed()
    pace = bed.pace(a_minute=1)
    assert await pace.keep(Kind.PASSWORD, OFFICE) == timedelta(0)
    assert await pace.keep(Kind.PASSWORD, OFFICE) == LONGEST
    assert await pace.keep(Kind.CODE, OFFICE) == timedelta(0)
    assert await pace.keep(Kind.PASSWORD, HOME) == timedelta(0)
    assert [await pace.keep(Kind.MESSAGE, OFFICE) for _ in range(8)] == [timedelta(0)] * 8


@pytest.mark.parametrize("address", ["127.0.0.1", "127.1.2.3", "::/64", "::1", "", "unix:/run/zoe.sock", "::"])
async def test_what_names_nobody_is_not_slowed(address: str) -> None:
    bed = Bed()
    pace = bed.pace(a_minute=1)
    assert not is_somebodys(address)
    assert [await pace.keep(Kind.PASSWORD, address) for _ in range(5)] == [timedelta(0)] * 5


async def test_nought_turns_it_off() -> None:
    pace = Bed().pace(a_minute=0)
    assert [await pace.keep(Kind.PASSWORD, OFFICE) for _ in range(100)] == [timedelta(0)] * 100


async def test_no_more_than_a_few_wait_for_one_address_and_the_others_are_turned_away_at_once() -> None:
    bed = Bed(gate=asyncio.Event())
    pace = bed.pace(a_minute=1)
    await pace.keep(Kind.CODE, OFFICE)
    waiting = [asyncio.create_task(pace.keep(Kind.CODE, OFFICE)) for _ in range(WAITING_EACH)]
    await asyncio.sleep(0)
    assert [await pace.keep(Kind.CODE, OFFICE) for _ in range(20)] == [None] * 20
    assert await pace.keep(Kind.CODE, HOME) == timedelta(0)
    assert bed.gate is not None
    bed.gate.set()
    assert await asyncio.gather(*waiting) == [LONGEST] * WAITING_EACH
    assert await pace.keep(Kind.CODE, OFFICE) == LONGEST


async def test_a_request_that_is_given_up_frees_its_place() -> None:
    bed = Bed(gate=asyncio.Event())
    pace = bed.pace(a_minute=1)
    await pace.keep(Kind.CODE, OFFICE)
    for _ in range(3 * WAITING_EACH):
        task = asyncio.create_task(pace.keep(Kind.CODE, OFFICE))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_all_together_have_a_bound() -> None:
    bed = Bed(gate=asyncio.Event())
    pace = bed.pace(a_minute=1)
    tasks = []
    for n in range(WAITING_ALL + 20):
        address = f"198.51.{n // 250}.{n % 250 + 1}"
        await pace.keep(Kind.CODE, address)
        tasks.append(asyncio.create_task(pace.keep(Kind.CODE, address)))
    await asyncio.sleep(0)
    assert len(bed.slept) == WAITING_ALL
    assert await pace.keep(Kind.CODE, OFFICE) == timedelta(0), "whoever is within the budget is never turned away"
    assert bed.gate is not None
    bed.gate.set()
    answers = await asyncio.gather(*tasks)
    assert answers.count(None) == 20


async def test_memory_is_bounded_and_the_longest_silent_are_forgotten_first() -> None:
    bed = Bed()
    pace = bed.pace(a_minute=1)
    await pace.keep(Kind.CODE, OFFICE)
    for n in range(ADDRESSES - 1):
        await pace.keep(Kind.CODE, f"2001:db8:{n:x}::/64")
    assert await pace.keep(Kind.CODE, OFFICE) == LONGEST
    for n in range(ADDRESSES):
        await pace.keep(Kind.CODE, f"2001:db9:{n:x}::/64")
    assert await pace.keep(Kind.CODE, OFFICE) == timedelta(0)


def test_a_clock_that_jumps_ahead_frees_and_one_that_stands_still_only_slows() -> None:
    free_at, wait = after_one_more(NOON - timedelta(days=9), now=NOON, budget=30)
    assert (free_at, wait) == (NOON + timedelta(seconds=2), timedelta(0))
    for _ in range(10_000):
        free_at, wait = after_one_more(free_at, now=NOON, budget=30)
    assert (free_at, wait) == (NOON + PERIOD + LONGEST, LONGEST)


@pytest.mark.parametrize(
    ("method", "path", "kind"),
    [
        ("GET", "/login", None),
        ("HEAD", "/verify/", None),
        ("POST", "/login", Kind.PASSWORD),
        ("POST", "/verify/", Kind.PASSWORD),
        ("POST", "/enrol/password", Kind.PASSWORD),
        ("POST", "/account/security/password", Kind.PASSWORD),
        ("POST", "/login/second-step", Kind.CODE),
        ("POST", "/login/methods", Kind.CODE),
        ("POST", "/a/page/that/is/built/next/year", Kind.CODE),
        ("POST", "/login/second-step/send", Kind.SENDING),
        ("POST", "/enrol/sms", Kind.SENDING),
        ("POST", "/enrol/sms/code", Kind.CODE),
        ("POST", "/enrol/sms/check", Kind.MESSAGE),
        ("POST", "/chat/token", Kind.CHAT),
        ("POST", "/v3/directline/conversations", Kind.CHAT),
        ("POST", "/v3/directline/conversations/abc/activities", Kind.MESSAGE),
        ("POST", "/sign-out/everywhere", None),
        ("POST", "/dev/clock", None),
        ("POST", "/sms/status/twilio", None),
        ("POST", "/desk/api/conversations/abc/replies", None),
    ],
)
def test_what_is_paced(method: str, path: str, kind: Kind | None) -> None:
    assert kind_of(method, path) is kind
