"""The yes: a one-time nonce of this reset and this conversation, or a listed reply while that nonce is the newest."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.models import User
from auth_backend.accounts.queries import lock_user
from auth_backend.audit.tags import Tag
from auth_backend.conversations.models import Conversation
from auth_backend.conversations.service import WEB, knows_user
from auth_backend.crypto import new_token, token_hash
from auth_backend.factors.models import FactorKind
from auth_backend.factors.queries import live_factors
from auth_backend.resets.events import note
from auth_backend.resets.judging import close, fresh_account, judge
from auth_backend.resets.models import ConfirmationNonce, Proof, ProofKind, Reset, ResetState
from auth_backend.resets.notices import removed_entries, tell_scheduled
from auth_backend.resets.policy import NONCE_FOR, RECENT_RESET, Circumstances, is_yes, risks_of, weighs
from auth_backend.resets.queries import (
    end_nonces,
    list_failed_proofs,
    lock_reset,
    move,
    newest_claim,
    other_reset_since,
    reset_of_claim,
)
from auth_backend.services import Services


@dataclass(frozen=True)
class NonceIssued:
    """What the button has to present, until `expires_at`."""

    nonce: str = field(repr=False)
    expires_at: datetime


class Recorded(StrEnum):
    """What became of a yes (docs/interfaces.md, `confirmations`)."""

    RECORDED = "recorded"
    NOT_RECORDED = "not_recorded"
    EXPIRED = "expired"


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


async def issue_nonce(session: AsyncSession, reset: Reset, *, now: datetime) -> NonceIssued | None:
    """A new nonce for a reset that is ready; the older one is worth nothing any more. Never outlives the proofs."""
    if reset.state is not ResetState.READY:
        return None
    await end_nonces(session, reset.id, now=now)
    nonce, expires_at = new_token(), min(now + NONCE_FOR, reset.proving_until)
    session.add(
        ConfirmationNonce(
            nonce=token_hash(nonce),
            reset_id=reset.id,
            conversation_id=reset.conversation_id,
            created_at=now,
            expires_at=expires_at,
        )
    )
    await session.flush()
    return NonceIssued(nonce, expires_at)


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
    if written_at is not None and await _made_after(session, nonce, written_at):
        return await _refuse(session, services, reset, Recorded.NOT_RECORDED, now=now)
    channel = "chat" if text is None else "chat_text"
    return await confirm(session, services, conversation, reset, user, nonce=nonce, channel=channel, now=now)


async def close_card(session: AsyncSession, conversation_id: str, *, now: datetime) -> bool:
    """Ends the nonce that is open in a conversation: something else was said, or a person has it now, or it is over.

    The reset stays as it is; the yes needs a new card. True when there was one.
    """
    ended = await session.scalars(
        update(ConfirmationNonce)
        .where(ConfirmationNonce.conversation_id == conversation_id, ConfirmationNonce.ended_at.is_(None))
        .values(ended_at=now)
        .returning(ConfirmationNonce.id)
    )
    return bool(ended.all())


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
    row = await _nonce(session, nonce)
    if row is None or row.reset_id != reset.id or row.conversation_id != conversation.id:
        return await _refuse(session, services, reset, Recorded.NOT_RECORDED, now=now)
    if now >= row.expires_at or reset.state is ResetState.EXPIRED:
        return await _refuse(session, services, reset, Recorded.EXPIRED, now=now)
    if reset.state is not ResetState.READY:
        return await _refuse(session, services, reset, Recorded.NOT_RECORDED, now=now)
    burnt = await session.scalar(
        update(ConfirmationNonce)
        .where(ConfirmationNonce.id == row.id, ConfirmationNonce.ended_at.is_(None))
        .values(ended_at=now)
        .returning(ConfirmationNonce.id)
    )
    if burnt is None:
        return await _refuse(session, services, reset, Recorded.NOT_RECORDED, now=now)
    await _record_yes(session, services, conversation, reset, user, channel=channel, now=now)
    return Recorded.RECORDED


async def _made_after(session: AsyncSession, nonce: str, moment: datetime) -> bool:
    query = select(ConfirmationNonce.id).where(
        ConfirmationNonce.nonce == token_hash(nonce), ConfirmationNonce.created_at > moment
    )
    return await session.scalar(query) is not None


async def _nonce(session: AsyncSession, nonce: str) -> ConfirmationNonce | None:
    query = select(ConfirmationNonce).where(ConfirmationNonce.nonce == token_hash(nonce))
    row: ConfirmationNonce | None = await session.scalar(query.with_for_update())
    return row


async def _record_yes(
    session: AsyncSession,
    services: Services,
    conversation: Conversation,
    reset: Reset,
    user: User,
    *,
    channel: str,
    now: datetime,
) -> None:
    """Writes down what is true now, judges the risks, and lets the reset wait if there is any."""
    account = await fresh_account(session, user)
    risks = risks_of(await _circumstances(session, services, conversation, reset, user, now=now), now=now)
    confirmed = await move(
        session,
        reset,
        ResetState.CONFIRMED,
        confirmed_at=now,
        risks=[risk.value for risk in risks],
        removed=await removed_entries(session, user, now=now),
        fact_owner_id=account.owner_id if account else None,
        fact_factor_epoch=user.factor_epoch,
    )
    assert confirmed  # both rows are locked and the state was read under the lock
    session.add(Proof(reset_id=reset.id, kind=ProofKind.CONFIRMATION, channel=channel, at=now))
    await session.flush()
    if risks:
        await move(session, reset, ResetState.SCHEDULED, scheduled_for=now + services.settings.reset_wait_for)
        await close(session, reset, now=now)
        await tell_scheduled(session, services, reset, user, now=now)
    await note(session, services, Tag.RESET_CONFIRMED, reset, now=now, data={"channel": channel})
    if risks:
        await note(
            session, services, Tag.RESET_SCHEDULED, reset, now=now, data={"risks": [risk.value for risk in risks]}
        )


async def _circumstances(
    session: AsyncSession, services: Services, conversation: Conversation, reset: Reset, user: User, *, now: datetime
) -> Circumstances:
    account = await fresh_account(session, user)
    known = await knows_user(session, conversation, user.id, now=now)
    failed = await list_failed_proofs(session, user.id, now=now)
    return Circumstances(
        always_wait=services.settings.reset_wait == "always",
        browser_known=known,
        password_epoch=user.password_epoch,
        password_changed_at=user.password_changed_at,
        owner_epoch=account.owner_epoch if account else 0,
        owner_changed_at=account.owner_changed_at if account else None,
        other_reset_lately=await other_reset_since(session, reset, since=now - RECENT_RESET),
        failed_proofs=sum(weighs(proof, browser=conversation.browser, browser_known=known) for proof in failed),
        has_passkey=any(f.kind is FactorKind.PASSKEY for f in await live_factors(session, user.id)),
    )


async def _refuse(
    session: AsyncSession, services: Services, reset: Reset, outcome: Recorded, *, now: datetime
) -> Recorded:
    data = {"reset": reset.id, "result": outcome.value}
    await note(session, services, Tag.RESET_CONFIRMATION_REFUSED, reset, now=now, data=data)
    return outcome
