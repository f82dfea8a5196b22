"""Enrolling a second factor, up to its confirmation: who may, in which order, and what is pending."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.freeze import frozen
from auth_backend.accounts.mail_rest import mail_rests
from auth_backend.accounts.models import EnrolmentState, UserKind
from auth_backend.audit.tags import Tag
from auth_backend.client_facts import ClientFacts
from auth_backend.codes.accept import CodeAccepted, CodeOutcome, accept_code
from auth_backend.codes.models import CodePurpose
from auth_backend.factors.app_method import new_app_factor
from auth_backend.factors.base import Challenge, CodeSent, Occasion, Sent
from auth_backend.factors.email_code import mail_code
from auth_backend.factors.methods import METHODS
from auth_backend.factors.models import Factor, FactorKind, FactorStatus
from auth_backend.factors.phones import Phone
from auth_backend.factors.queries import pending_factors
from auth_backend.factors.sms_method import new_sms_factor
from auth_backend.limits.policy import Caller
from auth_backend.login.live import caller_of, lock_live
from auth_backend.login.models import SessionLevel
from auth_backend.login.second_step import enrol_right_lapsed, record_step
from auth_backend.login.sessions import CurrentSession
from auth_backend.services import Services
from auth_backend.settings import Settings

STEP_UP_FOR = timedelta(minutes=5)
"""How old a strong second factor may be for a change of sign-in data."""


class EnrolStep(StrEnum):
    """Where somebody stands on the way to a factor."""

    MAIL = "mail"
    """A code from the registered mailbox comes first: the password alone enrols nothing."""
    PASSWORD = "password"  # noqa: S105 - a step's name
    METHOD = "method"
    STEP_UP = "step_up"
    """A replacement needs the old factor, shown at most 5 minutes ago."""
    LAPSED = "lapsed"
    """The right that a reset gave is over; Zoe asks the proofs again."""
    FROZEN = "frozen"
    """Changes of sign-in data are on hold."""
    PUT_OFF = "put_off"
    """Whoever has the old phone's notice put the enrolment off by a day."""
    MAIL_RESTS = "mail_rests"
    """The registered e-mail is new or disputed: no code from there counts yet."""
    NOT_HERE = "not_here"
    """This session has no business with enrolment."""


@dataclass(frozen=True)
class NotYet:
    """Nothing was done: the session stands at another step."""

    step: EnrolStep


@dataclass(frozen=True)
class Chosen:
    """The factor that waits for its first code, and when its code may be sent again (None: it sends none)."""

    factor: Factor
    sent: Sent | None = None


def step_of(live: CurrentSession, *, now: datetime) -> EnrolStep:
    """What this session has to do, or may do, next. Pure; judged again under the lock by every change."""
    user, row = live.user, live.row
    if row.level is SessionLevel.FULL and user.state is EnrolmentState.ENROLLED:
        if frozen(user, now=now) is not None:
            return EnrolStep.FROZEN
        return EnrolStep.METHOD if stepped_up(live, now=now) else EnrolStep.STEP_UP
    if row.level is not SessionLevel.ENROLMENT or user.state is not EnrolmentState.MUST_ENROL:
        return EnrolStep.NOT_HERE
    closed = _closed(live, now=now)
    if closed is not None or row.enrol_mail_proven_at is None:
        return closed or EnrolStep.MAIL
    return EnrolStep.PASSWORD if user.new_password_required else EnrolStep.METHOD


def _closed(live: CurrentSession, *, now: datetime) -> EnrolStep | None:
    """Why nothing may be enrolled now though the user has to. A right that is over stays over after any hold."""
    user, lapsed = live.user, enrol_right_lapsed(live, now=now)
    if user.awaits_operator or (not lapsed and frozen(user, now=now) is not None):
        return EnrolStep.FROZEN
    if lapsed:
        return EnrolStep.LAPSED
    if user.enrol_not_before is not None and now < user.enrol_not_before:
        return EnrolStep.PUT_OFF
    return EnrolStep.MAIL_RESTS if mail_rests(user, now=now) is not None else None


def stepped_up(live: CurrentSession, *, now: datetime) -> bool:
    """Whether app or SMS was shown in this session at most 5 minutes ago."""
    at = live.row.stepped_up_at
    return live.level is SessionLevel.FULL and at is not None and now < at + STEP_UP_FOR


def kinds_for(settings: Settings, live: CurrentSession) -> tuple[FactorKind, ...]:
    """What a user may choose from; desk users have the app only, and SMS needs somebody who carries it."""
    sms = settings.sms_available and live.user.kind is not UserKind.DESK
    return (FactorKind.APP, FactorKind.SMS) if sms else (FactorKind.APP,)


async def lock_at(
    session: AsyncSession, current: CurrentSession, step: EnrolStep, *, now: datetime
) -> CurrentSession | NotYet:
    """The session, locked, if it stands at `step` now."""
    live = await lock_live(session, current, now=now)
    if live is None:
        return NotYet(EnrolStep.NOT_HERE)
    here = step_of(live, now=now)
    return live if here is step else NotYet(here)


async def send_enrolment_mail(
    session: AsyncSession, services: Services, current: CurrentSession, facts: ClientFacts, *, now: datetime
) -> Sent | NotYet:
    """Mails the code again; the first one left with the password (login/second_step.py)."""
    live = await lock_at(session, current, EnrolStep.MAIL, now=now)
    if isinstance(live, NotYet):
        return live
    challenge = await enrol_challenge(session, live, facts, binding=f"session:{live.id}", now=now)
    return await mail_code(session, services, challenge, now=now)


