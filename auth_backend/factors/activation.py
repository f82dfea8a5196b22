"""Switching two-factor authentication on (A2): the sessions end, and the next sign-in enrols."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.models import EnrolmentState, EnrolReason
from auth_backend.audit.tags import Tag
from auth_backend.login.flow import require_enrolment
from auth_backend.login.live import lock_live
from auth_backend.login.second_step import record_step
from auth_backend.login.sessions import CurrentSession, end_sessions
from auth_backend.services import Services


async def activate(session: AsyncSession, services: Services, current: CurrentSession, *, now: datetime) -> bool:
    """Moves a user from `none` to `must_enrol`, for good; False when there is nothing to switch on any more."""
    live = await lock_live(session, current, now=now)
    if live is None or live.user.state is not EnrolmentState.NONE:
        return False
    require_enrolment(live.user, EnrolReason.ACTIVATION)
    await end_sessions(session, live.user.id, now=now, reason="activation")
    await record_step(session, services, live, Tag.ACTIVATION_STARTED, {}, now=now)
    data = {"reason": EnrolReason.ACTIVATION.value}
    await record_step(session, services, live, Tag.USER_MUST_ENROL, data, now=now)
    return True
