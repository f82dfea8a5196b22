"""Proofs: the mailed code, and the password, each bound to one reset in one conversation."""

import secrets
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.models import User
from auth_backend.accounts.queries import NOBODY, lock_user
from auth_backend.audit.service import record
from auth_backend.audit.tags import Tag
from auth_backend.codes.accept import (
    CodeAccepted,
    CodeExpired,
    CodeNotAwaited,
    CodeSpent,
    CodeThrottled,
    CodeWrong,
    accept_code,
)
from auth_backend.codes.accept import CodeOutcome as Accepted
from auth_backend.codes.issue import IssuedCode, issue_code
from auth_backend.codes.models import CodePurpose
from auth_backend.conversations.models import Conversation
from auth_backend.conversations.service import Judged, Standing, judge_standing
from auth_backend.db import new_id
from auth_backend.limits.policy import Caller
from auth_backend.resets.claims import caller_of
from auth_backend.resets.events import ChatEvent, note, tell_chat
from auth_backend.resets.judging import expire, judge
from auth_backend.resets.models import Claim, Proof, ProofKind, Reset, ResetState
from auth_backend.resets.policy import (
    CONSONANTS,
    PROVING_FOR,
    RETURN_CODE_FOR,
    RETURN_CODE_LETTERS,
    letters_of_return_code,
    normalise_digits,
    normalise_return_code,
    password_is_carried,
)
from auth_backend.resets.queries import (
    list_open_resets,
    lock_claim,
    lock_reset,
    named_another_address,
    newest_claim,
    newest_code,
    newest_reset,
    proofs_of,
)
from auth_backend.resets.states import PROVABLE
from auth_backend.resets.told_events import draw_reference
from auth_backend.services import Services


class CodeResult(StrEnum):
    """What became of a code that was handed in (docs/interfaces.md)."""

    ACCEPTED = "accepted"
    WRONG = "wrong"
    SPENT = "spent"
    EXPIRED = "expired"
    THROTTLED = "throttled"
    NOT_AWAITED = "not_awaited"


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
        await _record_refused(
            session, services, claim, user=user, proof=ProofKind.EMAIL, caller=caller, result=result, now=now
        )
    return result


async def prove_return_code(
    session: AsyncSession, services: Services, conversation: Conversation, code: str, *, now: datetime
) -> CodeResult:
    """Judges the return code that a page in another browser showed; the right one makes that password a proof."""
    reset = await newest_reset(session, conversation.id)
    if reset is None or reset.state is not ResetState.PROVING:
        return CodeResult.NOT_AWAITED
    user = await lock_user(session, reset.target_id)
    reset = await lock_reset(session, reset.id)
    if user is None or reset.state is not ResetState.PROVING:
        return CodeResult.NOT_AWAITED
    assert reset.claim_id is not None  # it was opened in a chat
    claim = await lock_claim(session, reset.claim_id)
    if now >= reset.proving_until:
        await expire(session, services, reset, now=now)
        return CodeResult.EXPIRED
    judged = await judge_standing(session, conversation, now=now)
    caller = await caller_of(session, conversation, judged, claim.user_id, now=now)
    outcome = await accept_code(
        session,
        services.keys,
        purpose=CodePurpose.RETURN,
        binding=reset.id,
        code=normalise_return_code(code) or code,
        caller=caller,
        now=now,
    )
    result = name_of(outcome)
    if result is not CodeResult.NOT_AWAITED:
        claim.last_code = result.value
    if result is CodeResult.ACCEPTED:
        await _add_password(session, services, reset, user, "verify_page_other_browser", at=now, now=now)
    else:
        await _record_refused(
            session, services, claim, user=user, proof=ProofKind.PASSWORD, caller=caller, result=result, now=now
        )
    return result


async def prove_password_here(
    session: AsyncSession, services: Services, reset: Reset, user: User, *, password_epoch: int, now: datetime
) -> bool:
    """Makes a password that was right in the conversation's own browser a proof. `user` is locked.

    `password_epoch` was read before the password was judged: if it was changed since, execution will notice. False:
    nothing is awaited here any more.
    """
    reset = await lock_reset(session, reset.id)
    if not await awaits_password(session, reset, now=now):
        return False
    reset.fact_password_epoch = password_epoch
    await _add_password(session, services, reset, user, "verify_page", at=now, now=now)
    await tell_chat(session, services, reset.conversation_id, ChatEvent.PROOF_GIVEN, now=now)
    return True