async def prove_mailbox(
    session: AsyncSession, services: Services, current: CurrentSession, code: str, *, facts: ClientFacts, now: datetime
) -> CodeOutcome | NotYet:
    """Judges the mailed code; a right one lets this session, and no other, go on."""
    live = await lock_at(session, current, EnrolStep.MAIL, now=now)
    if isinstance(live, NotYet):
        return live
    challenge = await enrol_challenge(session, live, facts, binding=f"session:{live.id}", now=now)
    outcome = await accept_code(
        session,
        services.keys,
        purpose=CodePurpose.ENROL_EMAIL,
        binding=challenge.binding,
        code=code,
        caller=challenge.caller,
        now=now,
    )
    if isinstance(outcome, CodeAccepted):
        live.row.enrol_mail_proven_at = now
    tag = Tag.CODE_ACCEPTED if isinstance(outcome, CodeAccepted) else Tag.CODE_REFUSED
    data = {"purpose": CodePurpose.ENROL_EMAIL.value, "outcome": type(outcome).__name__, "ip": facts.ip}
    await record_step(session, services, live, tag, data, now=now)
    return outcome


async def choose_app(
    session: AsyncSession, services: Services, current: CurrentSession, *, now: datetime
) -> Chosen | NotYet:
    """A fresh seed, or the one that waits in this session already: a second press changes no QR code."""
    live = await lock_at(session, current, EnrolStep.METHOD, now=now)
    if isinstance(live, NotYet):
        return live
    waiting = await pending_of(session, live, FactorKind.APP)
    if waiting is not None:
        return Chosen(waiting)
    await drop_pending(session, live.user.id)
    factor = new_app_factor(services.keys, live.user.id, now=now)
    session.add(factor)
    await session.flush()
    return Chosen(factor)


async def choose_sms(
    session: AsyncSession,
    services: Services,
    current: CurrentSession,
    phone: Phone,
    *,
    facts: ClientFacts,
    now: datetime,
) -> Chosen | NotYet:
    """Sends a code to a number. Whether the number is free is judged after that code only (A7).

    What waited before stays when nothing could be sent, so that a second press doesn't spoil a code on its way.
    """
    live = await lock_at(session, current, EnrolStep.METHOD, now=now)
    if isinstance(live, NotYet):
        return live
    if FactorKind.SMS not in kinds_for(services.settings, live):
        return NotYet(EnrolStep.METHOD)
    waiting = await pending_of(session, live, FactorKind.SMS)
    if waiting is not None and waiting.phone == phone.e164:
        return Chosen(waiting, await _send_sms(session, services, live, waiting, facts=facts, now=now))
    factor = new_sms_factor(live.user.id, phone, now=now)
    sent = await _send_sms(session, services, live, factor, facts=facts, now=now)
    if isinstance(sent, CodeSent):
        await drop_pending(session, live.user.id)
        session.add(factor)
        await session.flush()
    return Chosen(factor, sent)


async def send_sms_again(
    session: AsyncSession, services: Services, current: CurrentSession, facts: ClientFacts, *, now: datetime
) -> Chosen | NotYet:
    """A new code to the number that waits for confirmation."""
    live = await lock_at(session, current, EnrolStep.METHOD, now=now)
    if isinstance(live, NotYet):
        return live
    factor = await pending_of(session, live, FactorKind.SMS)
    if factor is None:
        return NotYet(EnrolStep.METHOD)
    return Chosen(factor, await _send_sms(session, services, live, factor, facts=facts, now=now))


async def pending_of(session: AsyncSession, live: CurrentSession, kind: FactorKind) -> Factor | None:
    """What was chosen since this sign-in's password and not confirmed yet; what an older one left behind doesn't count.

    A step-up in between makes a new session of the same sign-in: the QR code that was scanned stays good.
    """
    since = live.row.password_at
    waiting = [f for f in await pending_factors(session, live.user.id) if f.kind is kind and f.created_at >= since]
    return waiting[-1] if waiting else None


async def drop_pending(session: AsyncSession, user_id: str) -> None:
    """Forgets factors that were never confirmed; they never were anybody's."""
    await session.execute(delete(Factor).where(Factor.user_id == user_id, Factor.status == FactorStatus.PENDING))


async def enrol_challenge(
    session: AsyncSession, live: CurrentSession, facts: ClientFacts, *, binding: str, now: datetime
) -> Challenge:
    """The question of an enrolment page. The counters are those of whoever is this far."""
    otherwise = Caller.SIGNED_IN if live.level is SessionLevel.FULL else Caller.LOGIN
    caller = await caller_of(session, live.user, facts, otherwise, now=now)
    return Challenge(live.user, Occasion.ENROL, binding, caller, facts)


async def _send_sms(
    session: AsyncSession,
    services: Services,
    live: CurrentSession,
    factor: Factor,
    *,
    facts: ClientFacts,
    now: datetime,
) -> Sent:
    challenge = await enrol_challenge(session, live, facts, binding=f"factor:{factor.id}", now=now)
    return await METHODS[FactorKind.SMS].send(session, services, challenge, factor, now=now)
