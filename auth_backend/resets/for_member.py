"""The owner starts a reset for a member on the Members page.

The owner's step-up and password stand where a chat asks for the mailed code and the password. The member's own password
and a code mailed to the member still come before anything new is enrolled.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.models import Account, User
from auth_backend.accounts.queries import get_user, lock_user
from auth_backend.audit.tags import Tag
from auth_backend.client_facts import ClientFacts
from auth_backend.db import new_id
from auth_backend.factors.queries import known_browser
from auth_backend.login.change_right import ChangeRefused, lock_for_change
from auth_backend.login.sessions import CurrentSession
from auth_backend.resets.confirming.waiting import confirm_or_wait, note_waiting
from auth_backend.resets.events import note
from auth_backend.resets.executing.execution import execute
from auth_backend.resets.judging import situation_of
from auth_backend.resets.models import Proof, ProofKind, Reset, ResetState
from auth_backend.resets.policy import PROVING_FOR, RECENT_CHANGE, Reason, Refusal, refusal_of
from auth_backend.resets.queries import list_open_resets, lock_reset
from auth_backend.resets.reference import new_reference
from auth_backend.resets.states import SAID_YES
from auth_backend.services import Services

A_DAY = timedelta(hours=24)
STARTED_A_DAY = 3


class Started(StrEnum):
    """What became of it."""

    EXECUTED = "executed"
    SCHEDULED = "scheduled"
    NOT_OWNER = "not_owner"
    NOTHING_TO_RESET = "nothing_to_reset"
    ON_HOLD = "on_hold"
    TOO_MANY = "too_many"
    ALREADY_OPEN = "already_open"


_OF_REFUSAL = {
    Refusal.NOTHING_TO_RESET: Started.NOTHING_TO_RESET,
    Refusal.FROZEN: Started.ON_HOLD,
    Refusal.TOO_MANY: Started.TOO_MANY,
}


async def start_for_member(
    session: AsyncSession,
    services: Services,
    current: CurrentSession,
    member_id: str,
    reason: Reason,
    *,
    facts: ClientFacts,
    now: datetime,
) -> Started | ChangeRefused:
    """Opens, confirms and, unless it waits, executes a reset of a member's factors. Three a day an owner."""
    if member_id == current.user.id or await get_user(session, member_id) is None:
        return Started.NOT_OWNER
    for person in sorted({member_id, current.user.id}):
        await lock_user(session, person)
    live = await lock_for_change(session, current, now=now)
    if isinstance(live, ChangeRefused):
        return live
    member = await get_user(session, member_id)
    if member is None or not await _owns_account_of(session, live.user, member):
        return Started.NOT_OWNER
    limit = await _limit_reached(session, live.user, member, now=now)
    if limit is not None:
        return limit
    reset = _new_reset(member, live.user, reason, reference=await new_reference(session), now=now)
    refusal = refusal_of(await situation_of(session, reset, member, now=now), now=now)
    if refusal is not None:
        return _OF_REFUSAL.get(refusal, Started.NOT_OWNER)
    return await _go_on(session, services, reset, member, live, facts, now=now)


async def _go_on(
    session: AsyncSession,
    services: Services,
    reset: Reset,
    member: User,
    live: CurrentSession,
    facts: ClientFacts,
    *,
    now: datetime,
) -> Started:
    """The proofs as rows, then the same way as a reset that was confirmed in a chat."""
    session.add(reset)
    await session.flush()
    for kind, at in (
        (ProofKind.PASSWORD, live.row.password_at),
        (ProofKind.STEP_UP, live.row.stepped_up_at or now),
        (ProofKind.OWNER, now),
        (ProofKind.CONFIRMATION, now),
    ):
        session.add(Proof(reset_id=reset.id, kind=kind, channel="account", at=at))
    await session.flush()
    reset = await lock_reset(session, reset.id)
    owner, browser = live.user, facts.browser
    settled = owner.password_epoch == 0 or owner.password_changed_at <= now - RECENT_CHANGE
    known = settled and await known_browser(session, owner.id, browser, now=now)
    risks = await confirm_or_wait(session, services, reset, member, browser=browser, browser_known=known, now=now)
    await note(session, services, Tag.RESET_CONFIRMED, reset, now=now, data={"channel": "account"})
    await note_waiting(session, services, reset, risks, now=now)
    if risks:
        return Started.SCHEDULED
    await execute(session, services, reset.id, now=now, actor=f"user:{owner.id}")
    return Started.EXECUTED


def _new_reset(member: User, owner: User, reason: Reason, *, reference: str, now: datetime) -> Reset:
    return Reset(
        id=new_id(),
        reference=reference,
        conversation_id=None,
        claim_id=None,
        account_id=member.account_id,
        requester_id=owner.id,
        target_id=member.id,
        reason=reason.value,
        language=member.language,
        state=ResetState.READY,
        fact_owner_id=owner.id,
        fact_email=member.email,
        fact_password_epoch=member.password_epoch,
        fact_factor_epoch=member.factor_epoch,
        created_at=now,
        proving_until=now + PROVING_FOR,
    )


async def _owns_account_of(session: AsyncSession, owner: User, member: User) -> bool:
    if owner.account_id is None or member.account_id != owner.account_id or member.removed_at is not None:
        return False
    account = await session.get(Account, owner.account_id, populate_existing=True)
    return account is not None and account.owner_id == owner.id


async def _limit_reached(session: AsyncSession, owner: User, member: User, *, now: datetime) -> Started | None:
    if await _started_since(session, owner.id, since=now - A_DAY) >= STARTED_A_DAY:
        return Started.TOO_MANY
    return Started.ALREADY_OPEN if await list_open_resets(session, member.id, SAID_YES) else None


async def _started_since(session: AsyncSession, owner_id: str, *, since: datetime) -> int:
    query = select(func.count()).select_from(Reset)
    mine = query.where(Reset.requester_id == owner_id, Reset.conversation_id.is_(None), Reset.created_at > since)
    return await session.scalar(mine) or 0
