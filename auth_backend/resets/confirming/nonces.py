"""One-time nonces behind the buttons that mean something: for one reset, one conversation and one purpose, the newest
only.
"""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.crypto import new_token, token_hash
from auth_backend.resets.models import ConfirmationNonce, NoncePurpose, ProofKind, Reset, ResetState
from auth_backend.resets.policy import NONCE_FOR
from auth_backend.resets.queries import end_nonces, proofs_of


@dataclass(frozen=True)
class NonceIssued:
    """What the button has to present, until `expires_at`."""

    nonce: str = field(repr=False)
    expires_at: datetime


class Recorded(StrEnum):
    """What became of a press (docs/interfaces.md, `confirmations`, `owner-requests`)."""

    RECORDED = "recorded"
    NOT_RECORDED = "not_recorded"
    EXPIRED = "expired"


async def awaited_press(session: AsyncSession, reset: Reset) -> NoncePurpose | None:
    """Which press a reset that was just judged waits for: the owner's yes, or a member's wish to ask the owner."""
    if reset.state is not ResetState.READY:
        return None
    owns = ProofKind.OWNER in await proofs_of(session, reset.id)
    return NoncePurpose.CONFIRM if owns else NoncePurpose.ASK_OWNER


async def issue_nonce(session: AsyncSession, reset: Reset, *, now: datetime) -> NonceIssued | None:
    """A new nonce for the press that is awaited; the older one is worth nothing any more.

    Never outlives the proofs.
    """
    purpose = await awaited_press(session, reset)
    if purpose is None or reset.conversation_id is None:
        return None
    await end_nonces(session, reset.id, now=now)
    nonce, expires_at = new_token(), min(now + NONCE_FOR, reset.proving_until)
    session.add(
        ConfirmationNonce(
            nonce=token_hash(nonce),
            reset_id=reset.id,
            conversation_id=reset.conversation_id,
            purpose=purpose,
            created_at=now,
            expires_at=expires_at,
        )
    )
    await session.flush()
    return NonceIssued(nonce, expires_at)


async def burn_nonce(
    session: AsyncSession,
    reset: Reset,
    *,
    conversation_id: str,
    purpose: NoncePurpose,
    nonce: str,
    now: datetime,
) -> Recorded:
    """Judges and burns what a press or a reply presents, for a reset that was just judged."""
    row = await _find(session, nonce)
    if row is None or row.reset_id != reset.id or row.conversation_id != conversation_id or row.purpose is not purpose:
        return Recorded.NOT_RECORDED
    if now >= row.expires_at or reset.state is ResetState.EXPIRED:
        return Recorded.EXPIRED
    if await awaited_press(session, reset) is not purpose:
        return Recorded.NOT_RECORDED
    burnt = await session.scalar(
        update(ConfirmationNonce)
        .where(ConfirmationNonce.id == row.id, ConfirmationNonce.ended_at.is_(None))
        .values(ended_at=now)
        .returning(ConfirmationNonce.id)
    )
    return Recorded.RECORDED if burnt is not None else Recorded.NOT_RECORDED


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


async def made_after(session: AsyncSession, nonce: str, moment: datetime) -> bool:
    """Whether a nonce is younger than a moment."""
    query = select(ConfirmationNonce.id).where(
        ConfirmationNonce.nonce == token_hash(nonce), ConfirmationNonce.created_at > moment
    )
    return await session.scalar(query) is not None


async def _find(session: AsyncSession, nonce: str) -> ConfirmationNonce | None:
    query = select(ConfirmationNonce).where(ConfirmationNonce.nonce == token_hash(nonce))
    row: ConfirmationNonce | None = await session.scalar(query.with_for_update())
    return row
