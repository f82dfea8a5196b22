"""The authenticator app as a second factor: seeds encrypted at rest, every time step accepted once."""

from datetime import datetime

from sqlalchemy import or_, update
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.db import new_id
from auth_backend.factors import totp
from auth_backend.factors.base import (
    Challenge,
    CodeNotSent,
    CodeSent,
    FactorAccepted,
    FactorRefused,
    FactorThrottled,
    Sent,
    Verdict,
    failure_bucket,
)
from auth_backend.factors.models import Factor, FactorKind, FactorStatus
from auth_backend.keyring import Keyring
from auth_backend.limits.destinations import of_holder
from auth_backend.limits.failures import Standing, clear_failures, record_failure, standing_of
from auth_backend.limits.policy import CODE_FAILURES_TO_LOCK
from auth_backend.limits.sendings import SendingAllowed, ask_to_send
from auth_backend.services import Services
from auth_backend.tally import count


class AppMethod:
    """TOTP."""

    async def send(
        self, session: AsyncSession, services: Services, challenge: Challenge, factor: Factor, *, now: datetime
    ) -> Sent:
        """Sends nothing, counted and answered as if it did: the password alone tells no method."""
        return await send_nothing(session, services, challenge, factor.id, now=now)

    async def verify(
        self,
        session: AsyncSession,
        services: Services,
        challenge: Challenge,
        factor: Factor,
        code: str,
        *,
        now: datetime,
    ) -> Verdict:
        """Judges a code of the app and burns its time step."""
        standing = await standing_of(session, challenge.subject, _bucket(challenge), now=now)
        throttled = _throttled(session, challenge, standing, now=now)
        if throttled is not None:
            return throttled
        step = totp.matching_step(seed_of(services.keys, factor), code, now=now, last_step=factor.last_step)
        if step is None or not await _burn(session, factor, step):
            return await _refuse(session, challenge, now=now)
        if standing.in_a_row:
            await clear_failures(session, challenge.subject, _bucket(challenge), now=now)
        count(session, "code", _purpose(challenge), "accepted")
        return FactorAccepted()


async def send_nothing(
    session: AsyncSession, services: Services, challenge: Challenge, place: str, *, now: datetime
) -> Sent:
    """Counted and answered as a sending is. `place` is what stands where a number would: the factor's id, or the
    user's, who has none.
    """
    allowed = await ask_to_send(
        session,
        subject=challenge.subject,
        channel="unsent",
        caller=challenge.caller,
        destination=of_holder(services.keys, "nowhere", place),
        now=now,
    )
    return CodeSent(allowed.next_at) if isinstance(allowed, SendingAllowed) else CodeNotSent(allowed.until)


async def refuse_any(session: AsyncSession, challenge: Challenge, *, now: datetime) -> FactorRefused | FactorThrottled:
    """What a code is worth for a user who has no factor that it could be of: it is wrong, counted and slowed down like
    an app's, so that nobody learns that there is none.
    """
    standing = await standing_of(session, challenge.subject, _bucket(challenge), now=now)
    return _throttled(session, challenge, standing, now=now) or await _refuse(session, challenge, now=now)


def _throttled(
    session: AsyncSession, challenge: Challenge, standing: Standing, *, now: datetime
) -> FactorThrottled | None:
    if standing.blocked_until is None or not standing.blocks(now):
        return None
    count(session, "code", _purpose(challenge), "throttled")
    return FactorThrottled(standing.blocked_until)


async def _refuse(session: AsyncSession, challenge: Challenge, *, now: datetime) -> FactorRefused:
    count(session, "code", _purpose(challenge), "wrong")
    bucket = _bucket(challenge)
    after = await record_failure(session, challenge.subject, bucket, now=now, lock_at=CODE_FAILURES_TO_LOCK)
    return FactorRefused(locked_now=after.in_window == CODE_FAILURES_TO_LOCK)


def _bucket(challenge: Challenge) -> str:
    return failure_bucket(FactorKind.APP.value, challenge)


def _purpose(challenge: Challenge) -> str:
    return f"{challenge.occasion.value}_app"


def new_app_factor(keys: Keyring, user_id: str, *, now: datetime) -> Factor:
    """A pending factor with a fresh seed, not added to any session."""
    factor_id = new_id()
    sealed = keys.cipher.encrypt(totp.new_secret(), context=seed_context(factor_id))
    return Factor(
        id=factor_id, user_id=user_id, kind=FactorKind.APP, status=FactorStatus.PENDING, secret=sealed, created_at=now
    )


def seed_of(keys: Keyring, factor: Factor) -> bytes:
    """The decrypted seed of an app factor."""
    assert factor.secret is not None
    return keys.cipher.decrypt(factor.secret, context=seed_context(factor.id))


def seed_context(factor_id: str) -> str:
    """What a seed's encryption is bound to."""
    return f"auth_factors:{factor_id}:secret"


async def _burn(session: AsyncSession, factor: Factor, step: int) -> bool:
    """Marks a time step as used; of many who bring the same code exactly one succeeds, whatever the pages."""
    burnt = await session.scalar(
        update(Factor)
        .where(Factor.id == factor.id, or_(Factor.last_step.is_(None), Factor.last_step < step))
        .values(last_step=step)
        .returning(Factor.id)
    )
    return burnt is not None
