"""A recovery code at the second step of a sign-in, or as step-up: right once, and slow to judge."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.addresses import user_subject
from auth_backend.audit.tags import Tag
from auth_backend.client_facts import ClientFacts
from auth_backend.factors.base import FactorRefused, FactorThrottled, Occasion
from auth_backend.factors.notices import tell_everywhere
from auth_backend.limits.failures import forgive_failure, record_failure, standing_of
from auth_backend.limits.policy import CODE_FAILURES_TO_LOCK, Caller
from auth_backend.login.live import caller_of, lock_live
from auth_backend.login.models import SessionLevel
from auth_backend.login.second_step import SecondStepPassed, SignInOver, pass_second_step, record_refusal
from auth_backend.login.sessions import CurrentSession
from auth_backend.login.step_up import pass_step_up
from auth_backend.outbox.mails import MailKind
from auth_backend.recovery_codes.codes import lookup_tag
from auth_backend.recovery_codes.queries import burn, codes_left, live_code_with_tag
from auth_backend.services import Services

KIND = "recovery_code"

type Used = SecondStepPassed | FactorRefused | FactorThrottled | SignInOver


@dataclass(frozen=True)
class _Try:
    """What the first transaction found; the try is counted as a failure already. `locks`: it was one too many."""

    bucket: str
    code_id: str | None
    encoded: str | None
    made_at: datetime | None
    locks: bool


async def use_recovery_code(
    services: Services, current: CurrentSession, code: str, facts: ClientFacts, *, now: datetime
) -> Used:
    """Judges a code (`read_recovery_code`) for the session that it is typed in, and raises that to `full`.

    A `password` session takes it as second step, a signed-in one as step-up; each has a failure counter of its own,
    apart from those of other factors. As with passwords the try is counted before the slow hash is computed and
    forgiven when it is right, so that sixteen guesses at once are sixteen failures. Somebody without codes costs the
    same writes and the same hash. Own transactions, argon2 between them.
    """
    occasion = Occasion.LOGIN if current.level is SessionLevel.PASSWORD else Occasion.STEP_UP
    begun = await _begin(services, current, code, occasion, facts, now=now)
    if not isinstance(begun, _Try):
        return begun
    right = await services.passwords.verify(begun.encoded, code)
    async with services.sessions.begin() as session:
        live = await lock_live(session, current, now=now)
        if live is None:
            return SignInOver()
        if not right or begun.code_id is None or not await burn(session, begun.code_id, now=now):
            refused = FactorRefused(locked_now=begun.locks)
            await record_refusal(session, services, live, refused, occasion, facts=facts, now=now)
            return refused
        await forgive_failure(session, user_subject(live.user.id), begun.bucket, now=now)
        return await _pass(session, services, live, begun, occasion, facts, now=now)


async def _begin(
    services: Services, current: CurrentSession, code: str, occasion: Occasion, facts: ClientFacts, *, now: datetime
) -> _Try | FactorThrottled | SignInOver:
    async with services.sessions.begin() as session:
        live = await lock_live(session, current, now=now)
        if live is None:
            return SignInOver()
        user = live.user
        otherwise = Caller.LOGIN if occasion is Occasion.LOGIN else Caller.SIGNED_IN
        caller = await caller_of(session, user, facts, otherwise, now=now)
        subject, bucket = user_subject(user.id), f"code:{KIND}:{occasion.value}:{caller.value}"
        standing = await standing_of(session, subject, bucket, now=now)
        if standing.blocked_until is not None and standing.blocks(now):
            return FactorThrottled(standing.blocked_until)
        after = await record_failure(session, subject, bucket, now=now, lock_at=CODE_FAILURES_TO_LOCK)
        row = await live_code_with_tag(session, user.id, lookup_tag(services.keys.recovery_codes, user.id, code))
        locks = after.in_window == CODE_FAILURES_TO_LOCK
        if row is None:
            return _Try(bucket, None, None, None, locks)
        return _Try(bucket, row.id, row.hash, row.created_at, locks)


async def _pass(
    session: AsyncSession,
    services: Services,
    live: CurrentSession,
    begun: _Try,
    occasion: Occasion,
    facts: ClientFacts,
    *,
    now: datetime,
) -> SecondStepPassed:
    left = (await codes_left(session, live.user.id)).count
    await tell_everywhere(session, services, live.user, MailKind.RECOVERY_CODE_USED, now=now, left=left)
    passing = pass_second_step if occasion is Occasion.LOGIN else pass_step_up
    return await passing(
        session,
        services,
        live,
        kind=KIND,
        shown_since=begun.made_at,
        facts=facts,
        tag=Tag.RECOVERY_CODE_USED,
        data={"code": begun.code_id, "left": left},
        now=now,
    )
