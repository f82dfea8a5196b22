"""Where somebody is signed in, which devices are let in without a code, what happened lately; and ending each of them.

Ending takes rights away and gives none, so it needs no step-up.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.models import User
from auth_backend.audit.models import AuditEvent
from auth_backend.audit.tags import Tag
from auth_backend.factors.queries import forget_browsers, forget_devices
from auth_backend.i18n import Gettext
from auth_backend.login.live import lock_live
from auth_backend.login.models import LoginSession, RememberedDevice
from auth_backend.login.second_step import record_step
from auth_backend.login.sessions import CurrentSession, end_sessions
from auth_backend.services import Services

SHOWN_FOR = timedelta(days=30)
SHOWN_EVENTS = 40
SHOWN_TAGS = (
    Tag.LOGIN_PASSWORD,
    Tag.LOGIN_SECOND_STEP,
    Tag.LOGIN_REMEMBERED,
    Tag.LOGIN_STEP_UP,
    Tag.LOGIN_SIGNED_OUT,
    Tag.SESSIONS_ENDED,
    Tag.PASSWORD_REFUSED,
    Tag.CODE_REFUSED,
)


async def list_activity(session: AsyncSession, user: User, *, now: datetime) -> Sequence[AuditEvent]:
    """The latest events of a person's own sign-ins, the newest first. A refusal may be somebody else's."""
    query = select(AuditEvent).where(
        AuditEvent.user_id == user.id,
        AuditEvent.at > now - SHOWN_FOR,
        AuditEvent.tag.in_([tag.value for tag in SHOWN_TAGS]),
    )
    return (await session.scalars(query.order_by(AuditEvent.seq.desc()).limit(SHOWN_EVENTS))).all()


def in_words(event: AuditEvent, _: Gettext) -> str:
    """What happened, for its person; nothing of how a guess was wrong."""
    words: Mapping[str, str] = MappingProxyType(
        {
            Tag.LOGIN_PASSWORD: _("Password accepted"),
            Tag.LOGIN_SECOND_STEP: _("Signed in with a second factor"),
            Tag.LOGIN_REMEMBERED: _("Signed in on a remembered device"),
            Tag.LOGIN_STEP_UP: _("Second factor shown again before a change"),
            Tag.LOGIN_SIGNED_OUT: _("You signed out"),
            Tag.SESSIONS_ENDED: _("Sessions ended"),
            Tag.PASSWORD_REFUSED: _("Wrong password"),
            Tag.CODE_REFUSED: _("Code refused"),
        }
    )
    return words[event.tag]


async def end_one_session(
    session: AsyncSession, services: Services, current: CurrentSession, session_id: str, *, now: datetime
) -> bool:
    """Ends another session of the same person; the own one has its sign-out."""
    live = await lock_live(session, current, now=now)
    if live is None or session_id == live.id:
        return False
    ended = await session.scalar(
        update(LoginSession)
        .where(LoginSession.id == session_id, LoginSession.user_id == live.user.id, LoginSession.ended_at.is_(None))
        .values(ended_at=now, end_reason="revoked")
        .returning(LoginSession.id)
    )
    if ended is not None:
        await record_step(session, services, live, Tag.SESSIONS_ENDED, {"count": 1, "by": "activity"}, now=now)
    return ended is not None


async def forget_one_device(
    session: AsyncSession, services: Services, current: CurrentSession, device_id: str, *, now: datetime
) -> bool:
    """Makes a remembered device of the same person ask for a code again."""
    live = await lock_live(session, current, now=now)
    if live is None:
        return False
    mine = (RememberedDevice.id == device_id, RememberedDevice.user_id == live.user.id)
    ended = await session.scalar(
        update(RememberedDevice)
        .where(*mine, RememberedDevice.ended_at.is_(None))
        .values(ended_at=now)
        .returning(RememberedDevice.id)
    )
    if ended is not None:
        await record_step(session, services, live, Tag.DEVICE_FORGOTTEN, {"device": device_id}, now=now)
    return ended is not None


async def sign_out_elsewhere(
    session: AsyncSession, services: Services, current: CurrentSession, *, now: datetime
) -> bool:
    """Ends every other session; no device is remembered and no browser known any more, this one neither."""
    live = await lock_live(session, current, now=now)
    if live is None:
        return False
    count = await end_sessions(session, live.user.id, now=now, reason="signed_out_elsewhere", except_id=live.id)
    await forget_devices(session, live.user.id, now=now)
    await forget_browsers(session, live.user.id)
    await record_step(session, services, live, Tag.SESSIONS_ENDED, {"count": count, "by": "elsewhere"}, now=now)
    return True
