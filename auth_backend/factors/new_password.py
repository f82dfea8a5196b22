"""The new password that enrolment asks for after a stolen device."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.audit.tags import Tag
from auth_backend.factors.enrolment import EnrolStep, NotYet, lock_at
from auth_backend.login.second_step import record_step
from auth_backend.login.sessions import CurrentSession
from auth_backend.services import Services
from auth_backend.sign_in_data.new_password import store_password


async def replace_password(
    session: AsyncSession, services: Services, current: CurrentSession, encoded: str, *, now: datetime
) -> NotYet | None:
    """Stores the hash of the new password (made outside the transaction); every other session of the user ends."""
    live = await lock_at(session, current, EnrolStep.PASSWORD, now=now)
    if isinstance(live, NotYet):
        return live
    await store_password(session, services, live.user, encoded, by="enrolment", keep_session=live.id, now=now)
    await record_step(session, services, live, Tag.PASSWORD_SET, {"by": "enrolment"}, now=now)
    return None
