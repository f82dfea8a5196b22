"""The new password that enrolment asks for after a stolen device."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.audit.tags import Tag
from auth_backend.factors.enrolment import EnrolStep, NotYet, lock_at
from auth_backend.login.second_step import record_step
from auth_backend.login.sessions import CurrentSession, end_sessions
from auth_backend.outbox.mails import MailKind
from auth_backend.outbox.notices import notify_user
from auth_backend.services import Services


async def replace_password(
    session: AsyncSession, services: Services, current: CurrentSession, encoded: str, *, now: datetime
) -> NotYet | None:
    """Stores the hash of the new password (made outside the transaction); every other session of the user ends."""
    live = await lock_at(session, current, EnrolStep.PASSWORD, now=now)
    if isinstance(live, NotYet):
        return live
    user = live.user
    user.password_hash, user.password_changed_at = encoded, now
    user.password_epoch += 1
    user.new_password_required = False
    await end_sessions(session, user.id, now=now, reason="password_changed", except_id=live.id)
    await notify_user(session, services, user, MailKind.PASSWORD_CHANGED, now=now)
    await record_step(session, services, live, Tag.PASSWORD_SET, {"by": "enrolment"}, now=now)
    return None
