"""Where a one-time code is accepted: the only place. Whoever accepts it burns it, in the same transaction."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.mail_rest import mail_rests
from auth_backend.accounts.models import User
from auth_backend.codes.issue import code_mac
from auth_backend.codes.models import SHOW_THE_REGISTERED_MAILBOX, CodePurpose, OneTimeCode
from auth_backend.crypto import same
from auth_backend.keyring import Keyring
from auth_backend.limits.failures import clear_failures, record_failure, standing_of
from auth_backend.limits.policy import CODE_FAILURES_TO_LOCK, Caller
from auth_backend.tally import count

ATTEMPTS = 5
"""SP 800-63B-4, out-of-band: a code dies after a few wrong tries."""


@dataclass(frozen=True)
class CodeAccepted:
    """Right, and burnt by this very call."""

    code_id: str
    subject: str
    user_id: str


@dataclass(frozen=True)
class CodeWrong:
    """Not that code; this many tries are left on it."""

    attempts_left: int


@dataclass(frozen=True)
class CodeSpent:
    """Its tries are used up, or it was replaced, used or burnt: a new one is needed."""


@dataclass(frozen=True)
class CodeExpired:
    """Ten minutes are over."""


@dataclass(frozen=True)
class CodeThrottled:
    """Too many failures of this kind of caller; not judged before `until`, and no attempt was used."""

    until: datetime


@dataclass(frozen=True)
class CodeNotAwaited:
    """No code of this purpose was ever issued for this binding."""


type CodeOutcome = CodeAccepted | CodeWrong | CodeSpent | CodeExpired | CodeThrottled | CodeNotAwaited


OUTCOMES: dict[type[CodeOutcome], str] = {
    CodeAccepted: "accepted",
    CodeWrong: "wrong",
    CodeSpent: "spent",
    CodeExpired: "expired",
    CodeThrottled: "throttled",
    CodeNotAwaited: "not_awaited",
}
"""How a judgement is counted."""


def failure_bucket(purpose: CodePurpose, caller: Caller) -> str:
    """The name of the counter: one for each purpose (which names the factor) and kind of caller."""
    return f"code:{purpose.value}:{caller.value}"


async def accept_code(
    session: AsyncSession,
    keys: Keyring,
    *,
    purpose: CodePurpose,
    binding: str,
    code: str,
    caller: Caller,
    now: datetime,
) -> CodeOutcome:
    """Judges `code` against the newest one of `purpose` and `binding`; the code's row is locked, so one of many
    racers wins.

    The caller's transaction must be committed whatever the outcome: the failure that was counted is part of it.
    """
    outcome = await _judge(session, keys, purpose, binding, code, caller, now)
    count(session, "code", purpose.value, OUTCOMES[type(outcome)])
    return outcome


async def _judge(
    session: AsyncSession,
    keys: Keyring,
    purpose: CodePurpose,
    binding: str,
    code: str,
    caller: Caller,
    now: datetime,
) -> CodeOutcome:
    row = await _lock_newest(session, purpose, binding)
    if row is None:
        return CodeNotAwaited()
    bucket = failure_bucket(purpose, caller)
    unjudged = await _not_to_be_judged(session, row, bucket, now)
    if unjudged is not None:
        return unjudged
    right = same(row.mac, code_mac(keys, row.id, purpose, binding, row.subject, code))
    if not right or row.user_id is None or await _shows_nothing(session, row, now):
        return await _count_wrong(session, row, bucket, now)
    burnt = await session.scalar(
        update(OneTimeCode)
        .where(OneTimeCode.id == row.id, OneTimeCode.ended_at.is_(None))
        .values(ended_at=now, end_reason="used")
        .returning(OneTimeCode.id)
    )
    if burnt is None:
        return CodeSpent()
    await clear_failures(session, row.subject, bucket, now=now)
    return CodeAccepted(row.id, row.subject, row.user_id)


async def _lock_newest(session: AsyncSession, purpose: CodePurpose, binding: str) -> OneTimeCode | None:
    """The open code of that purpose and binding, else the newest that was; its row stays locked."""
    row: OneTimeCode | None = await session.scalar(
        select(OneTimeCode)
        .where(OneTimeCode.purpose == purpose, OneTimeCode.binding == binding)
        .order_by(OneTimeCode.ended_at.is_(None).desc(), OneTimeCode.created_at.desc(), OneTimeCode.id)
        .limit(1)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return row


async def _not_to_be_judged(
    session: AsyncSession, row: OneTimeCode, bucket: str, now: datetime
) -> CodeSpent | CodeThrottled | CodeExpired | None:
    """Why nothing is compared: the code has ended, its caller must wait, or it is too old."""
    if row.ended_at is not None:
        return CodeSpent()
    standing = await standing_of(session, row.subject, bucket, now=now)
    if standing.blocked_until is not None and standing.blocks(now):
        return CodeThrottled(standing.blocked_until)
    return CodeExpired() if now >= row.expires_at else None


async def _shows_nothing(session: AsyncSession, row: OneTimeCode, now: datetime) -> bool:
    """Whether it is a right code from a mailbox that proves nothing now. Its user is locked by whoever asks."""
    if row.purpose not in SHOW_THE_REGISTERED_MAILBOX:
        return False
    user = await session.get(User, row.user_id)
    return user is None or mail_rests(user, now=now) is not None


async def _count_wrong(session: AsyncSession, row: OneTimeCode, bucket: str, now: datetime) -> CodeWrong | CodeSpent:
    row.attempts += 1
    await record_failure(session, row.subject, bucket, now=now, lock_at=CODE_FAILURES_TO_LOCK)
    if row.attempts < ATTEMPTS:
        await session.flush()
        return CodeWrong(ATTEMPTS - row.attempts)
    row.ended_at, row.end_reason = now, "attempts"
    await session.flush()
    return CodeSpent()


async def burn_codes(session: AsyncSession, *, user_id: str, now: datetime) -> None:
    """Ends every open code of a user (a reset was executed, a code was reported)."""
    await session.execute(
        update(OneTimeCode)
        .where(OneTimeCode.user_id == user_id, OneTimeCode.ended_at.is_(None))
        .values(ended_at=now, end_reason="burnt")
    )
