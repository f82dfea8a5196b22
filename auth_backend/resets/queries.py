"""Reading and locking claims, resets and what belongs to them."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.audit.models import AuditEvent
from auth_backend.audit.tags import Tag
from auth_backend.codes.models import CodePurpose, OneTimeCode
from auth_backend.conversations.models import Conversation
from auth_backend.resets.models import (
    Claim,
    ConfirmationNonce,
    LinkPower,
    Proof,
    ProofKind,
    Reset,
    ResetLink,
    ResetState,
)
from auth_backend.resets.policy import FAILED_PROOFS_WINDOW, FailedProof
from auth_backend.resets.states import CANCELLABLE, PROVABLE, may_move


async def newest_claim(session: AsyncSession, conversation_id: str) -> Claim | None:
    """The claim that a conversation is about: the open one, else the newest that was not replaced."""
    query = (
        select(Claim)
        .where(Claim.conversation_id == conversation_id, Claim.end_reason.is_distinct_from("replaced"))
        .order_by(Claim.ended_at.is_(None).desc(), Claim.created_at.desc(), Claim.ended_at.desc(), Claim.id)
        .limit(1)
        .execution_options(populate_existing=True)
    )
    claim: Claim | None = await session.scalar(query)
    return claim


async def lock_claim(session: AsyncSession, claim_id: str) -> Claim:
    """A claim as it is now, locked."""
    query = select(Claim).where(Claim.id == claim_id).with_for_update().execution_options(populate_existing=True)
    claim = await session.scalar(query)
    assert claim is not None
    return claim


async def named_another_address(session: AsyncSession, conversation_id: str, subject: str) -> bool:
    """Whether anybody but `subject` was ever named in the conversation."""
    query = select(Claim.id).where(Claim.conversation_id == conversation_id, Claim.subject != subject).limit(1)
    return await session.scalar(query) is not None


async def reset_of_claim(session: AsyncSession, claim_id: str) -> Reset | None:
    """The reset that a claim's proven code made."""
    reset: Reset | None = await session.scalar(
        select(Reset).where(Reset.claim_id == claim_id).execution_options(populate_existing=True)
    )
    return reset


async def newest_reset(session: AsyncSession, conversation_id: str) -> Reset | None:
    """The reset that was opened last in a conversation."""
    query = (
        select(Reset)
        .where(Reset.conversation_id == conversation_id)
        .order_by(Reset.ended_at.is_(None).desc(), Reset.created_at.desc(), Reset.id)
        .limit(1)
        .execution_options(populate_existing=True)
    )
    reset: Reset | None = await session.scalar(query)
    return reset


async def lock_reset(session: AsyncSession, reset_id: str) -> Reset:
    """A reset as it is now, locked. The target's row is locked before it, always: that is the one order."""
    query = select(Reset).where(Reset.id == reset_id).with_for_update().execution_options(populate_existing=True)
    reset = await session.scalar(query)
    assert reset is not None
    return reset


async def move(session: AsyncSession, reset: Reset, to: ResetState, **values: object) -> bool:
    """Moves a reset along one arrow of the diagram; one of many racers gets True."""
    if not may_move(reset.state, to):
        return False
    won = await session.scalar(
        update(Reset)
        .where(Reset.id == reset.id, Reset.state == reset.state)
        .values(state=to, **values)
        .returning(Reset.id)
        .execution_options(synchronize_session=False)
    )
    await session.refresh(reset)
    return won is not None


async def proofs_of(session: AsyncSession, reset_id: str) -> dict[ProofKind, Proof]:
    """The proofs that were given, by kind."""
    return {row.kind: row for row in await session.scalars(select(Proof).where(Proof.reset_id == reset_id))}


async def list_open_resets(
    session: AsyncSession, user_id: str, states: Collection[ResetState] = CANCELLABLE
) -> Sequence[Reset]:
    """Resets of a target that are in one of `states`, oldest first."""
    query = select(Reset).where(Reset.target_id == user_id, Reset.state.in_(states))
    return (
        await session.scalars(query.order_by(Reset.created_at, Reset.id).execution_options(populate_existing=True))
    ).all()


async def count_executed(session: AsyncSession, user_id: str, *, since: datetime) -> int:
    """How many resets of a target were executed after `since`, whatever became of them."""
    query = select(func.count()).select_from(Reset).where(Reset.target_id == user_id, Reset.executed_at > since)
    return await session.scalar(query) or 0


async def last_executed(session: AsyncSession, user_id: str) -> datetime | None:
    """When the newest reset of a target was executed, whatever became of it."""
    return await session.scalar(select(func.max(Reset.executed_at)).where(Reset.target_id == user_id))


