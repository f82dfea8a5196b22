"""The second step of a sign-in: sending what it needs, judging what was typed, raising the session."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.mail_rest import mail_rests
from auth_backend.audit.service import record
from auth_backend.audit.tags import Tag
from auth_backend.client_facts import ClientFacts
from auth_backend.codes.accept import CodeAccepted, CodeOutcome, accept_code
from auth_backend.codes.models import CodePurpose
from auth_backend.factors.base import Challenge, FactorRefused, FactorThrottled, Occasion, Presented, Sent, Shown
from auth_backend.factors.email_code import mail_code
from auth_backend.factors.methods import send_to_live_factors
from auth_backend.factors.queries import remember_browser
from auth_backend.limits.policy import Caller
from auth_backend.login.live import caller_of, lock_live, raise_level
from auth_backend.login.models import SessionLevel
from auth_backend.login.sessions import CurrentSession
from auth_backend.login.trust import remember_device
from auth_backend.services import Services


@dataclass(frozen=True)
class SecondStepPassed:
    """The new session's token, and one for a device that is remembered from now on."""

    token: str
    device_token: str | None = None


@dataclass(frozen=True)
class SignInOver:
    """The session ended meanwhile; the sign-in begins anew."""


async def send_first_code(
    session: AsyncSession, services: Services, live: CurrentSession, facts: ClientFacts, *, now: datetime
) -> None:
    """What a right password sends, in the transaction that opened the session: an SMS, or the mail before enrolment.

    When one was sent within the minute nothing leaves; the page has a button.
    """
    if live.level is SessionLevel.PASSWORD:
        await send_to_live_factors(session, services, await login_challenge(session, live, facts, now=now), now=now)
    elif live.level is SessionLevel.ENROLMENT and not _mail_is_useless(live, now=now):
        await mail_code(session, services, await _challenge(session, live, facts, Occasion.ENROL, now=now), now=now)


def _mail_is_useless(live: CurrentSession, *, now: datetime) -> bool:
    """Whether the page that follows asks for no mailed code, and says why."""
    return enrol_right_lapsed(live, now=now) or mail_rests(live.user, now=now) is not None


def enrol_right_lapsed(live: CurrentSession, *, now: datetime) -> bool:
    """Whether the right to enrol that a reset gave is over (7 days)."""
    until = live.user.enrol_right_until
    return until is not None and now >= until


async def send_code_again(
    session: AsyncSession,
    services: Services,
    current: CurrentSession,
    facts: ClientFacts,
    *,
    by_mail: bool,
    now: datetime,
) -> Sent | SignInOver:
    """By the live factor if that sends any, or by mail; refused within a minute of the last."""
    live = await lock_live(session, current, now=now)
    if live is None:
        return SignInOver()
    challenge = await login_challenge(session, live, facts, now=now)
    send = mail_code if by_mail else send_to_live_factors
    return await send(session, services, challenge, now=now)


async def take_second_step(
    session: AsyncSession,
    services: Services,
    current: CurrentSession,
    presented: Presented,
    facts: ClientFacts,
    *,
    remember: bool,
    now: datetime,
) -> SecondStepPassed | FactorRefused | FactorThrottled | SignInOver:
    """Judges a typed code or a passkey's answer; a right one makes the session `full` and this browser known."""
    live = await lock_live(session, current, now=now)
    if live is None:
        return SignInOver()
    challenge = await login_challenge(session, live, facts, now=now)
    judged = await presented.judge(session, services, challenge, now=now)
    if not isinstance(judged, Shown):
        await record_refusal(session, services, live, judged, Occasion.LOGIN, facts=facts, now=now)
        return judged
    factor = judged.factor
    return await pass_second_step(
        session,
        services,
        live,
        kind=factor.kind.value,
        shown_since=factor.confirmed_at,
        facts=facts,
        remember=remember,
        now=now,
    )


