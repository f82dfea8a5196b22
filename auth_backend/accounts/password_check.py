"""The one place where a password is judged.

One counter for login, verify page and password change.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from auth_backend.accounts.addresses import address_subject, normalise_address, user_subject
from auth_backend.accounts.models import User
from auth_backend.accounts.queries import NOBODY, lock_user
from auth_backend.audit.service import record
from auth_backend.audit.tags import Tag
from auth_backend.factors.queries import known_browser
from auth_backend.limits.failures import clear_failures, record_failure, standing_of
from auth_backend.limits.policy import LONGEST_BACK_OFF, PASSWORD_FAILURES_TO_CLOSE
from auth_backend.services import Services
from auth_backend.sign_in_data.former_addresses import signs_in_with

ANY_BROWSER = "password"
KNOWN_BROWSERS = "password:known"


@dataclass(frozen=True)
class PasswordAccepted:
    """The password is right now; `password_epoch` tells later whether it still is the same one."""

    user_id: str
    password_epoch: int


@dataclass(frozen=True)
class PasswordRefused:
    """Wrong, or nobody has that address: callers say the same for both."""


@dataclass(frozen=True)
class PasswordThrottled:
    """Nothing was judged; not before `until`."""

    until: datetime


type PasswordOutcome = PasswordAccepted | PasswordRefused | PasswordThrottled


@dataclass(frozen=True)
class _Try:
    """What the first transaction found; the try is already counted."""

    subject: str
    bucket: str
    user_id: str | None
    encoded: str | None


async def check_password(
    services: Services, *, address: str, password: str, browser: str | None, ip: str
) -> PasswordOutcome:
    """Judges a password. `address` as typed; `browser` is `browser_hash(request)`; `ip` goes to the record.

    The try is counted as a failure before the password is looked at and forgiven when it is right, so that sixteen
    guesses at once are sixteen failures. Unknown addresses cost the same statements and the same argon2. Own
    transactions; argon2 between them.
    """
    begun = await _begin(services, address, browser)
    if isinstance(begun, PasswordThrottled):
        return begun
    right = await services.passwords.verify(begun.encoded, password)
    renewed = None
    if right and begun.encoded is not None and services.passwords.needs_rehash(begun.encoded):
        renewed = await services.passwords.hash(password)
    return await _finish(services, begun, right=right, renewed=renewed, ip=ip)


async def _begin(services: Services, address: str, browser: str | None) -> _Try | PasswordThrottled:
    now = services.now()
    normal = normalise_address(address)
    async with services.sessions.begin() as session:
        user = await session.scalar(select(User).where(signs_in_with(normal))) if normal else None
        known = await known_browser(session, user.id if user else NOBODY, browser, now=now)
        subject = user_subject(user.id) if user else address_subject(services.keys, normal or address)
        bucket = KNOWN_BROWSERS if known else ANY_BROWSER
        standing = await standing_of(session, subject, bucket, now=now)
        if standing.blocked_until is not None and standing.blocks(now):
            return PasswordThrottled(standing.blocked_until)
        if not known and standing.in_a_row >= PASSWORD_FAILURES_TO_CLOSE:
            return PasswordThrottled(now + LONGEST_BACK_OFF)
        after = await record_failure(session, subject, bucket, now=now)
        if not known and after.in_a_row == PASSWORD_FAILURES_TO_CLOSE:
            await record(
                session,
                services.keys,
                Tag.PASSWORD_LOCKED,
                now=now,
                actor="system",
                user_id=user.id if user else None,
                account_id=user.account_id if user else None,
            )
        return _Try(subject, bucket, user.id if user else None, user.password_hash if user else None)


async def _finish(
    services: Services, begun: _Try, *, right: bool, renewed: str | None, ip: str
) -> PasswordAccepted | PasswordRefused:
    now = services.now()
    async with services.sessions.begin() as session:
        user = await lock_user(session, begun.user_id or NOBODY)
        if user is not None and right and user.password_hash == begun.encoded:
            # A right password in a known browser also opens the door for all others again.
            for bucket in sorted({ANY_BROWSER, begun.bucket}):
                await clear_failures(session, begun.subject, bucket, now=now)
            if renewed is not None:
                user.password_hash = renewed
            return PasswordAccepted(user.id, user.password_epoch)
        await record(
            session,
            services.keys,
            Tag.PASSWORD_REFUSED,
            now=now,
            actor="anonymous",
            user_id=begun.user_id,
            account_id=user.account_id if user else None,
            data={"ip": ip},
        )
        return PasswordRefused()
