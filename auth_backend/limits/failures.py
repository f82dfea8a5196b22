"""Failure counters. They live in the database, are committed with the request that failed, and fail closed."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.db import insert_if_absent
from auth_backend.limits.models import FailureCounter
from auth_backend.limits.policy import WINDOW, back_off


@dataclass(frozen=True)
class Standing:
    """How a counter stands: failures in a row, failures in the current window, and until when nothing is tried."""

    in_a_row: int
    in_window: int
    blocked_until: datetime | None

    def blocks(self, now: datetime) -> bool:
        """Whether a try must be refused unjudged."""
        return self.blocked_until is not None and now < self.blocked_until


async def lock_counter(session: AsyncSession, subject: str, bucket: str, *, now: datetime) -> FailureCounter:
    """The counter's row, made if absent and locked until the transaction ends: tries on one counter are judged one
    by one.
    """
    await insert_if_absent(
        session, FailureCounter, subject=subject, bucket=bucket, in_a_row=0, in_window=0, window_started_at=now
    )
    row = await session.scalar(
        select(FailureCounter)
        .where(FailureCounter.subject == subject, FailureCounter.bucket == bucket)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    assert row is not None
    if now - row.window_started_at >= WINDOW:
        row.in_window, row.window_started_at = 0, now
    return row


async def standing_of(session: AsyncSession, subject: str, bucket: str, *, now: datetime) -> Standing:
    """Locks the counter and tells how it stands."""
    row = await lock_counter(session, subject, bucket, now=now)
    return Standing(row.in_a_row, row.in_window, row.blocked_until)


async def record_failure(
    session: AsyncSession, subject: str, bucket: str, *, now: datetime, lock_at: int | None = None
) -> Standing:
    """Counts one failure. `lock_at` failures within the window block the bucket until the window ends."""
    row = await lock_counter(session, subject, bucket, now=now)
    row.in_a_row += 1
    row.in_window += 1
    row.blocked_until = now + back_off(row.in_a_row)
    if lock_at is not None and row.in_window >= lock_at:
        row.blocked_until = max(row.blocked_until, row.window_started_at + WINDOW)
    await session.flush()
    return Standing(row.in_a_row, row.in_window, row.blocked_until)


async def clear_failures(session: AsyncSession, subject: str, bucket: str, *, now: datetime) -> None:
    """Forgets the failures in a row after a success; the window's count stays, so that successes between don't buy
    guesses.
    """
    row = await lock_counter(session, subject, bucket, now=now)
    row.in_a_row, row.blocked_until = 0, None
    await session.flush()
