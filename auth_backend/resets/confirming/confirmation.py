"""The yes: a one-time nonce of this reset and this conversation, or a listed reply while that nonce is the newest."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.models import User
from auth_backend.accounts.queries import lock_user
from auth_backend.audit.tags import Tag
from auth_backend.conversations.models import Conversation
from auth_backend.conversations.service import WEB, knows_user
from auth_backend.resets.confirming.nonces import Recorded, burn_nonce, made_after
from auth_backend.resets.confirming.waiting import confirm_or_wait, note_waiting
from auth_backend.resets.events import note
from auth_backend.resets.judging import judge
from auth_backend.resets.models import NoncePurpose, Proof, ProofKind, Reset
from auth_backend.resets.policy import is_yes
from auth_backend.resets.queries import lock_reset, newest_claim, reset_of_claim
from auth_backend.services import Services


async def current_reset(session: AsyncSession, conversation_id: str) -> Reset | None:
    """The reset that a conversation is about now; None while a newer claim is open."""
    claim = await newest_claim(session, conversation_id)
    return await reset_of_claim(session, claim.id) if claim is not None else None


async def lock_judged(
    session: AsyncSession, services: Services, conversation_id: str, *, now: datetime
) -> tuple[Reset, User] | None:
    """The conversation's current reset and its target, both locked, judged at `now`."""
    reset = await current_reset(session, conversation_id)
    user = await lock_user(session, reset.target_id) if reset is not None else None
    if reset is None or user is None:
        return None
    reset = await lock_reset(session, reset.id)
    await judge(session, services, reset, user, now=now)
    return reset, user


async def confirm_in_chat(
    session: AsyncSession,
    services: Services,
    conversation: Conversation,
    *,
    nonce: str,
    text: str | None,
    written_at: datetime | None,
    now: datetime,
) -> Recorded:
    """A pressed button or a typed reply. Chats on foreign sites and channels can't: their yes is given on a page.

    Both present the nonce of the card: a reply counts for the card behind which it stands in the chat, and only if it
    was written after that card was made. A word that came before the question, or after another one, is no answer.
    """
    found = await lock_judged(session, services, conversation.id, now=now)
    if found is None or conversation.channel != WEB:
        return Recorded.NOT_RECORDED
    reset, user = found
    if text is not None and not is_yes(text):
        return Recorded.NOT_RECORDED
    if written_at is not None and await made_after(session, nonce, written_at):
        return await _refuse(session, services, reset, Recorded.NOT_RECORDED, now=now)
    channel = "chat" if text is None else "chat_text"
    return await confirm(session, services, conversation, reset, user, nonce=nonce, channel=channel, now=now)


async def confirm(
    session: AsyncSession,
    services: Services,
    conversation: Conversation,
    reset: Reset,
    user: User,
    *,
    nonce: str,
    channel: str,
    now: datetime,
) -> Recorded:
    """Burns the nonce and records the yes for a reset that was just judged."""
    purpose = NoncePurpose.CONFIRM
    outcome = await burn_nonce(session, reset, conversation_id=conversation.id, purpose=purpose, nonce=nonce, now=now)
    if outcome is not Recorded.RECORDED:
        return await _refuse(session, services, reset, outcome, now=now)
    known = await knows_user(session, conversation, user.id, now=now)
    risks = await confirm_or_wait(
        session, services, reset, user, browser=conversation.browser, browser_known=known, now=now
    )
    session.add(Proof(reset_id=reset.id, kind=ProofKind.CONFIRMATION, channel=channel, at=now))
    await session.flush()
    await note(session, services, Tag.RESET_CONFIRMED, reset, now=now, data={"channel": channel})
    await note_waiting(session, services, reset, risks, now=now)
    return Recorded.RECORDED


async def _refuse(
    session: AsyncSession, services: Services, reset: Reset, outcome: Recorded, *, now: datetime
) -> Recorded:
    data = {"result": outcome.value}
    await note(session, services, Tag.RESET_CONFIRMATION_REFUSED, reset, now=now, data=data)
    return outcome
