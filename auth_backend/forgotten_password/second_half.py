"""The second half: a recovery code, which counts at once, or app, SMS or passkey, after a day's wait and notices."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.models import EnrolmentState, User
from auth_backend.accounts.queries import lock_user
from auth_backend.audit.tags import Tag
from auth_backend.client_facts import ClientFacts
from auth_backend.factors.base import Challenge, FactorRefused, FactorThrottled, Occasion, Presented, Sent, Shown
from auth_backend.factors.methods import send_to_live_factors
from auth_backend.factors.notices import tell_everywhere
from auth_backend.forgotten_password.asking import note
from auth_backend.forgotten_password.models import ForgottenPassword
from auth_backend.forgotten_password.requests import USABLE_FOR, Step, is_held, lock_request, step_of
from auth_backend.limits.failures import forgive_failure, record_failure, standing_of
from auth_backend.limits.policy import CODE_FAILURES_TO_LOCK, Caller
from auth_backend.login.after_reset import is_fresh
from auth_backend.login.live import caller_of
from auth_backend.outbox.mails import MailKind
from auth_backend.recovery_codes.codes import lookup_tag
from auth_backend.recovery_codes.queries import burn, codes_left, live_code_with_tag
from auth_backend.resets.queries import last_executed
from auth_backend.services import Services

RECOVERY_CODE = "recovery_code"


@dataclass(frozen=True)
class HalfShown:
    """Both halves stand. The new password is taken from `not_before` on."""

    not_before: datetime


@dataclass(frozen=True)
class HalfTooNew:
    """What was shown came with a reset of the last 7 days: it is no half. Told, for both were proven."""


@dataclass(frozen=True)
class Held:
    """Changes of this sign-in are on hold, because somebody reported one. Told, for both halves were proven."""


type Half = HalfShown | HalfTooNew | Held | FactorRefused | FactorThrottled | Step


async def send_half(
    session: AsyncSession, services: Services, request: ForgottenPassword, facts: ClientFacts, *, now: datetime
) -> Sent | Step:
    """Sends the SMS of whoever has SMS; who uses an app gets the same answer and no SMS."""
    found = await _lock(session, request, now=now)
    if isinstance(found, Step):
        return found
    challenge = await half_challenge(session, *found, facts, now=now)
    return await send_to_live_factors(session, services, challenge, now=now)


async def show_factor(
    session: AsyncSession,
    services: Services,
    request: ForgottenPassword,
    presented: Presented,
    facts: ClientFacts,
    *,
    now: datetime,
) -> Half:
    """Judges a code of the app, one by SMS, or a passkey's answer; a right one starts the wait, and every channel is
    told.
    """
    found = await _lock(session, request, now=now)
    if isinstance(found, Step):
        return found
    request, user = found
    challenge = await half_challenge(session, request, user, facts, now=now)
    judged = await presented.judge(session, services, challenge, now=now)
    if not isinstance(judged, Shown):
        return await _refused(session, services, request, user, judged, facts, now=now)
    factor, wait = judged.factor, services.settings.reset_wait_for
    return await _accept(session, services, request, user, factor.kind.value, factor.confirmed_at, wait, facts, now=now)


async def show_recovery_code(
    services: Services, request: ForgottenPassword, code: str, facts: ClientFacts, *, now: datetime
) -> Half:
    """Judges a recovery code (`read_recovery_code`); a right one is burnt and counts at once.

    Counted before the slow hash and forgiven when it is right, as at sign-in, on a counter of its own. Own
    transactions, argon2 between them.
    """
    async with services.sessions.begin() as session:
        found = await _lock(session, request, now=now)
        if isinstance(found, Step):
            return found
        _row, user = found
        caller = await caller_of(session, user, facts, Caller.ANONYMOUS, now=now)
        subject, bucket = request.subject, f"code:{RECOVERY_CODE}:{Occasion.FORGOTTEN.value}:{caller.value}"
        standing = await standing_of(session, subject, bucket, now=now)
        if standing.blocked_until is not None and standing.blocks(now):
            return FactorThrottled(standing.blocked_until)
        counted = await record_failure(session, subject, bucket, now=now, lock_at=CODE_FAILURES_TO_LOCK)
        row = await live_code_with_tag(session, user.id, lookup_tag(services.keys.recovery_codes, user.id, code))
    right = await services.passwords.verify(row.hash if row else None, code)
    async with services.sessions.begin() as session:
        found = await _lock(session, request, now=now)
        if isinstance(found, Step):
            return found
        request, user = found
        if row is not None and right:
            await forgive_failure(session, subject, bucket, now=now)
            too_new = await _too_new(session, user, row.created_at, now=now)
            # One that is no half is not used up either.
            no_half = too_new or is_held(user, now=now) or user.state is not EnrolmentState.ENROLLED
            if no_half or await burn(session, row.id, now=now):
                nothing = timedelta(0)
                return await _accept(
                    session, services, request, user, RECOVERY_CODE, row.created_at, nothing, facts, now=now
                )
        refused = FactorRefused(locked_now=counted.in_window == CODE_FAILURES_TO_LOCK)
        return await _refused(session, services, request, user, refused, facts, now=now)


async def half_challenge(
    session: AsyncSession, request: ForgottenPassword, user: User, facts: ClientFacts, *, now: datetime
) -> Challenge:
    """The question of this page, bound to this request; its counters are apart from those of sign-in."""
    caller = await caller_of(session, user, facts, Caller.ANONYMOUS, now=now)
    return Challenge(user, Occasion.FORGOTTEN, f"forgotten:{request.id}", caller, facts)


async def _lock(
    session: AsyncSession, request: ForgottenPassword, *, now: datetime
) -> tuple[ForgottenPassword, User] | Step:
    """Both rows, locked, if the second half is awaited; only the right mailed code leads there, so there is a user."""
    user = await lock_user(session, request.user_id) if request.user_id else None
    request = await lock_request(session, request.id)
    here = step_of(request, now=now)
    return (request, user) if here is Step.SECOND_HALF and user is not None else here


async def _too_new(session: AsyncSession, user: User, since: datetime | None, *, now: datetime) -> bool:
    return is_fresh(since, reset_at=await last_executed(session, user.id), now=now)


async def _accept(
    session: AsyncSession,
    services: Services,
    request: ForgottenPassword,
    user: User,
    kind: str,
    since: datetime | None,
    wait: timedelta,
    facts: ClientFacts,
    *,
    now: datetime,
) -> HalfShown | HalfTooNew | Held | FactorRefused:
    if is_held(user, now=now):
        return Held()
    if await _too_new(session, user, since, now=now):
        return HalfTooNew()
    if user.state is not EnrolmentState.ENROLLED:
        return FactorRefused()
    request.second_half, request.second_half_at, request.not_before = kind, now, now + wait
    request.expires_at = now + wait + USABLE_FOR
    request.fact_email = user.email
    request.fact_password_epoch, request.fact_factor_epoch = user.password_epoch, user.factor_epoch
    await session.flush()
    if kind == RECOVERY_CODE:
        left = (await codes_left(session, user.id)).count
        await tell_everywhere(session, services, user, MailKind.RECOVERY_CODE_USED, now=now, left=left)
    else:
        await tell_everywhere(session, services, user, MailKind.PASSWORD_WAITS, now=now, from_when=request.not_before)
    data = {"request": request.id, "half": kind, "ip": facts.ip}
    if kind == RECOVERY_CODE:
        await note(session, services, Tag.RECOVERY_CODE_USED, user, data, now=now)
    await note(session, services, Tag.FORGOTTEN_PROVEN, user, data, now=now)
    return HalfShown(request.not_before)


async def _refused(
    session: AsyncSession,
    services: Services,
    request: ForgottenPassword,
    user: User,
    judged: FactorRefused | FactorThrottled,
    facts: ClientFacts,
    *,
    now: datetime,
) -> FactorRefused | FactorThrottled:
    if isinstance(judged, FactorRefused):
        data = {"request": request.id, "occasion": Occasion.FORGOTTEN.value, "ip": facts.ip}
        await note(session, services, Tag.CODE_REFUSED, user, data, now=now)
        if judged.locked_now:
            await note(session, services, Tag.FACTOR_LOCKED, user, data, now=now)
    return judged
