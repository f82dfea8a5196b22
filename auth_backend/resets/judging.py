"""Judging a reset against what is true now: ready, refused or expired. The target's row is locked by the caller."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.freeze import frozen
from auth_backend.accounts.models import Account, User
from auth_backend.approvals.models import Decision
from auth_backend.approvals.policy import hindrance_to_asking
from auth_backend.approvals.queries import earlier_requests, request_of_reset
from auth_backend.audit.tags import Tag
from auth_backend.factors.queries import live_factors
from auth_backend.resets.events import note
from auth_backend.resets.models import LinkPower, Proof, ProofKind, Reset, ResetState
from auth_backend.resets.policy import EXECUTED_WINDOW, Facts, Refusal, Situation, refusal_of
from auth_backend.resets.queries import count_executed, end_links, end_nonces, move, proofs_of
from auth_backend.resets.states import PROVABLE
from auth_backend.services import Services


async def fresh_account(session: AsyncSession, user: User) -> Account | None:
    """The user's account as it is now; None for the desk's people, and for who was removed."""
    if user.account_id is None or user.removed_at is not None:
        return None
    return await session.get(Account, user.account_id, populate_existing=True)


def recorded_facts(reset: Reset) -> Facts:
    """What was written down when the proofs and the yes were given."""
    return Facts(
        owner_id=reset.fact_owner_id,
        email=reset.fact_email,
        password_epoch=reset.fact_password_epoch,
        factor_epoch=reset.fact_factor_epoch,
    )


def present_facts(user: User, account: Account | None) -> Facts:
    """The same of the present."""
    return Facts(
        owner_id=account.owner_id if account else None,
        email=user.email,
        password_epoch=user.password_epoch,
        factor_epoch=user.factor_epoch,
    )


async def situation_of(session: AsyncSession, reset: Reset, user: User, *, now: datetime) -> Situation:
    """Everything the refusals are judged by."""
    account = await fresh_account(session, user)
    return Situation(
        facts_hold=recorded_facts(reset).hold(present_facts(user, account)),
        is_owner=await _owner_agrees(session, reset, account),
        has_live_factor=bool(await live_factors(session, user.id)),
        state=user.state,
        enrol_reason=user.enrol_reason,
        enrol_right_until=user.enrol_right_until,
        frozen=frozen(user, now=now) is not None,
        executed_lately=await count_executed(session, user.id, since=now - EXECUTED_WINDOW),
    )


async def _owner_agrees(session: AsyncSession, reset: Reset, account: Account | None) -> bool:
    """Whether the account's present owner is who asks, or approved of it (the third proof, judged anew each time)."""
    if account is None or account.id != reset.account_id or account.owner_id is None:
        return False
    if account.owner_id == reset.requester_id:
        return True
    request = await request_of_reset(session, reset.id)
    return request is not None and request.decision is Decision.APPROVED and request.owner_id == account.owner_id


async def judge(session: AsyncSession, services: Services, reset: Reset, user: User, *, now: datetime) -> None:
    """Moves a reset that is being proven to where it belongs now. With one proof missing it stays where it is."""
    if reset.state not in PROVABLE:
        return
    if now >= reset.proving_until:
        await expire(session, services, reset, now=now)
        return
    proofs = await proofs_of(session, reset.id)
    if not {ProofKind.EMAIL, ProofKind.PASSWORD} <= proofs.keys():
        return
    situation = await situation_of(session, reset, user, now=now)
    refusal = refusal_of(situation, now=now)
    if refusal is Refusal.NOT_OWNER and ProofKind.OWNER not in proofs:
        refusal = await _refusal_of_asking(session, reset, user, situation, now=now)
    elif refusal not in {Refusal.NOT_OWNER, Refusal.FACTS_CHANGED} and ProofKind.OWNER not in proofs:
        session.add(Proof(reset_id=reset.id, kind=ProofKind.OWNER, channel="account", at=now))
        await session.flush()
    if refusal is not None:
        await refuse(session, services, reset, refusal, Tag.RESET_REFUSED, now=now)
    elif reset.state is ResetState.PROVING and await move(session, reset, ResetState.READY):
        await note(session, services, Tag.RESET_READY, reset, now=now)


async def _refusal_of_asking(
    session: AsyncSession, reset: Reset, user: User, situation: Situation, *, now: datetime
) -> Refusal | None:
    """Why a member's own reset can't even be put to the owner; None when it can. A member asks for nobody else."""
    account = await fresh_account(session, user)
    asks_for_self = reset.requester_id == reset.target_id == user.id
    if account is None or account.id != reset.account_id or account.owner_id is None or not asks_for_self:
        return Refusal.NOT_OWNER
    hopeless = refusal_of(replace(situation, is_owner=True), now=now)
    return hopeless or hindrance_to_asking(await earlier_requests(session, user.id, now=now), now=now)


async def refuse(
    session: AsyncSession,
    services: Services,
    reset: Reset,
    refusal: Refusal,
    tag: Tag,
    *,
    now: datetime,
    actor: str | None = None,
) -> None:
    """Ends a reset with a reason."""
    if await move(session, reset, ResetState.REFUSED, refusal=refusal.value, ended_at=now):
        await close(session, reset, now=now)
        await note(session, services, tag, reset, now=now, data={"refusal": refusal.value}, actor=actor)


async def expire(
    session: AsyncSession, services: Services, reset: Reset, *, now: datetime, tag: Tag = Tag.RESET_EXPIRED
) -> bool:
    """Ends a reset whose time is over, or (`tag`) that a later proven one supersedes. True for the one that did it."""
    if not await move(session, reset, ResetState.EXPIRED, ended_at=now):
        return False
    await close(session, reset, now=now)
    await note(session, services, tag, reset, now=now)
    return True


async def close(session: AsyncSession, reset: Reset, *, now: datetime) -> None:
    """Ends what could still move a reset: nonces, the verify link, the link to cancel. The status link stays."""
    await end_nonces(session, reset.id, now=now)
    for power in (LinkPower.VERIFY, LinkPower.CANCEL):
        await end_links(session, reset.id, power, now=now)
