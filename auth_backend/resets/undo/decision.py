"""The operator decides who is who, after an undo whose password was no longer the valid one."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.models import EnrolmentState, User
from auth_backend.audit.tags import Tag
from auth_backend.factors.models import Factor, FactorStatus
from auth_backend.factors.queries import factor_set_changed, primary_factors
from auth_backend.login.sessions import end_sessions
from auth_backend.outbox.mails import MailKind
from auth_backend.outbox.notices import notify_user
from auth_backend.recovery_codes.queries import unsuspend_codes_since
from auth_backend.resets.events import note
from auth_backend.resets.models import Reset, ResetState
from auth_backend.resets.policy import ENROL_RIGHT_FOR
from auth_backend.resets.queries import lock_reset
from auth_backend.resets.undo.restoring import restore
from auth_backend.services import Services


async def decide(
    session: AsyncSession, services: Services, user: User, *, old_method: bool, reason: str, now: datetime, actor: str
) -> bool:
    """For a locked user who waits for a decision: the old method is back, or what was set up since is valid again.

    With nothing set up since, the user gets a new right to enrol. False, and nothing changed: the number of that method
    is somebody else's now.
    """
    assert user.awaits_operator
    newest = select(Reset.id).where(Reset.target_id == user.id, Reset.state == ResetState.DISPUTED)
    reset_id = await session.scalar(
        newest.where(Reset.executed_at.is_not(None)).order_by(Reset.executed_at.desc(), Reset.id).limit(1)
    )
    assert reset_id is not None  # sign-in is stopped by an undo alone, which leaves the reset disputed
    reset = await lock_reset(session, reset_id)
    if old_method:
        done: int | None = 0 if await restore(session, services, reset, user, now=now, actor=actor) else None
    else:
        done = await _keep(session, services, reset, user, now=now)
    if done is None:
        return False
    if done:
        count = {"count": done}
        await note(session, services, Tag.RECOVERY_CODES_RESTORED, reset, now=now, data=count, actor=actor)
    data = {"reason": reason, "decision": "old_method" if old_method else "new_method"}
    await note(session, services, Tag.OPERATOR_DECIDED, reset, now=now, data=data, actor=actor)
    return True


async def _keep(session: AsyncSession, services: Services, reset: Reset, user: User, *, now: datetime) -> int | None:
    """Only what was suspended since that reset; the removed method can't be brought back any more.

    Tells how many recovery codes are good again; None, and nothing changed, when a number is somebody else's now.
    """
    since = (Factor.status == FactorStatus.SUSPENDED, Factor.confirmed_at >= reset.executed_at)
    try:
        async with session.begin_nested():
            await session.execute(
                update(Factor).where(Factor.user_id == user.id, *since).values(status=FactorStatus.LIVE)
            )
    except IntegrityError:
        return None
    assert reset.executed_at is not None
    codes = await unsuspend_codes_since(session, user.id, reset.executed_at)
    await session.execute(update(Factor).where(Factor.revoked_by_reset_id == reset.id).values(revoked_by_reset_id=None))
    user.awaits_operator = False
    if await primary_factors(session, user.id):
        user.state, user.enrol_reason, user.enrol_right_until = EnrolmentState.ENROLLED, None, None
    else:
        user.enrol_right_until = now + ENROL_RIGHT_FOR
    await factor_set_changed(session, user, now=now)
    await end_sessions(session, user.id, now=now, reason="operator")
    await notify_user(
        session, services, user, MailKind.OPERATOR_DECIDED, now=now, reset_id=reset.id, reference=reset.reference
    )
    return codes
