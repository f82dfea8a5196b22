"""Reading sessions."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.addresses import user_subject
from auth_backend.accounts.models import User
from auth_backend.limits.models import Sending
from auth_backend.limits.policy import SENDING_PAUSE, Caller
from auth_backend.login.models import LoginSession
from auth_backend.login.sessions import CurrentSession, is_good


async def list_good_sessions(session: AsyncSession, user: User, *, now: datetime) -> list[LoginSession]:
    """The sessions of a user that are good now, the latest used first."""
    query = select(LoginSession).where(
        LoginSession.user_id == user.id, LoginSession.ended_at.is_(None), LoginSession.expires_at > now
    )
    rows = await session.scalars(query.order_by(LoginSession.last_seen_at.desc(), LoginSession.id))
    return [row for row in rows if is_good(row, user, now=now)]


async def first_code_waits_until(session: AsyncSession, current: CurrentSession, *, now: datetime) -> datetime | None:
    """Until when this sign-in waits for its text message, because an earlier sign-in asked for one within the minute.

    An app's user is told the same: what would have been sent is remembered for both (`AppMethod.send`).
    """
    query = select(Sending.at).where(
        Sending.subject == user_subject(current.user.id),
        Sending.channel.in_(["sms", "unsent"]),
        Sending.caller != Caller.SIGNED_IN.value,
        Sending.at > now - SENDING_PAUSE,
    )
    last = await session.scalar(query.order_by(Sending.at.desc()).limit(1))
    return last + SENDING_PAUSE if last is not None and last < current.row.created_at else None
