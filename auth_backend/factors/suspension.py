"""Suspending what was bound since a reported change. What is older stays, and so does signing in with it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, update
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.models import EnrolmentState, EnrolReason, User
from auth_backend.codes.accept import burn_codes
from auth_backend.factors.models import Factor, FactorStatus, KnownBrowser
from auth_backend.factors.queries import factor_set_changed, forget_devices, live_factors
from auth_backend.login.flow import require_enrolment
from auth_backend.login.models import LoginSession
from auth_backend.login.sessions import end_sessions
from auth_backend.recovery_codes.queries import suspend_codes_since


@dataclass(frozen=True)
class Suspended:
    """The factors, how many sessions ended, whether nothing older was left to sign in with, how many recovery codes."""

    factors: list[Factor]
    sessions: int
    must_enrol: bool
    recovery_codes: int


async def suspend_since(session: AsyncSession, user: User, since: datetime, *, now: datetime) -> Suspended:
    """Suspends the factors and recovery codes of a locked user from `since` on, and ends their sessions.

    Browsers that became known since then and remembered devices go with either: a recovery code makes a browser known.

    With no older factor left the user has to enrol, and has no right to: an undo or a new reset gives one, never time.
    """
    young = [f for f in await live_factors(session, user.id) if f.confirmed_at is None or f.confirmed_at >= since]
    await session.execute(delete(Factor).where(Factor.user_id == user.id, Factor.status == FactorStatus.PENDING))
    codes = await suspend_codes_since(session, user.id, since, now=now)
    if not young and not codes:
        return Suspended([], 0, must_enrol=False, recovery_codes=0)
    await forget_browsers_since(session, user, since)
    if not young:
        await forget_devices(session, user.id, now=now)
        ended = await _end_sessions(session, user, since, everything=False, now=now)
        return Suspended([], ended, must_enrol=False, recovery_codes=codes)
    await session.execute(
        update(Factor)
        .where(Factor.id.in_([factor.id for factor in young]), Factor.status == FactorStatus.LIVE)
        .values(status=FactorStatus.SUSPENDED)
    )
    await factor_set_changed(session, user, now=now)
    await burn_codes(session, user_id=user.id, now=now)
    alone = not await live_factors(session, user.id)
    if alone and user.state is EnrolmentState.ENROLLED:
        require_enrolment(user, EnrolReason.RESET)
        user.enrol_right_until = now
    ended = await _end_sessions(session, user, since, everything=alone, now=now)
    return Suspended(young, ended, must_enrol=alone, recovery_codes=codes)


async def forget_browsers_since(session: AsyncSession, user: User, since: datetime, *, but: str | None = None) -> None:
    """A strong second step shown since then may have been a stranger's: those browsers are known no more.

    `but`: the browser (its cookie's hash) of whoever just showed who they are.
    """
    young = (KnownBrowser.user_id == user.id, KnownBrowser.strong_step_at >= since, KnownBrowser.browser != (but or ""))
    await session.execute(delete(KnownBrowser).where(*young))


async def _end_sessions(session: AsyncSession, user: User, since: datetime, *, everything: bool, now: datetime) -> int:
    if everything:
        return await end_sessions(session, user.id, now=now, reason="disputed")
    mine = (LoginSession.user_id == user.id, LoginSession.ended_at.is_(None), LoginSession.created_at >= since)
    ended = update(LoginSession).where(*mine).values(ended_at=now, end_reason="disputed").returning(LoginSession.id)
    return len((await session.scalars(ended)).all())
