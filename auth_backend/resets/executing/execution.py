"""Carrying a confirmed reset out: all or nothing, at most once, from wherever it is asked."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.models import EnrolReason, User
from auth_backend.accounts.queries import lock_user
from auth_backend.audit.tags import Tag
from auth_backend.codes.accept import burn_codes
from auth_backend.factors.queries import forget_browsers, revoke_all_factors
from auth_backend.forgotten_password.requests import end_requests
from auth_backend.login.flow import require_enrolment
from auth_backend.login.sessions import end_sessions
from auth_backend.resets.events import note
from auth_backend.resets.judging import close, expire, refuse, situation_of
from auth_backend.resets.models import ProofKind, Reset, ResetState
from auth_backend.resets.notices import old_phones, tell_executed, tell_stopped
from auth_backend.resets.policy import CONFIRMED_FOR, ENROL_RIGHT_FOR, Reason, Refusal, refusal_of
from auth_backend.resets.queries import lock_reset, move, proofs_of
from auth_backend.resets.states import CONFIRMED_NOT_DONE, DONE
from auth_backend.services import Services


class Execution(StrEnum):
    """What became of it (docs/interfaces.md, `reset/execute`)."""

    EXECUTED = "executed"
    SCHEDULED = "scheduled"
    NOT_CONFIRMED = "not_confirmed"
    REFUSED = "refused"


async def execute(
    session: AsyncSession, services: Services, reset_id: str, *, now: datetime, actor: str | None = None
) -> Execution:
    """Executes a reset if its yes was recorded, its time has come and everything still holds.

    Asking again changes nothing.
    """
    target_id = await session.scalar(select(Reset.target_id).where(Reset.id == reset_id))
    user = await lock_user(session, target_id) if target_id else None
    if user is None:
        return Execution.NOT_CONFIRMED
    reset = await lock_reset(session, reset_id)
    if _yes_lapsed(reset, now=now):
        await expire(session, services, reset, now=now)
    unready = _not_due(reset, now=now)
    if unready is not None:
        return unready
    waited = reset.state is ResetState.SCHEDULED
    refusal = await _objection(session, reset, user, now=now)
    if refusal is None:
        await _carry_out(session, services, reset, user, now=now, actor=actor)
        return Execution.EXECUTED
    await refuse(session, services, reset, refusal, Tag.RESET_EXECUTION_REFUSED, now=now)
    if waited:
        await tell_stopped(session, services, reset, user, now=now)
    return Execution.REFUSED


def _yes_lapsed(reset: Reset, *, now: datetime) -> bool:
    """A yes that nobody asked to execute in time."""
    return (
        reset.state is ResetState.CONFIRMED
        and reset.confirmed_at is not None
        and now >= reset.confirmed_at + CONFIRMED_FOR
    )


def _not_due(reset: Reset, *, now: datetime) -> Execution | None:
    """What to answer when there is nothing to carry out now; None when there is."""
    if reset.state in DONE:
        return Execution.EXECUTED
    if reset.state is ResetState.REFUSED:
        return Execution.REFUSED
    if reset.state not in CONFIRMED_NOT_DONE:
        return Execution.NOT_CONFIRMED
    waits = reset.state is ResetState.SCHEDULED and (reset.scheduled_for is None or now < reset.scheduled_for)
    return Execution.SCHEDULED if waits else None


async def _objection(session: AsyncSession, reset: Reset, user: User, *, now: datetime) -> Refusal | None:
    """What stands against it now: proofs that were not valid at the yes, or facts that hold no more."""
    proofs = {kind: proof.at for kind, proof in (await proofs_of(session, reset.id)).items()}
    recorded = {reset.fact_owner_id, reset.fact_email, reset.fact_password_epoch, reset.fact_factor_epoch}
    if reset.confirmed_at is None or None in recorded or not _were_valid(reset, proofs, reset.confirmed_at):
        return Refusal.FACTS_CHANGED
    return refusal_of(await situation_of(session, reset, user, now=now), now=now)


def _were_valid(reset: Reset, proofs: Mapping[ProofKind, datetime], confirmed_at: datetime) -> bool:
    """Whether the requester's proofs stood when they said yes, and the owner's when that made the reset confirmed.

    For an owner the two moments are one. A member says yes by asking the owner, who may take their time to decide.
    """
    first = ProofKind.EMAIL if reset.conversation_id is not None else ProofKind.STEP_UP
    if not {first, ProofKind.PASSWORD, ProofKind.OWNER, ProofKind.CONFIRMATION} <= proofs.keys():
        return False
    said_yes, decide_until = proofs[ProofKind.CONFIRMATION], reset.owner_may_decide_until
    return (
        proofs[first] <= said_yes
        and proofs[ProofKind.PASSWORD] <= said_yes < reset.proving_until
        and proofs[ProofKind.OWNER] <= confirmed_at
        and (said_yes == confirmed_at if decide_until is None else said_yes <= confirmed_at < decide_until)
    )


async def _carry_out(
    session: AsyncSession, services: Services, reset: Reset, user: User, *, now: datetime, actor: str | None
) -> None:
    phones = await old_phones(session, reset)
    if not await move(session, reset, ResetState.EXECUTED, executed_at=now):
        raise RuntimeError("a locked reset was moved by somebody else")
    revoked = await revoke_all_factors(session, user, now=now, reset_id=reset.id)
    ended = await end_sessions(session, user.id, now=now, reason="reset")
    await burn_codes(session, user_id=user.id, now=now)
    await end_requests(session, user.id, "reset", now=now)
    require_enrolment(user, EnrolReason.RESET)
    user.enrol_right_until, user.enrol_not_before = now + ENROL_RIGHT_FOR, None
    reset.password_at_execution = user.password_hash
    if reset.reason == Reason.STOLEN.value:
        user.new_password_required = True
        await forget_browsers(session, user.id)  # the thief may hold one of them
    await close(session, reset, now=now)
    await tell_executed(session, services, reset, user, phones=phones, now=now)
    for factor in revoked.factors:
        data = {"factor": factor.factor_id, "kind": factor.kind}
        await note(session, services, Tag.FACTOR_REVOKED, reset, now=now, data=data, actor=actor)
    if revoked.recovery_codes:
        count = {"count": revoked.recovery_codes}
        await note(session, services, Tag.RECOVERY_CODES_REVOKED, reset, now=now, data=count, actor=actor)
    await note(session, services, Tag.SESSIONS_ENDED, reset, now=now, data={"count": ended}, actor=actor)
    await note(session, services, Tag.USER_MUST_ENROL, reset, now=now, data={"reason": "reset"}, actor=actor)
    await note(session, services, Tag.RESET_EXECUTED, reset, now=now, actor=actor)
