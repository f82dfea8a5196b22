"""The owner's decision: given on a page, with step-up, about one reset; it stands for the third proof."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.freeze import frozen
from auth_backend.accounts.models import User
from auth_backend.accounts.queries import get_user, lock_user
from auth_backend.approvals.models import Decision, OwnerRequest
from auth_backend.approvals.notices import tell_approved, tell_refused, tell_unanswered
from auth_backend.approvals.queries import request_of_reset
from auth_backend.audit.tags import Tag
from auth_backend.conversations.models import Conversation
from auth_backend.conversations.service import knows_user
from auth_backend.factors.enrolment import stepped_up
from auth_backend.login.live import lock_live
from auth_backend.login.sessions import CurrentSession
from auth_backend.resets.confirming.waiting import confirm_or_wait, note_waiting
from auth_backend.resets.events import ChatEvent, note, tell_chat
from auth_backend.resets.executing.execution import execute
from auth_backend.resets.judging import expire, fresh_account, refuse, situation_of
from auth_backend.resets.models import Proof, ProofKind, Reset, ResetState
from auth_backend.resets.policy import Refusal, refusal_of
from auth_backend.resets.queries import lock_reset
from auth_backend.services import Services


class Decided(StrEnum):
    """What became of a press on the owner's page."""

    APPROVED = "approved"
    REFUSED = "refused"
    IN_THE_WAY = "in_the_way"
    """Approved, but something stands against it: facts changed, sign-in changes are on hold. It ended."""
    GONE = "gone"
    """Not open, not theirs to decide, or too late."""
    ON_HOLD = "on_hold"
    """The owner's own changes are on hold; the request stays open."""
    NEED_STEP_UP = "need_step_up"


async def decide(
    session: AsyncSession,
    services: Services,
    current: CurrentSession,
    request_id: str,
    decision: Decision,
    *,
    now: datetime,
) -> Decided:
    """Takes the decision of the person behind a session, once, while they own the account.

    Approved, the reset goes on as any other: it is carried out at once, or waits, judged by the member's conversation.
    """
    asked = await session.get(OwnerRequest, request_id)
    if asked is None or asked.owner_id != current.user.id:
        return Decided.GONE
    # Both persons are locked in the order of their ids, as a change of owner locks them.
    persons = {person: await lock_user(session, person) for person in sorted({asked.member_id, asked.owner_id})}
    live = await lock_live(session, current, now=now)
    if live is None or not stepped_up(live, now=now):
        return Decided.NEED_STEP_UP
    member, owner = persons[asked.member_id], persons[asked.owner_id]
    assert member is not None  # users are never deleted
    assert owner is not None
    reset = await lock_reset(session, asked.reset_id)
    if not await _is_open_to(session, reset, asked, member, now=now):
        return Decided.GONE
    if frozen(owner, now=now) is not None:
        return Decided.ON_HOLD
    request = await request_of_reset(session, reset.id)
    assert request is not None
    request.decision, request.decided_at = decision, now
    await session.flush()
    if decision is Decision.REFUSED:
        await refuse(session, services, reset, Refusal.OWNER_SAID_NO, Tag.RESET_REFUSED, now=now, actor=_by(owner))
        await tell_refused(session, services, reset, member, now=now)
        await tell_chat(session, services, reset.conversation_id, ChatEvent.RESET_CHANGED, now=now)
        return Decided.REFUSED
    return await _approve(session, services, reset, member, owner, now=now)


async def end_unanswered(session: AsyncSession, services: Services, reset: Reset, *, now: datetime) -> bool:
    """Ends a request that the owner left unanswered for 24 h. The target and the reset are locked."""
    until = reset.owner_may_decide_until
    if reset.state is not ResetState.AWAITING_OWNER or until is None or now < until:
        return False
    if not await expire(session, services, reset, now=now):
        return False
    member = await get_user(session, reset.target_id)
    assert member is not None  # users are never deleted
    await tell_unanswered(session, services, reset, member, now=now)
    await tell_chat(session, services, reset.conversation_id, ChatEvent.RESET_CHANGED, now=now)
    return True


async def _is_open_to(session: AsyncSession, reset: Reset, asked: OwnerRequest, member: User, *, now: datetime) -> bool:
    """Whether this reset, of this member, waits for just this owner, who still owns the account."""
    account = await fresh_account(session, member)
    until = reset.owner_may_decide_until
    return (
        reset.state is ResetState.AWAITING_OWNER
        and reset.target_id == reset.requester_id == asked.member_id
        and account is not None
        and account.id == asked.account_id == reset.account_id
        and account.owner_id == asked.owner_id == reset.fact_owner_id
        and until is not None
        and now < until
    )


async def _approve(
    session: AsyncSession, services: Services, reset: Reset, member: User, owner: User, *, now: datetime
) -> Decided:
    refusal = refusal_of(await situation_of(session, reset, member, now=now), now=now)
    if refusal is not None:
        await refuse(session, services, reset, refusal, Tag.RESET_REFUSED, now=now, actor=_by(owner))
        await tell_chat(session, services, reset.conversation_id, ChatEvent.RESET_CHANGED, now=now)
        return Decided.IN_THE_WAY
    session.add(Proof(reset_id=reset.id, kind=ProofKind.OWNER, channel="account", at=now))
    await session.flush()
    conversation = await session.get(Conversation, reset.conversation_id)
    assert conversation is not None  # members ask in a chat
    known = await knows_user(session, conversation, member.id, now=now)
    risks = await confirm_or_wait(
        session, services, reset, member, browser=conversation.browser, browser_known=known, now=now
    )
    await tell_approved(session, services, reset, member, owner, now=now)
    await tell_chat(session, services, reset.conversation_id, ChatEvent.RESET_CHANGED, now=now)
    await note(session, services, Tag.RESET_OWNER_APPROVED, reset, now=now, actor=_by(owner))
    await note_waiting(session, services, reset, risks, now=now)
    if not risks:
        await execute(session, services, reset.id, now=now, actor=_by(owner))
    return Decided.APPROVED


def _by(owner: User) -> str:
    return f"user:{owner.id}"