async def show_return_code(
    session: AsyncSession, services: Services, reset: Reset, user: User, *, password_epoch: int, now: datetime
) -> IssuedCode | None:
    """After a right password in another browser: a return code for the reset's chat. Without it nothing is proven."""
    reset = await lock_reset(session, reset.id)
    if not await awaits_password(session, reset, now=now):
        return None
    reset.fact_password_epoch = password_epoch
    issued = await issue_code(
        session,
        services.keys,
        subject=f"user:{user.id}",
        user_id=user.id,
        purpose=CodePurpose.RETURN,
        binding=reset.id,
        caller=Caller.ANONYMOUS,
        now=now,
        code=letters_of_return_code(secrets.randbelow(len(CONSONANTS)) for _ in range(RETURN_CODE_LETTERS)),
        lifetime=RETURN_CODE_FOR,
    )
    await tell_chat(session, services, reset.conversation_id, ChatEvent.RESET_CHANGED, now=now)
    await note(session, services, Tag.CODE_SENT, reset, now=now, data={"proof": "password", "code": "return"})
    return issued


async def awaits_password(session: AsyncSession, reset: Reset, *, now: datetime) -> bool:
    """Whether the password is the proof that is missing."""
    if reset.state is not ResetState.PROVING or now >= reset.proving_until:
        return False
    return ProofKind.PASSWORD not in await proofs_of(session, reset.id)


async def awaits_return_code(session: AsyncSession, reset: Reset, *, now: datetime) -> bool:
    """Whether a return code is shown somewhere and still good."""
    if not await awaits_password(session, reset, now=now):
        return False
    code = await newest_code(session, CodePurpose.RETURN, reset.id)
    return code is not None and code.ended_at is None and now < code.expires_at


def name_of(outcome: Accepted) -> CodeResult:
    """An outcome's name in the interfaces."""
    match outcome:
        case CodeAccepted():
            return CodeResult.ACCEPTED
        case CodeWrong():
            return CodeResult.WRONG
        case CodeSpent():
            return CodeResult.SPENT
        case CodeExpired():
            return CodeResult.EXPIRED
        case CodeThrottled():
            return CodeResult.THROTTLED
        case CodeNotAwaited():
            return CodeResult.NOT_AWAITED


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
        await _add_password(session, services, reset, user, "login", at=typed_at, now=now)


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


async def _add_password(
    session: AsyncSession, services: Services, reset: Reset, user: User, channel: str, *, at: datetime, now: datetime
) -> None:
    session.add(Proof(reset_id=reset.id, kind=ProofKind.PASSWORD, channel=channel, at=at))
    await session.flush()
    await note(session, services, Tag.RESET_PROVEN, reset, now=now, data={"proof": "password", "channel": channel})
    await judge(session, services, reset, user, now=now)


async def _supersede(session: AsyncSession, services: Services, newer: Reset, *, now: datetime) -> None:
    """A later proven claim ends the user's resets that are not confirmed, in whatever conversation."""
    for older in await list_open_resets(session, newer.target_id, PROVABLE):
        if older.id == newer.id:
            continue
        ended = await expire(session, services, older, now=now, tag=Tag.RESET_SUPERSEDED)
        if ended and older.conversation_id != newer.conversation_id:
            await tell_chat(session, services, older.conversation_id, ChatEvent.RESET_CHANGED, now=now)


async def new_reference(session: AsyncSession) -> str:
    """A short name for people to quote; it opens nothing."""
    while True:
        reference = draw_reference()
        if await session.scalar(select(Reset.id).where(Reset.reference == reference)) is None:
            return reference


async def _record_refused(
    session: AsyncSession,
    services: Services,
    claim: Claim,
    *,
    user: User | None,
    proof: ProofKind,
    caller: Caller,
    result: CodeResult,
    now: datetime,
) -> None:
    """A wrong code counts as a failed proof (it is a risk); one that was not judged is recorded as just that."""
    await record(
        session,
        services.keys,
        Tag.RESET_PROOF_REFUSED if result is CodeResult.WRONG else Tag.CODE_REFUSED,
        now=now,
        actor=f"conversation:{claim.conversation_id}",
        user_id=user.id if user else None,
        account_id=user.account_id if user else None,
        data={"claim": claim.id, "proof": proof.value, "caller": caller.value, "result": result.value},
    )
