"""Stopping a reset: in the chat, with a mailed code that is still fresh, or by its own link."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.models import User
from auth_backend.accounts.queries import lock_user
from auth_backend.audit.service import record
from auth_backend.audit.tags import Tag
from auth_backend.conversations.models import Conversation
from auth_backend.resets.events import ChatEvent, note, tell_chat
from auth_backend.resets.judging import close
from auth_backend.resets.models import Claim, Reset, ResetState
from auth_backend.resets.notices import tell_stopped
from auth_backend.resets.queries import list_open_resets, lock_claim, lock_reset, move, newest_claim, newest_reset
from auth_backend.resets.states import CANCELLABLE, DONE, SAID_YES
from auth_backend.services import Services


class Cancellation(StrEnum):
    """What became of it (docs/interfaces.md, `reset/cancel`)."""

    CANCELLED = "cancelled"
    NOTHING_OPEN = "nothing_open"
    TOO_LATE = "too_late"
    NEED_PROOF = "need_proof"


async def cancel_in_chat(
    session: AsyncSession, services: Services, conversation: Conversation, *, now: datetime
) -> Cancellation:
    """Stops what this chat has open.

    While its mailed code is a fresh proof, that is every reset of that user that waits, wherever it was asked for.
    """
    reset = await newest_reset(session, conversation.id)
    user = await lock_user(session, reset.target_id) if reset is not None else None
    claim = await newest_claim(session, conversation.id)
    stopped = claim is not None and await _stop_claim(session, services, claim, now=now)
    if reset is None or user is None or (reset.state not in CANCELLABLE and stopped):
        return Cancellation.CANCELLED if stopped else Cancellation.NOTHING_OPEN
    reset = await lock_reset(session, reset.id)
    if now < reset.proving_until:
        cancelled = [
            await _cancel(session, services, await lock_reset(session, other.id), user, now=now, by=conversation.id)
            for other in await list_open_resets(session, user.id)
            if other.id == reset.id or other.state in SAID_YES
        ]
        stopped = stopped or any(cancelled)
    if stopped:
        return Cancellation.CANCELLED
    if reset.state in SAID_YES:
        return Cancellation.NEED_PROOF
    return Cancellation.TOO_LATE if reset.state in DONE else Cancellation.NOTHING_OPEN


async def cancel_by_link(session: AsyncSession, services: Services, reset_id: str, *, now: datetime) -> Cancellation:
    """Stops the one reset that the link was made for."""
    target_id = await session.scalar(select(Reset.target_id).where(Reset.id == reset_id))
    user = await lock_user(session, target_id) if target_id else None
    if user is None:
        return Cancellation.NOTHING_OPEN
    reset = await lock_reset(session, reset_id)
    if await _cancel(session, services, reset, user, now=now, by=None):
        return Cancellation.CANCELLED
    return Cancellation.TOO_LATE if reset.state in DONE else Cancellation.NOTHING_OPEN


async def _stop_claim(session: AsyncSession, services: Services, claim: Claim, *, now: datetime) -> bool:
    if claim.ended_at is not None or now >= claim.expires_at:
        return False
    claim = await lock_claim(session, claim.id)
    if claim.ended_at is not None:
        return False
    claim.ended_at, claim.end_reason = now, "stopped"
    await session.flush()
    actor, data = f"conversation:{claim.conversation_id}", {"claim": claim.id}
    await record(session, services.keys, Tag.RESET_CANCELLED, now=now, actor=actor, user_id=claim.user_id, data=data)
    return True


async def _cancel(
    session: AsyncSession, services: Services, reset: Reset, user: User, *, now: datetime, by: str | None
) -> bool:
    """`by`: the conversation that asks, None for the link. Another conversation than that is told."""
    was_confirmed = reset.state in SAID_YES
    if not await move(session, reset, ResetState.CANCELLED, ended_at=now):
        return False
    await close(session, reset, now=now)
    if was_confirmed:
        await tell_stopped(session, services, reset, user, now=now)
    if reset.conversation_id != by:
        await tell_chat(session, services, reset.conversation_id, ChatEvent.RESET_CHANGED, now=now)
    actor = f"conversation:{by}" if by else f"user:{user.id}"
    data = {"by": "chat" if by else "link"}
    await note(session, services, Tag.RESET_CANCELLED, reset, now=now, data=data, actor=actor)
    return True
