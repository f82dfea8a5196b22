"""What the reference of a notice does alone: puts off a waiting reset, or the enrolment after one, by a day, once."""

from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.queries import lock_user
from auth_backend.audit.tags import Tag
from auth_backend.outbox.mails import MailKind
from auth_backend.outbox.notices import notify_user
from auth_backend.resets.events import ChatEvent, note, tell_chat
from auth_backend.resets.models import ResetState
from auth_backend.resets.policy import BANNER_FOR
from auth_backend.resets.queries import lock_reset
from auth_backend.services import Services

PUT_OFF_FOR = timedelta(hours=24)


async def put_off(session: AsyncSession, services: Services, reset_id: str, target_id: str, *, now: datetime) -> bool:
    """True for the one that did it. A stranger with a recycled number costs its former holder a day, no more."""
    user = await lock_user(session, target_id)
    reset = await lock_reset(session, reset_id)
    if user is None or reset.put_off_at is not None:
        return False
    if reset.state is ResetState.SCHEDULED and reset.scheduled_for is not None:
        until = reset.scheduled_for = reset.scheduled_for + PUT_OFF_FOR
        user.reset_banner_until = until + BANNER_FOR
    elif reset.state is ResetState.EXECUTED:
        until = user.enrol_not_before = now + PUT_OFF_FOR
    else:
        return False
    reset.put_off_at = now
    await session.flush()
    await notify_user(
        session,
        services,
        user,
        MailKind.RESET_PUT_OFF,
        now=now,
        reset_id=reset.id,
        reference=reset.reference,
        until=until,
    )
    await tell_chat(session, services, reset.conversation_id, ChatEvent.RESET_CHANGED, now=now)
    await note(session, services, Tag.RESET_PUT_OFF, reset, now=now, actor="reference")
    return True
