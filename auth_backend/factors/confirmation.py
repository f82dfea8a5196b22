"""The code that makes a pending factor live: in one transaction the old one goes, sessions end, notices leave."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.models import EnrolmentState, EnrolReason, User
from auth_backend.accounts.queries import get_user
from auth_backend.audit.tags import Tag
from auth_backend.client_facts import ClientFacts
from auth_backend.factors.base import FactorAccepted, FactorRefused, FactorThrottled, Occasion
from auth_backend.factors.enrolment import EnrolStep, NotYet, drop_pending, enrol_challenge, lock_at, pending_of
from auth_backend.factors.methods import METHODS
from auth_backend.factors.models import Factor, FactorKind, FactorStatus
from auth_backend.factors.queries import describe, ending, factor_set_changed, primary_factors, remember_browser
from auth_backend.login.models import SessionLevel
from auth_backend.login.second_step import record_refusal, record_step
from auth_backend.login.sessions import CurrentSession, create_session, end_sessions
from auth_backend.outbox.mails import MailKind
from auth_backend.outbox.notices import notify_user
from auth_backend.resets.queries import last_executed_id
from auth_backend.resets.service import note_enrolled
from auth_backend.services import Services


@dataclass(frozen=True)
class FactorConfirmed:
    """The factor is live; the new `full` session's token. `replaced`: there was one before."""

    token: str
    kind: FactorKind
    replaced: bool


@dataclass(frozen=True)
class PhoneTaken:
    """The number belongs to another user and stays there; only who holds the phone gets to know (A7)."""


type Confirmation = FactorConfirmed | PhoneTaken | FactorRefused | FactorThrottled | NotYet


async def confirm_factor(
    session: AsyncSession,
    services: Services,
    current: CurrentSession,
    kind: FactorKind,
    code: str,
    *,
    facts: ClientFacts,
    now: datetime,
) -> Confirmation:
    """Judges the first code of what this session chose. It is burnt like any other: it opens no sign-in afterwards."""
    live = await lock_at(session, current, EnrolStep.METHOD, now=now)
    if isinstance(live, NotYet):
        return live
    factor = await pending_of(session, live, kind)
    if factor is None:
        return NotYet(EnrolStep.METHOD)
    challenge = await enrol_challenge(session, live, facts, binding=f"factor:{factor.id}", now=now)
    verdict = await METHODS[kind].verify(session, services, challenge, factor, code, now=now)
    if not isinstance(verdict, FactorAccepted):
        await record_refusal(session, services, live, verdict, Occasion.ENROL, facts=facts, now=now)
        return verdict
    before = await primary_factors(session, live.user.id)
    if not await _make_live(session, factor, before, now=now):
        return await _refuse_taken(session, services, live, factor, now=now)
    return await _finish(session, services, live, factor, before, facts=facts, now=now)


async def _make_live(session: AsyncSession, factor: Factor, before: list[Factor], *, now: datetime) -> bool:
    """Revokes the old app or SMS and makes the new one live, or neither when its number is somebody else's.

    The partial unique index is the judge: of two simultaneous claims of one number the second waits here and fails.
    """
    try:
        async with session.begin_nested():
            await session.execute(
                update(Factor)
                .where(Factor.id.in_([old.id for old in before]), Factor.status == FactorStatus.LIVE)
                .values(status=FactorStatus.REVOKED, revoked_at=now)
            )
            made = await session.scalar(
                update(Factor)
                .where(Factor.id == factor.id, Factor.status == FactorStatus.PENDING)
                .values(status=FactorStatus.LIVE, confirmed_at=now)
                .returning(Factor.id)
            )
    except IntegrityError:
        return False
    return made is not None


async def _refuse_taken(
    session: AsyncSession, services: Services, live: CurrentSession, factor: Factor, *, now: datetime
) -> PhoneTaken:
    holder_id = await session.scalar(
        select(Factor.user_id).where(Factor.phone == factor.phone, Factor.status == FactorStatus.LIVE)
    )
    holder = await get_user(session, holder_id) if holder_id else None
    if holder is not None:
        await notify_user(session, services, holder, MailKind.PHONE_TAKEN, now=now, digits=ending(factor))
    await drop_pending(session, live.user.id)
    await record_step(session, services, live, Tag.PHONE_TAKEN, {"factor": factor.id}, now=now)
    return PhoneTaken()


async def _finish(
    session: AsyncSession,
    services: Services,
    live: CurrentSession,
    factor: Factor,
    before: list[Factor],
    *,
    facts: ClientFacts,
    now: datetime,
) -> FactorConfirmed:
    user, after_reset = live.user, live.user.enrol_reason is EnrolReason.RESET
    user.state, user.enrol_reason, user.enrol_right_until = EnrolmentState.ENROLLED, None, None
    await factor_set_changed(session, user, now=now)
    await drop_pending(session, user.id)
    await end_sessions(session, user.id, now=now, reason="enrolled")
    _row, token = await create_session(
        session,
        user,
        SessionLevel.FULL,
        facts,
        now=now,
        second_step=factor.kind.value,
        password_at=live.row.password_at,
        stepped_up_at=now,
        shown_since=now,
    )
    await remember_browser(session, user.id, facts, now=now)
    reset_id = await last_executed_id(session, user.id) if after_reset else None
    await _tell(session, services, user, factor, before, reset_id=reset_id, now=now)
    if after_reset:
        await note_enrolled(session, services, user, now=now)
    data = {"factor": factor.id, "kind": factor.kind.value, "ip": facts.ip}
    tag = Tag.FACTOR_REPLACED if before else Tag.FACTOR_ENROLLED
    await record_step(session, services, live, tag, data | {"old": [old.id for old in before]}, now=now)
    return FactorConfirmed(token, factor.kind, replaced=bool(before))


async def _tell(
    session: AsyncSession,
    services: Services,
    user: User,
    factor: Factor,
    before: list[Factor],
    *,
    reset_id: str | None,
    now: datetime,
) -> None:
    """The notice to every address on file: the mailbox, and the number that gets no codes any more."""
    method = describe(factor, user.language)
    if not before:
        await notify_user(session, services, user, MailKind.FACTOR_ENROLLED, now=now, reset_id=reset_id, method=method)
        return
    await notify_user(
        session,
        services,
        user,
        MailKind.FACTOR_REPLACED,
        now=now,
        phones=tuple(old.phone for old in before if old.phone and old.phone != factor.phone),
        method=method,
        old_method=", ".join(describe(old, user.language) for old in before),
    )
