"""Ten failures within any 24 hours, and the pauses after failures in a row."""

from datetime import UTC, datetime, timedelta

import pytest

from auth_backend.limits.policy import (
    CODE_FAILURES_TO_LOCK,
    WINDOW,
    back_off,
    locked_until,
    still_counted,
)

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOURS = timedelta(hours=1)


@pytest.mark.parametrize(
    ("in_a_row", "seconds"),
    [(0, 0), (4, 0), (5, 2), (6, 4), (7, 8), (15, 2048), (16, 3600), (17, 3600), (100, 3600), (10_000, 3600)],
)
def test_back_off_from_the_fifth_two_seconds_to_an_hour(in_a_row: int, seconds: int) -> None:
    assert back_off(in_a_row) == timedelta(seconds=seconds)


def test_failures_on_both_sides_of_any_mark_lock_together() -> None:
    """Five late in one day and five early in the next are ten within 24 hours."""
    failed_at = [NOON + 23 * HOURS] * 5 + [NOON + 25 * HOURS] * 5
    assert locked_until(failed_at, lock_at=CODE_FAILURES_TO_LOCK) == NOON + 23 * HOURS + WINDOW


def test_nine_do_not_lock_and_the_lock_ends_when_the_oldest_is_a_day_old() -> None:
    failed_at = [NOON + n * HOURS for n in range(10)]
    assert locked_until(failed_at[:9], lock_at=10) is None
    assert locked_until(failed_at, lock_at=10) == NOON + WINDOW
    assert len(still_counted(failed_at, now=NOON + WINDOW - timedelta(microseconds=1))) == 10
    assert len(still_counted(failed_at, now=NOON + WINDOW)) == 9


def test_no_more_times_are_kept_than_can_lock() -> None:
    failed_at = [NOON + timedelta(seconds=n) for n in range(40)]
    assert still_counted(failed_at, now=NOON + HOURS) == failed_at[-10:]


def test_a_counter_without_a_lock_never_locks() -> None:
    assert locked_until([NOON] * 10, lock_at=None) is None
