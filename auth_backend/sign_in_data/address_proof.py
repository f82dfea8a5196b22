"""Showing that one reads the mailbox of a new address: a code sent there, typed in the session that asked."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.addresses import user_subject
from auth_backend.audit.tags import Tag
from auth_backend.client_facts import ClientFacts
from auth_backend.codes.accept import CodeAccepted, CodeOutcome, accept_code
from auth_backend.codes.issue import issue_code
from auth_backend.codes.models import CodePurpose
from auth_backend.db import new_id
from auth_backend.factors.base import CodeNotSent, CodeSent, Sent
from auth_backend.limits.destinations import named_by_anybody
from auth_backend.limits.policy import Caller
from auth_backend.limits.sendings import SendingRefused, ask_to_send
from auth_backend.login.live import caller_of
from auth_backend.login.second_step import record_step
from auth_backend.login.sessions import CurrentSession
from auth_backend.outbox.codes import send_mailed_code
from auth_backend.services import Services
from auth_backend.sign_in_data.models import AddressUse, PendingAddress

PENDING_FOR = timedelta(minutes=30)
"""How long a typed address waits for its code; new codes don't prolong it."""

PURPOSES = {AddressUse.NOTICE: CodePurpose.NOTICE_ADDRESS, AddressUse.SIGN_IN: CodePurpose.NEW_EMAIL}


@dataclass(frozen=True)
class Asked:
    """The address that waits, and whether a code left for it now."""

    pending: PendingAddress
    sent: Sent


async def ask_for_address(
    session: AsyncSession,
    services: Services,
    live: CurrentSession,
    use: AddressUse,
    address: str,
    *,
    facts: ClientFacts,
    now: datetime,
) -> Asked:
    """Sends a code to an address that was typed; `live` is locked and may change sign-in data.

    The one that waited before is forgotten when the new one's code left. Whether anybody has the address is not looked
    at: only who reads its mailbox gets to know.
    """
    waiting = await pending_address(session, live, use, now=now)
    pending = waiting
    if pending is None or pending.address != address:
        pending = PendingAddress(
            id=new_id(), user_id=live.user.id, use=use, address=address, created_at=now, expires_at=now + PENDING_FOR
        )
    sent = await _send(session, services, live, pending, facts=facts, now=now)
    if isinstance(sent, CodeSent) and pending is not waiting:
        await _end_waiting(session, live.user.id, use, "replaced", now=now)
        session.add(pending)
        await session.flush()
    return Asked(pending, sent)


async def judge_address_code(
    session: AsyncSession,
    services: Services,
    live: CurrentSession,
    pending: PendingAddress,
    code: str,
    *,
    facts: ClientFacts,
    now: datetime,
) -> CodeOutcome:
    """Judges the code from the new mailbox; `live` is locked. What a right one is good for is the caller's."""
    outcome = await accept_code(
        session,
        services.keys,
        purpose=PURPOSES[pending.use],
        binding=pending.id,
        code=code,
        caller=await caller_of(session, live.user, facts, Caller.SIGNED_IN, now=now),
        now=now,
    )
    if not isinstance(outcome, CodeAccepted):
        data = {"purpose": PURPOSES[pending.use].value, "outcome": type(outcome).__name__, "ip": facts.ip}
        await record_step(session, services, live, Tag.CODE_REFUSED, data, now=now)
    return outcome


async def pending_address(
    session: AsyncSession, live: CurrentSession, use: AddressUse, *, now: datetime
) -> PendingAddress | None:
    """What was typed since this sign-in's password and waits; what an older sign-in left behind doesn't count."""
    query = select(PendingAddress).where(
        PendingAddress.user_id == live.user.id,
        PendingAddress.use == use,
        PendingAddress.ended_at.is_(None),
        PendingAddress.expires_at > now,
        PendingAddress.created_at >= live.row.password_at,
    )
    row: PendingAddress | None = await session.scalar(query.order_by(PendingAddress.created_at.desc()).limit(1))
    return row


async def _end_waiting(session: AsyncSession, user_id: str, use: AddressUse, reason: str, *, now: datetime) -> None:
    await session.execute(
        update(PendingAddress)
        .where(PendingAddress.user_id == user_id, PendingAddress.use == use, PendingAddress.ended_at.is_(None))
        .values(ended_at=now, end_reason=reason)
    )


async def _send(
    session: AsyncSession,
    services: Services,
    live: CurrentSession,
    pending: PendingAddress,
    *,
    facts: ClientFacts,
    now: datetime,
) -> Sent:
    user, purpose = live.user, PURPOSES[pending.use]
    caller = await caller_of(session, user, facts, Caller.SIGNED_IN, now=now)
    judged = await ask_to_send(
        session,
        subject=user_subject(user.id),
        channel=f"address:{pending.use.value}",
        caller=caller,
        destination=named_by_anybody(services.keys, pending.address),
        now=now,
    )
    if isinstance(judged, SendingRefused):
        return CodeNotSent(judged.until)
    issued = await issue_code(
        session,
        services.keys,
        subject=user_subject(user.id),
        user_id=user.id,
        purpose=purpose,
        binding=pending.id,
        caller=caller,
        now=now,
    )
    await send_mailed_code(
        session,
        services,
        user=user,
        issued=issued,
        purpose=purpose,
        language=user.language,
        ip=facts.ip,
        user_agent=facts.user_agent,
        to=pending.address,
        now=now,
    )
    return CodeSent(judged.next_at)
