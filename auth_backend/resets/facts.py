"""A reset as one conversation sees it, for bot and actions (docs/interfaces.md, `facts`).

Before both proofs nothing here depends on whether an address is known, or whose it is.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.freeze import frozen
from auth_backend.accounts.queries import get_user
from auth_backend.codes.accept import ATTEMPTS
from auth_backend.codes.models import CodePurpose, OneTimeCode
from auth_backend.conversations.models import Conversation
from auth_backend.conversations.service import judge_standing
from auth_backend.limits.policy import SENDING_PAUSE
from auth_backend.resets.models import Claim, Proof, ProofKind, Reset, ResetState
from auth_backend.resets.notices import removed_entries, told
from auth_backend.resets.policy import Refusal
from auth_backend.resets.proving.password import awaits_return_code
from auth_backend.resets.queries import newest_claim, newest_code, newest_reset, proofs_of, reset_of_claim
from auth_backend.resets.states import PROVABLE
from httpkit.clock import iso

STAGE_OF = {
    ResetState.READY: "ready",
    ResetState.AWAITING_OWNER: "awaiting_owner",
    ResetState.CONFIRMED: "confirmed",
    ResetState.SCHEDULED: "scheduled",
    ResetState.EXECUTED: "executed",
    ResetState.ENROLLED: "executed",
    ResetState.REFUSED: "refused",
    ResetState.EXPIRED: "expired",
    ResetState.CANCELLED: "cancelled",
    ResetState.DISPUTED: "disputed",
    ResetState.UNDONE: "undone",
}


NOT_THE_OWNERS = frozenset({Refusal.NOT_OWNER, Refusal.ASKED_ALREADY, Refusal.ASKED_TOO_OFTEN, Refusal.OWNER_SAID_NO})
"""Refusals that only somebody who isn't the owner gets."""


async def conversation_facts(session: AsyncSession, conversation: Conversation, *, now: datetime) -> dict[str, Any]:
    """What the conversation is about now: its open claim, or the reset that its newest claim made. Reads only."""
    claim = await newest_claim(session, conversation.id)
    reset = await reset_of_claim(session, claim.id) if claim is not None else None
    return await _facts(session, conversation, claim, reset, now=now)


async def reset_status(session: AsyncSession, conversation: Conversation, *, now: datetime) -> dict[str, Any]:
    """The same about the newest reset of the conversation, whatever was claimed since; stage `none` without one."""
    reset = await newest_reset(session, conversation.id)
    claim = await session.get(Claim, reset.claim_id) if reset is not None and reset.claim_id else None
    return await _facts(session, conversation, claim, reset, now=now)


async def _facts(
    session: AsyncSession, conversation: Conversation, claim: Claim | None, reset: Reset | None, *, now: datetime
) -> dict[str, Any]:
    proofs = await proofs_of(session, reset.id) if reset is not None else {}
    stage = await _stage(session, claim, reset, proofs, now=now)
    return {
        "conversation_id": conversation.id,
        "stage": stage,
        "standing": (await judge_standing(session, conversation, now=now)).standing.value,
        "claim": await _claim(session, claim, reset, stage) if claim is not None else None,
        "proofs": {
            "email": _at(proofs, ProofKind.EMAIL),
            "password": _at(proofs, ProofKind.PASSWORD),
            "owner": _owner(reset, proofs),
        },
        "proofs_until": iso(reset.proving_until) if reset is not None and reset.state in PROVABLE else None,
        "last_code": claim.last_code if claim is not None else None,
        "refusal": reset.refusal if reset is not None and reset.state is ResetState.REFUSED else None,
        "frozen_until": await _frozen_until(session, reset, now=now),
        "reset": await _reset(session, reset, proofs, now=now) if reset is not None else None,
    }


async def _stage(
    session: AsyncSession,
    claim: Claim | None,
    reset: Reset | None,
    proofs: Mapping[ProofKind, Proof],
    *,
    now: datetime,
) -> str:
    if claim is None:
        return "none"
    if reset is None:
        is_open = claim.ended_at is None and now < claim.expires_at
        return "cancelled" if claim.end_reason == "stopped" else "code" if is_open else "expired"
    if reset.state in PROVABLE and now >= reset.proving_until:
        return "expired"
    if reset.state is ResetState.PROVING:
        return "return_code" if await awaits_return_code(session, reset, now=now) else "password"
    asks = reset.state is ResetState.READY and ProofKind.OWNER not in proofs
    return "ask_owner" if asks else STAGE_OF[reset.state]


async def _claim(session: AsyncSession, claim: Claim, reset: Reset | None, stage: str) -> dict[str, Any]:
    """The address as typed, and the code that is awaited: the mailed one, or the return code in its turn."""
    mailed = await newest_code(session, CodePurpose.RESET_EMAIL, claim.id)
    awaited = mailed
    if stage == "return_code" and reset is not None:
        awaited = await newest_code(session, CodePurpose.RETURN, reset.id)
    return {
        "address": claim.address,
        "sent_at": iso(mailed.created_at) if mailed else None,
        "expires_at": iso(awaited.expires_at) if awaited else None,
        "resend_at": iso(mailed.created_at + SENDING_PAUSE) if mailed else None,
        "attempts_left": ATTEMPTS - awaited.attempts if awaited else 0,
        "spent": _is_spent(awaited),
        "from_session": claim.from_session,
    }


def _is_spent(code: OneTimeCode | None) -> bool:
    return code is not None and code.end_reason in {"attempts", "burnt"}


async def _frozen_until(session: AsyncSession, reset: Reset | None, *, now: datetime) -> str | None:
    """Until when changes are on hold, for who was refused because of it: after both proofs only."""
    if reset is None or reset.state is not ResetState.REFUSED or reset.refusal != Refusal.FROZEN.value:
        return None
    user = await get_user(session, reset.target_id)
    hold = frozen(user, now=now) if user is not None else None
    return iso(hold.until) if hold is not None else None


def _at(proofs: dict[ProofKind, Proof], kind: ProofKind) -> str | None:
    return iso(proofs[kind].at) if kind in proofs else None


def _owner(reset: Reset | None, proofs: Mapping[ProofKind, Proof]) -> bool | None:
    """Unknown until both other proofs stand."""
    if reset is None or not {ProofKind.EMAIL, ProofKind.PASSWORD} <= proofs.keys():
        return None
    if ProofKind.OWNER in proofs:
        return True
    is_member = reset.state in {ResetState.READY, ResetState.AWAITING_OWNER} or reset.refusal in NOT_THE_OWNERS
    return False if is_member else None


async def _reset(
    session: AsyncSession, reset: Reset, proofs: dict[ProofKind, Proof], *, now: datetime
) -> dict[str, Any] | None:
    """Named once the password was given too; what it removes and whom it tells are the owner's business alone."""
    if ProofKind.PASSWORD not in proofs:
        return None
    removes: list[dict[str, Any]] = []
    tells: list[str] = []
    user = await get_user(session, reset.target_id)
    if ProofKind.OWNER in proofs and user is not None:
        removes = reset.removed
        if reset.confirmed_at is None and reset.state is ResetState.READY:
            removes = await removed_entries(session, user, now=now)
        tells = await told(session, user, reset, removes, now=now)
    return {
        "reference": reset.reference,
        "removes": removes,
        "reason": reset.reason,
        "owner_may_decide_until": iso(reset.owner_may_decide_until),
        "scheduled_for": iso(reset.scheduled_for),
        "executed_at": iso(reset.executed_at),
        "enrolled": reset.state is ResetState.ENROLLED,
        "told": tells,
        "status_url": None,
    }
