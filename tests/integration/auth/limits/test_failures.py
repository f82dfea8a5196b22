"""The counters of failures, as rows: a window that slides, and nothing that makes them forget."""

from datetime import timedelta

from auth_backend.limits.failures import Standing, clear_failures, record_failure, standing_of
from auth_backend.limits.policy import CODE_FAILURES_TO_LOCK
from auth_backend.services import Services
from httpkit.clock import OffsetClock

WHO, WHAT = "user:ana", "code:reset_email:anonymous"


async def fail(services: Services, times: int = 1) -> Standing:
    for _ in range(times):
        async with services.sessions.begin() as session:
            after = await record_failure(session, WHO, WHAT, now=services.now(), lock_at=CODE_FAILURES_TO_LOCK)
    return after


async def standing(services: Services) -> Standing:
    async with services.sessions.begin() as session:
        return await standing_of(session, WHO, WHAT, now=services.now())


async def test_ten_failures_around_any_midnight_lock(services: Services, clock: OffsetClock) -> None:
    """A window that began with the first failure would have been empty again in between."""
    first = clock()
    await fail(services)
    clock.advance(timedelta(hours=23))
    await fail(services, 4)
    clock.advance(timedelta(hours=2))
    assert (await standing(services)).in_window == 4
    after = await fail(services, 6)
    assert after.in_window == 10
    assert after.blocked_until == first + timedelta(hours=23) + timedelta(hours=24)
    assert (await standing(services)).blocks(clock())


async def test_the_lock_opens_failure_by_failure(services: Services, clock: OffsetClock) -> None:
    """Spread over a day, the eleventh guess comes when the first is a day old; then the next one locks again."""
    begin = clock()
    for _ in range(9):
        await fail(services)
        clock.advance(timedelta(hours=2))
    assert (await fail(services)).blocked_until == begin + timedelta(hours=24)
    clock.advance(timedelta(hours=6) - timedelta(microseconds=1))
    assert (await standing(services)).blocks(clock())
    clock.advance(timedelta(microseconds=1))
    assert not (await standing(services)).blocks(clock())
    assert (await fail(services)).blocked_until == begin + timedelta(hours=26)


async def test_a_success_between_buys_no_guesses(services: Services, clock: OffsetClock) -> None:
    await fail(services, 9)
    async with services.sessions.begin() as session:
        await clear_failures(session, WHO, WHAT, now=clock())
    now = await standing(services)
    assert (now.in_a_row, now.in_window, now.blocked_until) == (0, 9, None)
    assert (await fail(services)).blocked_until == clock() + timedelta(hours=24)


async def test_a_day_without_failures_forgets_the_window_but_not_the_row(
    services: Services, clock: OffsetClock
) -> None:
    """The pause after failures in a row grows until something is right, however slowly it is guessed."""
    await fail(services, 6)
    clock.advance(timedelta(days=3))
    now = await standing(services)
    assert (now.in_a_row, now.in_window) == (6, 0)
    assert (await fail(services)).blocked_until == clock() + timedelta(seconds=8)
