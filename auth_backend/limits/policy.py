"""The numbers and rules of throttling, pure."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum

WINDOW = timedelta(hours=24)
FREE_FAILURES = 4
LONGEST_BACK_OFF = timedelta(hours=1)
CODE_FAILURES_TO_LOCK = 10
"""Failures within the window that lock one factor, for one purpose and kind of caller."""
PASSWORD_FAILURES_TO_CLOSE = 100
"""Failures in a row after which only a known browser may try a password (SP 800-63B-4 3.2.2)."""

SENDING_PAUSE = timedelta(seconds=60)
SENDINGS_AN_HOUR = 5
DESTINATION_BY_ANYBODY_AN_HOUR = SENDINGS_AN_HOUR
DESTINATION_BY_HOLDER_AN_HOUR = 4 * SENDINGS_AN_HOUR
"""Together 25, the sum of the five kinds of caller: strangers' one, and the four of who has shown something."""
UNUSED_CODES_BEFORE_PASSWORD = 3
"""Anonymous callers only: unused codes within the window after which the password comes first for that address."""


class Caller(StrEnum):
    """Who asks. Each kind has budgets of its own, so that a stranger can't use up the owner's."""

    ANONYMOUS = "anonymous"
    PASSWORD_PROVEN = "password_proven"  # noqa: S105 - a kind of caller
    LOGIN = "login"
    """The sign-in pages themselves, after the password."""
    SIGNED_IN = "signed_in"
    KNOWN_BROWSER = "known_browser"


def back_off(in_a_row: int) -> timedelta:
    """How long to wait after the `in_a_row`-th failure in a row: nothing before the fifth, then 2 s, 4 s, … up to an
    hour.
    """
    if in_a_row <= FREE_FAILURES:
        return timedelta(0)
    doublings = min(in_a_row - FREE_FAILURES, 12)
    return min(timedelta(seconds=2**doublings), LONGEST_BACK_OFF)


def still_counted(failed_at: Sequence[datetime], *, now: datetime) -> list[datetime]:
    """Of the times of failures, oldest first, those within the last 24 h, and no more than the newest that can lock."""
    return [at for at in failed_at if now - at < WINDOW][-CODE_FAILURES_TO_LOCK:]


def locked_until(failed_at: Sequence[datetime], *, lock_at: int | None) -> datetime | None:
    """When the bucket opens again: as soon as fewer than `lock_at` failures lie within 24 h; None while they do.

    The window slides: ten failures lock whenever they fall, not only when they fall between two marks.
    """
    if lock_at is None or len(failed_at) < lock_at:
        return None
    return failed_at[-lock_at] + WINDOW
