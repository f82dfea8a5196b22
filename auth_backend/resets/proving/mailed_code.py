"""The first proof: the code mailed to the address on file, typed in the chat that asked for it. It makes the reset."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.models import User
from auth_backend.accounts.queries import NOBODY, lock_user
from auth_backend.audit.tags import Tag
from auth_backend.codes.accept import (
    CodeAccepted,
    accept_code,
)
from auth_backend.codes.models import CodePurpose
from auth_backend.conversations.models import Conversation
from auth_backend.conversations.service import Judged, Standing, judge_standing
from auth_backend.db import new_id
from auth_backend.resets.events import ChatEvent, note, tell_chat
from auth_backend.resets.judging import expire
from auth_backend.resets.models import Claim, Proof, ProofKind, Reset, ResetState
from auth_backend.resets.policy import (
    PROVING_FOR,
    normalise_digits,
    password_is_carried,
)
from auth_backend.resets.proving.claims import caller_of
from auth_backend.resets.proving.outcomes import CodeResult, name_of, record_refused
from auth_backend.resets.proving.password import add_password
from auth_backend.resets.queries import (
    list_open_resets,
    lock_claim,
    named_another_address,
    newest_claim,
)
from auth_backend.resets.reference import new_reference
from auth_backend.resets.states import PROVABLE
from auth_backend.services import Services


async def prove_email(
    session: AsyncSession, services: Services, conversation: Conversation, code: str, *, now: datetime
) -> CodeResult:
    """Judges a mailed code against this conversation's open claim; the right one makes the reset."""
    claim = await newest_claim(session, conversation.id)
    if claim is None:
        return CodeResult.NOT_AWAITED
    user = await lock_user(session, claim.user_id or NOBODY)
    claim = await lock_claim(session, claim.id)
    if claim.ended_at is not None:
        return CodeResult.EXPIRED if claim.end_reason == "expired" else CodeResult.NOT_AWAITED
    if now >= claim.expires_at:
        claim.ended_at, claim.end_reason, claim.last_code = now, "expired", CodeResult.EXPIRED.value
        return CodeResult.EXPIRED
    judged = await judge_standing(session, conversation, now=now)
    caller = await caller_of(session, conversation, judged, claim.user_id, now=now)
    outcome = await accept_code(
        session,
        services.keys,
        purpose=CodePurpose.RESET_EMAIL,
        binding=claim.id,
        code=normalise_digits(code) or code,
        caller=caller,
        now=now,
    )
    result = name_of(outcome)
    claim.last_code = result.value
    if isinstance(outcome, CodeAccepted) and user is not None and user.id == outcome.user_id:
        await _open_reset(session, services, conversation, claim, user=user, judged=judged, now=now)
    else:
        await record_refused(
            session, services, claim, user=user, proof=ProofKind.EMAIL, caller=caller, result=result, now=now
        )
    return result


async def _open_reset(
    session: AsyncSession,
    services: Services,
    conversation: Conversation,
    claim: Claim,
    *,
    user: User,
    judged: Judged,
    now: datetime,
) -> None:
    claim.ended_at, claim.end_reason = now, "proven"
    reset = Reset(
        id=new_id(),
        reference=await new_reference(session),
        conversation_id=conversation.id,
        claim_id=claim.id,
        account_id=user.account_id,
        requester_id=user.id,
        target_id=user.id,
        reason=claim.reason,
        language=claim.language,
        state=ResetState.PROVING,
        fact_email=claim.address,
        created_at=now,
        proving_until=now + PROVING_FOR,
    )
    session.add(reset)
    await session.flush()
    session.add(Proof(reset_id=reset.id, kind=ProofKind.EMAIL, channel="chat", at=now))
    await session.flush()
    await _supersede(session, services, reset, now=now)
    await note(session, services, Tag.RESET_PROVEN, reset, now=now, data={"proof": "email", "channel": "chat"})
    typed_at = await _carried_password(session, conversation, claim, user, judged, now=now)
    if typed_at is not None:
        reset.fact_password_epoch = user.password_epoch
        await add_password(session, services, reset, user, "login", at=typed_at, now=now)


async def _carried_password(
    session: AsyncSession, conversation: Conversation, claim: Claim, user: User, judged: Judged, *, now: datetime
) -> datetime | None:
    if judged.standing is not Standing.SECOND_STEP or not judged.is_of(user.id) or judged.login is None:
        return None
    other = await named_another_address(session, conversation.id, claim.subject)
    typed_at = judged.login.password_at
    carried = password_is_carried(
        typed_at=typed_at, changed_at=user.password_changed_at, other_address_named=other, now=now
    )
    return typed_at if carried else None


async def _supersede(session: AsyncSession, services: Services, newer: Reset, *, now: datetime) -> None:
    """A later proven claim ends the user's resets that are not confirmed, in whatever conversation."""
    for older in await list_open_resets(session, newer.target_id, PROVABLE):
        if older.id == newer.id:
            continue
        ended = await expire(session, services, older, now=now, tag=Tag.RESET_SUPERSEDED)
        if ended and older.conversation_id != newer.conversation_id:
            await tell_chat(session, services, older.conversation_id, ChatEvent.RESET_CHANGED, now=now)
