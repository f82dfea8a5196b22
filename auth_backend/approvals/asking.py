"""Passing a member's request to the owner: the member's press, which is the member's yes."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.models import Account, User
from auth_backend.accounts.queries import get_user
from auth_backend.approvals.models import OwnerRequest
from auth_backend.approvals.notices import tell_asked
from auth_backend.approvals.policy import OWNER_DECIDES_WITHIN, clean_note
from auth_backend.audit.tags import Tag
from auth_backend.conversations.models import Conversation
from auth_backend.conversations.service import WEB
from auth_backend.resets.confirming.confirmation import lock_judged
from auth_backend.resets.confirming.nonces import Recorded, burn_nonce
from auth_backend.resets.events import note as note_event
from auth_backend.resets.judging import close, fresh_account
from auth_backend.resets.models import NoncePurpose, Proof, ProofKind, Reset, ResetState
from auth_backend.resets.notices import removed_entries
from auth_backend.resets.policy import Reason
from auth_backend.resets.queries import move
from auth_backend.services import Services


async def ask_in_chat(
    session: AsyncSession, services: Services, conversation: Conversation, *, nonce: str, reason: Reason, now: datetime
) -> Recorded:
    """A pressed button in a chat on Zoe's own pages. Elsewhere the press is given on the verify page."""
    found = await lock_judged(session, services, conversation.id, now=now)
    if found is None or conversation.channel != WEB:
        return Recorded.NOT_RECORDED
    return await ask_owner(
        session, services, conversation, *found, nonce=nonce, reason=reason, note=None, channel="chat", now=now
    )


async def ask_owner(
    session: AsyncSession,
    services: Services,
    conversation: Conversation,
    reset: Reset,
    user: User,
    *,
    nonce: str,
    reason: Reason,
    note: str | None,
    channel: str,
    now: datetime,
) -> Recorded:
    """Burns the nonce and passes a reset that was just judged to the owner, who has 24 h.

    What is true now is written down: the decision is about this reset, this person and this factor set.
    """
    purpose = NoncePurpose.ASK_OWNER
    outcome = await burn_nonce(session, reset, conversation_id=conversation.id, purpose=purpose, nonce=nonce, now=now)
    account = await fresh_account(session, user)
    owner = await get_user(session, account.owner_id) if account is not None and account.owner_id else None
    if outcome is not Recorded.RECORDED or account is None or owner is None:
        refused = Recorded.NOT_RECORDED if outcome is Recorded.RECORDED else outcome
        data = {"result": refused.value}
        await note_event(session, services, Tag.RESET_CONFIRMATION_REFUSED, reset, now=now, data=data)
        return refused
    await _pass_on(session, reset, user, account, owner, reason=reason, now=now)
    session.add(Proof(reset_id=reset.id, kind=ProofKind.CONFIRMATION, channel=channel, at=now))
    session.add(
        OwnerRequest(
            reset_id=reset.id,
            account_id=account.id,
            member_id=user.id,
            owner_id=owner.id,
            reason=reason.value,
            note=clean_note(note or ""),
            asked_at=now,
        )
    )
    await session.flush()
    await close(session, reset, now=now)
    await tell_asked(session, services, reset, user, owner, reason=reason, now=now)
    data = {"channel": channel, "reason": reason.value, "owner": owner.id}
    await note_event(session, services, Tag.RESET_OWNER_ASKED, reset, now=now, data=data)
    return Recorded.RECORDED


async def _pass_on(
    session: AsyncSession, reset: Reset, user: User, account: Account, owner: User, *, reason: Reason, now: datetime
) -> None:
    moved = await move(
        session,
        reset,
        ResetState.AWAITING_OWNER,
        owner_may_decide_until=now + OWNER_DECIDES_WITHIN,
        reason=reason.value,
        removed=await removed_entries(session, user, now=now),
        fact_owner_id=owner.id,
        fact_factor_epoch=user.factor_epoch,
    )
    assert moved  # both rows are locked and the state was read under the lock
    assert account.owner_id == owner.id