async def pass_second_step(
    session: AsyncSession,
    services: Services,
    live: CurrentSession,
    *,
    kind: str,
    shown_since: datetime | None,
    facts: ClientFacts,
    remember: bool = False,
    tag: Tag | None = None,
    data: Mapping[str, object] | None = None,
    now: datetime,
) -> SecondStepPassed:
    """What every strong second step does once it is right: the session becomes `full`, this browser known.

    `kind` names what was shown and `shown_since` since when it is theirs. `tag` is an event of its own beside the
    sign-in's, with `data`.
    """
    raised = await raise_level(
        session, live, SessionLevel.FULL, facts, second_step=kind, stepped_up=True, shown_since=shown_since, now=now
    )
    device = await remember_device(session, live.user, ip=facts.ip, now=now) if remember else None
    await remember_browser(session, live.user.id, facts, now=now)
    if tag is not None:
        await record_step(session, services, live, tag, {**(data or {}), "ip": facts.ip}, now=now)
    step = {"method": kind, "level": raised.level.value, "remembered": remember, "ip": facts.ip}
    await record_step(session, services, live, Tag.LOGIN_SECOND_STEP, step, now=now)
    return SecondStepPassed(raised.token, device)


async def take_mailed_code(
    session: AsyncSession, services: Services, current: CurrentSession, code: str, facts: ClientFacts, *, now: datetime
) -> SecondStepPassed | CodeOutcome | SignInOver:
    """Judges a mailed code; a right one makes the session `full_email`: no step-up, nothing remembered."""
    live = await lock_live(session, current, now=now)
    if live is None:
        return SignInOver()
    challenge = await login_challenge(session, live, facts, now=now)
    outcome = await accept_code(
        session,
        services.keys,
        purpose=CodePurpose.LOGIN_EMAIL,
        binding=challenge.binding,
        code=code,
        caller=challenge.caller,
        now=now,
    )
    if not isinstance(outcome, CodeAccepted):
        data = {"method": "email", "outcome": type(outcome).__name__, "ip": facts.ip}
        await record_step(session, services, live, Tag.CODE_REFUSED, data, now=now)
        return outcome
    raised = await raise_level(session, live, SessionLevel.FULL_EMAIL, facts, second_step="email", now=now)
    step = {"method": "email", "level": raised.level.value, "ip": facts.ip}
    await record_step(session, services, live, Tag.LOGIN_SECOND_STEP, step, now=now)
    return SecondStepPassed(raised.token)


async def record_refusal(
    session: AsyncSession,
    services: Services,
    live: CurrentSession,
    judged: FactorRefused | FactorThrottled,
    occasion: Occasion,
    *,
    facts: ClientFacts,
    now: datetime,
) -> None:
    """A wrong code or answer goes into the record, and so does the lock that it may have caused."""
    if isinstance(judged, FactorThrottled):
        return
    data = {"occasion": occasion.value, "ip": facts.ip}
    tag = Tag.PASSKEY_COUNTER_WENT_BACK if judged.counter_went_back else Tag.CODE_REFUSED
    await record_step(session, services, live, tag, data, now=now)
    if judged.locked_now:
        await record_step(session, services, live, Tag.FACTOR_LOCKED, {"occasion": occasion.value}, now=now)


async def record_step(
    session: AsyncSession,
    services: Services,
    live: CurrentSession,
    tag: Tag,
    data: Mapping[str, object],
    *,
    now: datetime,
) -> None:
    """An event of a person's own sign-in; last in the transaction."""
    user = live.user
    await record(
        session,
        services.keys,
        tag,
        now=now,
        actor=f"user:{user.id}",
        user_id=user.id,
        account_id=user.account_id,
        data=data,
    )


async def login_challenge(
    session: AsyncSession, live: CurrentSession, facts: ClientFacts, *, now: datetime
) -> Challenge:
    """The question of the second step, bound to this very sign-in."""
    return await _challenge(session, live, facts, Occasion.LOGIN, now=now)


async def _challenge(
    session: AsyncSession, live: CurrentSession, facts: ClientFacts, occasion: Occasion, *, now: datetime
) -> Challenge:
    caller = await caller_of(session, live.user, facts, Caller.LOGIN, now=now)
    return Challenge(live.user, occasion, f"session:{live.id}", caller, facts)
