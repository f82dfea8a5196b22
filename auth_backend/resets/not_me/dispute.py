""" "This was not me": stops one change that a notice told, once, and puts all others on hold for 72 hours.

It takes no proof but the link, so it only ever suspends: nothing is revoked, and what is older than the change stays.
"""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.freeze import freeze
from auth_backend.accounts.models import EnrolmentState, EnrolReason, User
from auth_backend.accounts.queries import lock_user
from auth_backend.audit.service import record
from auth_backend.audit.tags import Tag
from auth_backend.factors.queries import live_factors
from auth_backend.factors.suspension import suspend_since
from auth_backend.forgotten_password.requests import end_requests
from auth_backend.login.sessions import end_mailed_sessions, end_sessions
from auth_backend.outbox.mails import MailKind
from auth_backend.outbox.notices import notify_user
from auth_backend.resets.events import ChatEvent, tell_chat
from auth_backend.resets.judging import close
from auth_backend.resets.models import Reset, ResetState
from auth_backend.resets.not_me.models import ToldEvent
from auth_backend.resets.not_me.told_events import lock_event
from auth_backend.resets.queries import lock_reset, move
from auth_backend.resets.superseding import end_open_resets
from auth_backend.services import Services
from auth_backend.sign_in_data.former_addresses import change_at, is_reportable
from auth_backend.sign_in_data.models import FormerAddress

ENDS_THE_RIGHT_TO_ENROL = frozenset({MailKind.RESET_EXECUTED, MailKind.OPERATOR_REVOKED_FACTOR})


class Dispute(StrEnum):
    """What became of the press."""

    STOPPED = "stopped"
    USED = "used"
    EXPIRED = "expired"
    OVER = "over"
    """The reset had been undone before: nothing is left to stop."""


async def dispute_event(session: AsyncSession, services: Services, event: ToldEvent, *, now: datetime) -> Dispute:
    """Stops what a link is about. Sixteen presses at once are one."""
    user = await lock_user(session, event.user_id)
    assert user is not None  # users are never deleted
    event = await lock_event(session, event.id)
    if event.stopped_at is not None:
        return Dispute.USED
    if now >= event.expires_at:
        return Dispute.EXPIRED
    reset = await lock_reset(session, event.reset_id) if event.reset_id else None
    if reset is not None and reset.state in {ResetState.DISPUTED, ResetState.UNDONE}:
        return Dispute.USED if reset.state is ResetState.DISPUTED else Dispute.OVER
    event.stopped_at = now
    change = await change_at(session, user.id, event.at) if event.kind == MailKind.EMAIL_CHANGED else None
    address = change if change is not None and is_reportable(change, now=now) else None
    if reset is not None and reset.executed_at is not None:
        ends_right, since = True, reset.executed_at
    else:
        ends_right, since = event.kind in ENDS_THE_RIGHT_TO_ENROL, event.at
    await stop(
        session,
        services,
        user,
        reset,
        about=since,
        ends_right=ends_right,
        now=now,
        reference=event.reference,
        by="link",
        address=address,
    )
    return Dispute.STOPPED


async def dispute_reset(
    session: AsyncSession, services: Services, reset_id: str, user: User, *, now: datetime, by: str
) -> bool:
    """Stops a confirmed reset from the page at sign-in or the banner; `user` is locked. False: nothing to stop."""
    reset = await lock_reset(session, reset_id)
    if reset.target_id != user.id or reset.state not in {ResetState.CONFIRMED, ResetState.SCHEDULED}:
        return False
    about = reset.confirmed_at or reset.created_at
    await stop(session, services, user, reset, about=about, ends_right=False, now=now, reference=reset.reference, by=by)
    return True


async def stop(
    session: AsyncSession,
    services: Services,
    user: User,
    reset: Reset | None,
    *,
    about: datetime,
    ends_right: bool,
    reference: str,
    by: str,
    address: FormerAddress | None = None,
    now: datetime,
) -> None:
    """Everything a press does, in one transaction; all rows are locked before the first event is recorded.

    `about`: when the change happened. `ends_right`: the right to enrol came with it. `address`: the registered e-mail
    was what changed, from this one, and that is to be in dispute from now on.
    """
    moved = reset is not None and await move(session, reset, ResetState.DISPUTED, ended_at=reset.ended_at or now)
    if reset is not None and moved:
        await close(session, reset, now=now)
        await tell_chat(session, services, reset.conversation_id, ChatEvent.RESET_CHANGED, now=now)
    executed = reset is None or reset.executed_at is not None
    suspended = await suspend_since(session, user, about, now=now) if executed else None
    if ends_right and user.state is EnrolmentState.MUST_ENROL and user.enrol_reason is EnrolReason.RESET:
        user.enrol_right_until = min(user.enrol_right_until or now, now)
        await end_sessions(session, user.id, now=now, reason="disputed")
    if address is not None:
        address.disputed_at, user.email_disputed = now, True
        await end_mailed_sessions(session, user.id, now=now, reason="disputed")
    await end_requests(session, user.id, "disputed", now=now)
    frozen_now = freeze(user, about=about, now=now)
    user.disputed_at = now
    await session.flush()
    older = tuple(factor.phone for factor in await live_factors(session, user.id) if factor.phone)
    await notify_user(
        session,
        services,
        user,
        MailKind.CHANGE_REPORTED,
        now=now,
        phones=older,
        reference=reference,
        frozen_until=user.frozen_until if frozen_now else None,
    )
    if address is not None:
        actor = _actor(user, by)
        await end_open_resets(session, services, user, by="email_disputed", actor=actor, now=now)
        moved_from = {"reference": reference, "by": by, "former": address.id}
        await _note(session, services, Tag.EMAIL_DISPUTED, user, moved_from, now=now)
    data = {"reference": reference, "by": by, "reset": reset.id if reset else None}
    for factor in suspended.factors if suspended else ():
        what = data | {"factor": factor.id, "kind": factor.kind.value}
        await _note(session, services, Tag.FACTOR_SUSPENDED, user, what, now=now)
    if suspended is not None and suspended.recovery_codes:
        count = {**data, "count": suspended.recovery_codes}
        await _note(session, services, Tag.RECOVERY_CODES_SUSPENDED, user, count, now=now)
    if suspended is not None and suspended.must_enrol:
        await _note(session, services, Tag.USER_MUST_ENROL, user, {"reason": "disputed", "by": by}, now=now)
    if frozen_now:
        await _note(session, services, Tag.CHANGES_FROZEN, user, data, now=now)
    await _note(session, services, Tag.RESET_DISPUTED if moved else Tag.CHANGE_DISPUTED, user, data, now=now)


async def _note(
    session: AsyncSession, services: Services, tag: Tag, user: User, data: Mapping[str, object], *, now: datetime
) -> None:
    await record(
        session,
        services.keys,
        tag,
        now=now,
        actor=_actor(user, str(data["by"])),
        user_id=user.id,
        account_id=user.account_id,
        data=data,
    )


def _actor(user: User, by: str) -> str:
    return by if by in {"link", "operator"} else f"user:{user.id}"
