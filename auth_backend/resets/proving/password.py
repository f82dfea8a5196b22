"""The second proof: a password that is right on the verify page, there or, from another browser, by a return code."""

import secrets
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.models import User
from auth_backend.accounts.queries import lock_user
from auth_backend.audit.tags import Tag
from auth_backend.codes.accept import (
    accept_code,
)
from auth_backend.codes.issue import IssuedCode, issue_code
from auth_backend.codes.models import CodePurpose
from auth_backend.conversations.models import Conversation
from auth_backend.conversations.service import judge_standing
from auth_backend.limits.policy import Caller
from auth_backend.resets.events import ChatEvent, note, tell_chat
from auth_backend.resets.judging import expire, judge
from auth_backend.resets.models import Proof, ProofKind, Reset, ResetState
from auth_backend.resets.policy import (
    CONSONANTS,
    RETURN_CODE_FOR,
    RETURN_CODE_LETTERS,
    letters_of_return_code,
    normalise_return_code,
)
from auth_backend.resets.proving.claims import caller_of
from auth_backend.resets.proving.outcomes import CodeResult, name_of, record_refused
from auth_backend.resets.queries import (
    lock_claim,
    lock_reset,
    newest_code,
    newest_reset,
    proofs_of,
)
from auth_backend.services import Services


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
    await add_password(session, services, reset, user, "verify_page", at=now, now=now)
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
        await add_password(session, services, reset, user, "verify_page_other_browser", at=now, now=now)
    else:
        await record_refused(
            session, services, claim, user=user, proof=ProofKind.PASSWORD, caller=caller, result=result, now=now
        )
    return result


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


async def add_password(
    session: AsyncSession, services: Services, reset: Reset, user: User, channel: str, *, at: datetime, now: datetime
) -> None:
    session.add(Proof(reset_id=reset.id, kind=ProofKind.PASSWORD, channel=channel, at=at))
    await session.flush()
    await note(session, services, Tag.RESET_PROVEN, reset, now=now, data={"proof": "password", "channel": channel})
    await judge(session, services, reset, user, now=now)
