"""Counting, finding and ending recovery codes."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.recovery_codes.models import CodeStatus, RecoveryCode, RecoveryCodeSet


@dataclass(frozen=True)
class CodesLeft:
    """How many codes are still good, and when they were made (None without any)."""

    count: int
    made_at: datetime | None


@dataclass(frozen=True)
class CodesSwapped:
    """How many codes an undo ended, and how many it brought back."""

    ended: int
    back: int


async def codes_left(session: AsyncSession, user_id: str) -> CodesLeft:
    """What a user has in the drawer."""
    query = select(func.count(), func.max(RecoveryCode.created_at)).where(
        RecoveryCode.user_id == user_id, RecoveryCode.status == CodeStatus.LIVE
    )
    count, made_at = (await session.execute(query)).one()
    return CodesLeft(count, made_at)


async def live_code_with_tag(session: AsyncSession, user_id: str, tag: str) -> RecoveryCode | None:
    """The one code of a user that a typed one can be; its hash has the last word."""
    query = select(RecoveryCode).where(
        RecoveryCode.user_id == user_id, RecoveryCode.tag == tag, RecoveryCode.status == CodeStatus.LIVE
    )
    return await session.scalar(query.limit(1))


async def burn(session: AsyncSession, code_id: str, *, now: datetime) -> bool:
    """Marks a code as used; of many racers one gets True."""
    burnt = await session.scalar(
        update(RecoveryCode)
        .where(RecoveryCode.id == code_id, RecoveryCode.status == CodeStatus.LIVE)
        .values(status=CodeStatus.USED, ended_at=now)
        .returning(RecoveryCode.id)
    )
    return burnt is not None


async def end_codes(
    session: AsyncSession, user_id: str, status: CodeStatus, *, now: datetime, reset_id: str | None = None
) -> int:
    """Ends the live codes of a locked user, and what is shown of them; tells how many ended.

    With `REVOKED` suspended ones end for good too, as no reset's: no undo and no decision about an earlier reset brings
    them back.
    """
    ended = await session.scalars(
        update(RecoveryCode)
        .where(RecoveryCode.user_id == user_id, RecoveryCode.status == CodeStatus.LIVE)
        .values(status=status, ended_at=now, revoked_by_reset_id=reset_id)
        .returning(RecoveryCode.id)
    )
    count = len(ended.all())
    if status is CodeStatus.REVOKED:
        suspended = await session.scalars(
            update(RecoveryCode)
            .where(RecoveryCode.user_id == user_id, RecoveryCode.status == CodeStatus.SUSPENDED)
            .values(status=status, ended_at=now)
            .returning(RecoveryCode.id)
        )
        count += len(suspended.all())
    await forget_shown(session, user_id)
    return count


async def suspend_codes_since(session: AsyncSession, user_id: str, since: datetime, *, now: datetime) -> int:
    """Suspends the live codes of a locked user that were made at `since` or later; tells how many there were."""
    suspended = await session.scalars(
        update(RecoveryCode)
        .where(
            RecoveryCode.user_id == user_id, RecoveryCode.status == CodeStatus.LIVE, RecoveryCode.created_at >= since
        )
        .values(status=CodeStatus.SUSPENDED, ended_at=now)
        .returning(RecoveryCode.id)
    )
    count = len(suspended.all())
    if count:
        await forget_shown(session, user_id)
    return count


async def restore_codes(session: AsyncSession, user_id: str, reset_id: str, *, now: datetime) -> CodesSwapped:
    """Undo: ends what a locked user has now and brings back what a reset revoked."""
    ended = await end_codes(session, user_id, CodeStatus.REVOKED, now=now)
    back = await session.scalars(
        update(RecoveryCode)
        .where(
            RecoveryCode.user_id == user_id,
            RecoveryCode.status == CodeStatus.REVOKED,
            RecoveryCode.revoked_by_reset_id == reset_id,
        )
        .values(status=CodeStatus.LIVE, ended_at=None, revoked_by_reset_id=None)
        .returning(RecoveryCode.id)
    )
    return CodesSwapped(ended, len(back.all()))


async def unsuspend_codes_since(session: AsyncSession, user_id: str, since: datetime) -> int:
    """The operator found that what was suspended is the user's own; tells how many are good again."""
    back = await session.scalars(
        update(RecoveryCode)
        .where(
            RecoveryCode.user_id == user_id,
            RecoveryCode.status == CodeStatus.SUSPENDED,
            RecoveryCode.created_at >= since,
        )
        .values(status=CodeStatus.LIVE, ended_at=None)
        .returning(RecoveryCode.id)
    )
    return len(back.all())


async def forget_shown(session: AsyncSession, user_id: str) -> None:
    """Erases the text of a user's codes: they were put away, or count no more."""
    await session.execute(
        update(RecoveryCodeSet)
        .where(RecoveryCodeSet.user_id == user_id, RecoveryCodeSet.sealed.is_not(None))
        .values(sealed=None, sealed_until=None)
    )
