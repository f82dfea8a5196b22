"""Who may change sign-in data now: a `full` session with a fresh step-up, and nothing on hold."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.freeze import frozen
from auth_backend.accounts.models import EnrolmentState
from auth_backend.factors.enrolment import stepped_up
from auth_backend.login.after_reset import is_fresh
from auth_backend.login.live import lock_live
from auth_backend.login.models import SessionLevel
from auth_backend.login.sessions import CurrentSession
from auth_backend.resets.queries import last_executed


class ChangeRefused(StrEnum):
    """Why nothing may be changed now."""

    NOT_HERE = "not_here"
    """The session is over, or not a full one."""
    STEP_UP = "step_up"
    FROZEN = "frozen"
    TOO_NEW = "too_new"
    """What was shown came with a reset of the last 7 days."""


def change_refusal(
    live: CurrentSession, *, reset_at: datetime | None, contact: bool, now: datetime
) -> ChangeRefused | None:
    """What stands against a change; None when nothing does. Pure.

    `contact`: of password, registered e-mail, notice address or owner, where what was bound since a reset, executed at
    `reset_at`, is no step-up for 7 days.
    """
    if live.level is not SessionLevel.FULL or live.user.state is not EnrolmentState.ENROLLED:
        return ChangeRefused.NOT_HERE
    if frozen(live.user, now=now) is not None:
        return ChangeRefused.FROZEN
    if not stepped_up(live, now=now):
        return ChangeRefused.STEP_UP
    if contact and is_fresh(live.row.shown_since, reset_at=reset_at, now=now):
        return ChangeRefused.TOO_NEW
    return None


async def refusal_now(
    session: AsyncSession, live: CurrentSession, *, contact: bool = False, now: datetime
) -> ChangeRefused | None:
    """The same, with the reset looked up."""
    reset_at = await last_executed(session, live.user.id) if contact else None
    return change_refusal(live, reset_at=reset_at, contact=contact, now=now)


async def lock_for_change(
    session: AsyncSession, current: CurrentSession, *, contact: bool = False, now: datetime
) -> CurrentSession | ChangeRefused:
    """The session, its user locked, if it may change sign-in data now."""
    live = await lock_live(session, current, now=now)
    if live is None:
        return ChangeRefused.NOT_HERE
    return await refusal_now(session, live, contact=contact, now=now) or live
