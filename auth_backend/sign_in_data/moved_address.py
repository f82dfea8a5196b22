"""Another registered e-mail for a user, whoever asked for it, and everything that ends with the one before."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.models import User
from auth_backend.codes.accept import burn_codes
from auth_backend.forgotten_password.requests import end_requests
from auth_backend.login.sessions import end_mailed_sessions
from auth_backend.resets.proving.claims import disown_claims
from auth_backend.services import Services
from auth_backend.sign_in_data.former_addresses import holder_of_address


class _TakenError(Exception):
    """Somebody left that address a moment ago and may have it back; the savepoint is rolled back."""


async def move_address(session: AsyncSession, services: Services, user: User, address: str, *, now: datetime) -> bool:
    """Makes `address` the registered e-mail of a locked user. False, and nothing changed: it is somebody else's.

    Claims, requests for a new password and codes on their way end, and so do sessions whose second step was a mailed
    code: it is none any more. Resets that are open, notices and the event are the caller's, in this order.
    """
    left = user.email
    if not await _put_on_file(session, user, address, now=now):
        return False
    user.email_changed_at = now
    if user.notice_email == address:
        user.notice_email = None  # one mailbox is one channel
    await disown_claims(session, services, user.id, left)
    await end_requests(session, user.id, "email_changed", now=now)
    await burn_codes(session, user_id=user.id, now=now)
    await end_mailed_sessions(session, user.id, now=now, reason="email_changed")
    await session.flush()
    return True


async def _put_on_file(session: AsyncSession, user: User, address: str, *, now: datetime) -> bool:
    """The unique column is the judge between two who confirm one address at once; whoever waited there looks again.

    Judged before the update too, so that two who want each other's address don't wait for each other.
    """
    if await holder_of_address(session, address, besides=user.id, now=now) is not None:
        return False
    try:
        async with session.begin_nested():
            await session.execute(
                update(User)
                .where(User.id == user.id)
                .values(email=address)
                .execution_options(synchronize_session=False)
            )
            await _refuse_if_held(session, user, address, now=now)
    except (IntegrityError, _TakenError):
        return False
    await session.refresh(user, ["email"])
    return True


async def _refuse_if_held(session: AsyncSession, user: User, address: str, *, now: datetime) -> None:
    if await holder_of_address(session, address, besides=user.id, now=now) is not None:
        raise _TakenError
