"""Storing a new password, and everything that ends with the old one; the same whoever set it."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.models import User
from auth_backend.codes.accept import burn_codes
from auth_backend.factors.notices import tell_everywhere
from auth_backend.factors.queries import forget_devices
from auth_backend.forgotten_password.requests import end_requests
from auth_backend.login.sessions import end_sessions
from auth_backend.outbox.mails import MailKind
from auth_backend.resets.superseding import end_open_resets
from auth_backend.services import Services


async def store_password(
    session: AsyncSession,
    services: Services,
    user: User,
    encoded: str,
    *,
    by: str,
    actor: str | None = None,
    keep_session: str | None = None,
    now: datetime,
) -> None:
    """Replaces the hash of a locked user, made outside the transaction; the event is the caller's to record.

    Every session but `keep_session` ends, no device is remembered any more, one-time codes on their way are void,
    resets that are not executed end (their proof was the old password), and every channel on file is told. `by` and
    `actor` (the user, if None) say in the record what ended the resets.
    """
    user.password_hash, user.password_changed_at = encoded, now
    user.password_epoch += 1
    user.new_password_required = False
    await end_sessions(session, user.id, now=now, reason="password_changed", except_id=keep_session)
    await forget_devices(session, user.id, now=now)
    await burn_codes(session, user_id=user.id, now=now)
    await end_requests(session, user.id, "password_changed", now=now)
    await tell_everywhere(session, services, user, MailKind.PASSWORD_CHANGED, now=now)
    await end_open_resets(session, services, user, by=by, actor=actor or f"user:{user.id}", now=now)
