"""Undoing an executed reset: what it revoked is valid again, what was enrolled since is revoked, all sessions end.

Undo, enrol, cancel, dispute and execute lock the same user's row and read the state again: exactly one of them wins.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.models import EnrolmentState, EnrolReason, User
from auth_backend.accounts.queries import lock_user
from auth_backend.audit.tags import Tag
from auth_backend.client_facts import ClientFacts
from auth_backend.codes.accept import burn_codes
from auth_backend.factors.base import FactorAccepted, FactorRefused, FactorThrottled
from auth_backend.factors.methods import METHODS
from auth_backend.factors.models import PRIMARY_KINDS, Factor, FactorStatus
from auth_backend.factors.queries import describe, factor_set_changed
from auth_backend.factors.suspension import forget_browsers_since, suspend_since
from auth_backend.login.flow import require_enrolment
from auth_backend.login.sessions import end_sessions
from auth_backend.outbox.mails import MailKind
from auth_backend.outbox.notices import notify_user
from auth_backend.recovery_codes.queries import restore_codes
from auth_backend.resets.events import ChatEvent, note, tell_chat
from auth_backend.resets.judging import close
from auth_backend.resets.models import Reset, ResetState
from auth_backend.resets.not_me.models import UndoTry
from auth_backend.resets.queries import list_open_resets, lock_reset, move
from auth_backend.resets.states import CONFIRMED_NOT_DONE
from auth_backend.resets.undo.password_half import removed_by, shows_code, try_of_token, undo_challenge
from auth_backend.resets.undo.window import undoable_until
from auth_backend.services import Services

EXECUTED_STATES = frozenset({ResetState.EXECUTED, ResetState.ENROLLED, ResetState.DISPUTED})


@dataclass(frozen=True)
class ResetUndone:
    """The old method is valid again."""


@dataclass(frozen=True)
class SignInStopped:
    """The code was right, but the password is not the one valid now, or the number is somebody else's: a person
    decides.
    """


@dataclass(frozen=True)
class UndoOver:
    """Nothing to undo any more, or the try is too old."""


type Undo = ResetUndone | SignInStopped | UndoOver | FactorRefused | FactorThrottled


async def undo_reset(
    session: AsyncSession, services: Services, token: str | None, code: str, facts: ClientFacts, *, now: datetime
) -> Undo:
    """Judges the code of the revoked factor. It is burnt like any other: an app's time step counts once everywhere."""
    found = await try_of_token(session, token)
    user = await lock_user(session, found.user_id) if found is not None else None
    if found is None or user is None:
        return UndoOver()
    reset = await lock_reset(session, found.reset_id)
    await session.refresh(found)
    if not _open(found, reset, user, now=now):
        return UndoOver()
    verdict = await _judge(session, services, found, user, code, facts, now=now)
    if not isinstance(verdict, FactorAccepted):
        if isinstance(verdict, FactorRefused):
            await note(session, services, Tag.RESET_UNDO_REFUSED, reset, now=now, actor="undo_page")
        return verdict
    found.ended_at = now
    actor = f"user:{user.id}"
    if found.password_epoch is not None and await restore(session, services, reset, user, now=now, actor=actor):
        return ResetUndone()
    await _stop_sign_in(session, services, reset, user, now=now, actor=actor)
    return SignInStopped()


def _open(found: UndoTry, reset: Reset, user: User, *, now: datetime) -> bool:
    return (
        found.ended_at is None
        and now < found.expires_at
        and not user.awaits_operator
        and undoable_until(reset, now=now) is not None
        and found.password_epoch in {None, user.password_epoch}
    )


async def _judge(
    session: AsyncSession,
    services: Services,
    found: UndoTry,
    user: User,
    code: str,
    facts: ClientFacts,
    *,
    now: datetime,
) -> FactorAccepted | FactorRefused | FactorThrottled:
    verdict: FactorAccepted | FactorRefused | FactorThrottled = FactorRefused()
    challenge = await undo_challenge(session, found, user, facts, now=now)
    for factor in await shows_code(session, found.reset_id):
        verdict = await METHODS[factor.kind].verify(session, services, challenge, factor, code, now=now)
        if isinstance(verdict, FactorAccepted):
            break
    return verdict