async def newest_waited(session: AsyncSession, user_id: str) -> Reset | None:
    """The newest reset of a target that had to wait, whatever became of it."""
    query = select(Reset).where(Reset.target_id == user_id, Reset.scheduled_for.is_not(None))
    newest: Reset | None = await session.scalar(
        query.order_by(Reset.confirmed_at.desc(), Reset.id).limit(1).execution_options(populate_existing=True)
    )
    return newest


async def last_executed_id(session: AsyncSession, user_id: str) -> str | None:
    """The reset that was executed last and that nobody used to enrol yet."""
    query = select(Reset.id).where(Reset.target_id == user_id, Reset.state == ResetState.EXECUTED)
    reset_id: str | None = await session.scalar(query.order_by(Reset.executed_at.desc()).limit(1))
    return reset_id


async def other_reset_since(session: AsyncSession, reset: Reset, *, since: datetime) -> bool:
    """Whether another reset of the target was confirmed, or disputed, after `since`."""
    query = select(Reset.id).where(
        Reset.target_id == reset.target_id,
        Reset.id != reset.id,
        or_(
            Reset.confirmed_at > since,
            (Reset.state == ResetState.DISPUTED) & (Reset.ended_at > since),
        ),
    )
    return await session.scalar(query.limit(1)) is not None


async def list_failed_proofs(session: AsyncSession, user_id: str, *, now: datetime) -> list[FailedProof]:
    """Wrong codes and passwords that were offered as this user's proofs in the last 24 h. The limits bound their
    number.
    """
    query = select(AuditEvent.actor, AuditEvent.data).where(
        AuditEvent.user_id == user_id,
        AuditEvent.tag == Tag.RESET_PROOF_REFUSED.value,
        AuditEvent.at > now - FAILED_PROOFS_WINDOW,
    )
    events = [(actor.removeprefix("conversation:"), data) for actor, data in (await session.execute(query)).all()]
    of = select(Conversation.id, Conversation.browser).where(Conversation.id.in_({chat for chat, _ in events}))
    browsers = {row.id: row.browser for row in (await session.execute(of)).all()}
    return [FailedProof(data.get("proof", ""), data.get("caller", ""), browsers.get(chat)) for chat, data in events]


async def newest_code(session: AsyncSession, purpose: CodePurpose, binding: str) -> OneTimeCode | None:
    """The code that counts for a claim or reset."""
    query = (
        select(OneTimeCode)
        .where(OneTimeCode.purpose == purpose, OneTimeCode.binding == binding)
        .order_by(OneTimeCode.ended_at.is_(None).desc(), OneTimeCode.created_at.desc(), OneTimeCode.id)
        .limit(1)
        .execution_options(populate_existing=True)
    )
    code: OneTimeCode | None = await session.scalar(query)
    return code


async def link_of_token(session: AsyncSession, token_hash: str, power: LinkPower) -> ResetLink | None:
    """A link by its token's hash, for one power alone."""
    query = select(ResetLink).where(ResetLink.token == token_hash, ResetLink.power == power)
    link: ResetLink | None = await session.scalar(query.execution_options(populate_existing=True))
    return link


async def end_links(session: AsyncSession, reset_id: str, power: LinkPower, *, now: datetime) -> None:
    """Ends a reset's links of one power."""
    await session.execute(
        update(ResetLink)
        .where(ResetLink.reset_id == reset_id, ResetLink.power == power, ResetLink.ended_at.is_(None))
        .values(ended_at=now)
    )


async def end_nonces(session: AsyncSession, reset_id: str, *, now: datetime) -> None:
    """Ends a reset's open nonces."""
    await session.execute(
        update(ConfirmationNonce)
        .where(ConfirmationNonce.reset_id == reset_id, ConfirmationNonce.ended_at.is_(None))
        .values(ended_at=now)
    )


async def due_resets(session: AsyncSession, *, now: datetime, limit: int) -> Sequence[str]:
    """Ids of the scheduled resets whose time has come, the longest waiting first."""
    query = select(Reset.id).where(Reset.state == ResetState.SCHEDULED, Reset.scheduled_for <= now)
    return (await session.scalars(query.order_by(Reset.scheduled_for, Reset.id).limit(limit))).all()


async def stale_resets(
    session: AsyncSession, *, now: datetime, confirmed_before: datetime, limit: int
) -> Sequence[str]:
    """Ids of resets whose proofs ran out before the yes, whose yes was never carried out, or whose owner was silent."""
    query = select(Reset.id).where(
        (Reset.state.in_(PROVABLE) & (Reset.proving_until <= now))
        | ((Reset.state == ResetState.CONFIRMED) & (Reset.confirmed_at <= confirmed_before))
        | ((Reset.state == ResetState.AWAITING_OWNER) & (Reset.owner_may_decide_until <= now))
    )
    return (await session.scalars(query.order_by(Reset.created_at, Reset.id).limit(limit))).all()
