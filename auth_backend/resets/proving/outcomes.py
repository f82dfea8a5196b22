"""What became of a code that was handed in, as interfaces and the record name it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.models import User
from auth_backend.audit.service import record
from auth_backend.audit.tags import Tag
from auth_backend.codes.accept import (
    CodeAccepted,
    CodeExpired,
    CodeNotAwaited,
    CodeSpent,
    CodeThrottled,
    CodeWrong,
)
from auth_backend.codes.accept import CodeOutcome as Accepted
from auth_backend.limits.policy import Caller
from auth_backend.resets.models import Claim, ProofKind
from auth_backend.services import Services


class CodeResult(StrEnum):
    """What became of a code that was handed in (docs/interfaces.md)."""

    ACCEPTED = "accepted"
    WRONG = "wrong"
    SPENT = "spent"
    EXPIRED = "expired"
    THROTTLED = "throttled"
    NOT_AWAITED = "not_awaited"


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


async def record_refused(
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
