"""Failure counters. They live in the database, are committed with the request that failed, and fail closed."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.db import insert_or_lock
from auth_backend.limits.models import FailureCounter
from auth_backend.limits.policy import LONGEST_BACK_OFF, back_off, locked_until, still_counted


@dataclass(frozen=True)
class Standing:
    """How a counter stands: failures in a row, failures of the last 24 h, and until when nothing is tried.

    `in_window` never says more than CODE_FAILURES_TO_LOCK: older times are not kept.
    """

    in_a_row: int
    in_window: int
    blocked_until: datetime | None

    def blocks(self, now: datetime) -> bool:
        """Whether a try must be refused unjudged."""
        return self.blocked_until is not None and now < self.blocked_until


async def lock_counter(session: AsyncSession, subject: str, bucket: str) -> FailureCounter:
    """The counter's row, made if absent and locked until the transaction ends: tries on one counter are judged one
    by one.
    """
    return await insert_or_lock(
        session, FailureCounter, unchanged="in_a_row", subject=subject, bucket=bucket, in_a_row=0, failed_at=[]
    )


async def standing_of(session: AsyncSession, subject: str, bucket: str, *, now: datetime) -> Standing:
    """Locks the counter and tells how it stands."""
    row = await lock_counter(session, subject, bucket)
    return Standing(row.in_a_row, len(still_counted(row.failed_at, now=now)), row.blocked_until)


async def record_failure(
    session: AsyncSession,
    subject: str,
    bucket: str,
    *,
    now: datetime,
    lock_at: int | None = None,
    longest: timedelta = LONGEST_BACK_OFF,
) -> Standing:
    """Counts one failure; the next try waits, `longest` at most.

    `lock_at` failures within any 24 h block the bucket until the oldest of them is a day old.
    """
    row = await lock_counter(session, subject, bucket)
    row.in_a_row += 1
    row.failed_at = still_counted((*row.failed_at, now), now=now)
    row.blocked_until = now + min(back_off(row.in_a_row), longest)
    lock = locked_until(row.failed_at, lock_at=lock_at)
    if lock is not None:
        row.blocked_until = max(row.blocked_until, lock)
    await session.flush()
    return Standing(row.in_a_row, len(row.failed_at), row.blocked_until)


async def forgive_failure(session: AsyncSession, subject: str, bucket: str, *, now: datetime) -> None:
    """Takes the newest failure back, which was counted before it was judged and was none, and ends those in a row."""
    row = await lock_counter(session, subject, bucket)
    row.in_a_row, row.blocked_until, row.failed_at = 0, None, still_counted(row.failed_at[:-1], now=now)
    await session.flush()


async def clear_failures(session: AsyncSession, subject: str, bucket: str, *, now: datetime) -> None:
    """Forgets the failures in a row after a success; those of the last 24 h stay counted, so that successes between
    don't buy guesses.
    """
    row = await lock_counter(session, subject, bucket)
    row.in_a_row, row.blocked_until, row.failed_at = 0, None, still_counted(row.failed_at, now=now)
    await session.flush()