async def restore(
    session: AsyncSession, services: Services, reset: Reset, user: User, *, now: datetime, actor: str
) -> bool:
    """Brings back what a reset revoked, for a locked user. False, and nothing changed: its number is taken (A7).

    Resets that were executed after this one are undone with it: what they revoked was enrolled since.
    """
    back = await removed_by(session, reset.id)
    if not any(factor.kind in PRIMARY_KINDS for factor in back):
        return False
    revoked = await _swap(session, user, back, now=now)
    if revoked is None or reset.executed_at is None:
        return False
    user.state, user.enrol_reason, user.enrol_right_until = EnrolmentState.ENROLLED, None, None
    user.enrol_not_before, user.new_password_required, user.awaits_operator = None, False, False
    codes = await restore_codes(session, user.id, reset.id, now=now)
    await factor_set_changed(session, user, now=now)
    await forget_browsers_since(session, user, reset.executed_at)
    ended = await end_sessions(session, user.id, now=now, reason="undone")
    await burn_codes(session, user_id=user.id, now=now)
    moved = await _end_resets(session, services, reset, user, now=now)
    await notify_user(
        session,
        services,
        user,
        MailKind.RESET_UNDONE,
        now=now,
        phones=tuple(factor.phone for factor in back if factor.phone),
        reset_id=reset.id,
        reference=reset.reference,
        method=", ".join(describe(factor, user.language) for factor in back),
    )
    for factor_id in revoked:
        await note(session, services, Tag.FACTOR_REVOKED, reset, now=now, data={"factor": factor_id}, actor=actor)
    for factor in back:
        await note(session, services, Tag.FACTOR_RESTORED, reset, now=now, data={"factor": factor.id}, actor=actor)
    for tag, count in ((Tag.RECOVERY_CODES_REVOKED, codes.ended), (Tag.RECOVERY_CODES_RESTORED, codes.back)):
        if count:
            await note(session, services, tag, reset, now=now, data={"count": count}, actor=actor)
    await note(session, services, Tag.SESSIONS_ENDED, reset, now=now, data={"count": ended}, actor=actor)
    for other in moved:
        await note(session, services, Tag.RESET_CANCELLED, other, now=now, data={"by": "undo"}, actor=actor)
    await note(session, services, Tag.RESET_UNDONE, reset, now=now, actor=actor)
    return True


async def _swap(session: AsyncSession, user: User, back: Sequence[Factor], *, now: datetime) -> Sequence[str] | None:
    """Both changes or neither; the partial unique index on live numbers is the judge. None when a number is taken."""
    others = (Factor.user_id == user.id, Factor.status != FactorStatus.REVOKED)
    gone = {"status": FactorStatus.REVOKED, "revoked_at": now, "revoked_by_reset_id": None}
    live = {"status": FactorStatus.LIVE, "revoked_at": None, "revoked_by_reset_id": None}
    try:
        async with session.begin_nested():
            revoked = await session.scalars(update(Factor).where(*others).values(**gone).returning(Factor.id))
            ids = revoked.all()
            await session.execute(update(Factor).where(Factor.id.in_([f.id for f in back])).values(**live))
    except IntegrityError:
        return None
    return ids


async def _end_resets(
    session: AsyncSession, services: Services, reset: Reset, user: User, *, now: datetime
) -> list[Reset]:
    """This one and what was executed after it is undone; what waits is cancelled. Returns the cancelled ones."""
    later = select(Reset.id).where(Reset.target_id == user.id, Reset.executed_at >= reset.executed_at)
    done = (await session.scalars(later.where(Reset.state.in_(EXECUTED_STATES)).order_by(Reset.id))).all()
    for reset_id in done:
        row = await lock_reset(session, reset_id)
        row.password_at_execution = None
        if await move(session, row, ResetState.UNDONE, ended_at=now):
            await tell_chat(session, services, row.conversation_id, ChatEvent.RESET_CHANGED, now=now)
    await session.execute(update(Factor).where(Factor.revoked_by_reset_id.in_(done)).values(revoked_by_reset_id=None))
    cancelled = []
    for waiting in await list_open_resets(session, user.id, CONFIRMED_NOT_DONE):
        if await move(session, waiting, ResetState.CANCELLED, ended_at=now):
            await close(session, waiting, now=now)
            await tell_chat(session, services, waiting.conversation_id, ChatEvent.RESET_CHANGED, now=now)
            cancelled.append(waiting)
    return cancelled


async def _stop_sign_in(
    session: AsyncSession, services: Services, reset: Reset, user: User, *, now: datetime, actor: str
) -> None:
    """Two persons may be at work, and only a person can tell which is the user: nobody gets in until then."""
    assert reset.executed_at is not None
    suspended = await suspend_since(session, user, reset.executed_at, now=now)
    require_enrolment(user, EnrolReason.RESET)
    user.enrol_right_until, user.awaits_operator, user.disputed_at = now, True, now
    await end_sessions(session, user.id, now=now, reason="undo")
    await burn_codes(session, user_id=user.id, now=now)
    if await move(session, reset, ResetState.DISPUTED, ended_at=now):
        await tell_chat(session, services, reset.conversation_id, ChatEvent.RESET_CHANGED, now=now)
    await session.flush()
    await notify_user(
        session, services, user, MailKind.SIGN_IN_STOPPED, now=now, reset_id=reset.id, reference=reset.reference
    )
    for factor in suspended.factors:
        data: Mapping[str, str] = {"factor": factor.id, "kind": factor.kind.value}
        await note(session, services, Tag.FACTOR_SUSPENDED, reset, now=now, data=data, actor=actor)
    if suspended.recovery_codes:
        count = {"count": suspended.recovery_codes}
        await note(session, services, Tag.RECOVERY_CODES_SUSPENDED, reset, now=now, data=count, actor=actor)
    await note(session, services, Tag.RESET_UNDO_HALF, reset, now=now, actor=actor)
