"""The second notice address: one more mailbox that hears of every change. It is never a proof and gets no codes to
sign in with.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.addresses import mask_address
from auth_backend.accounts.models import User
from auth_backend.audit.tags import Tag
from auth_backend.client_facts import ClientFacts
from auth_backend.codes.accept import CodeAccepted, CodeOutcome
from auth_backend.factors.notices import tell_everywhere
from auth_backend.login.change_right import ChangeRefused, lock_for_change
from auth_backend.login.second_step import record_step
from auth_backend.login.sessions import CurrentSession
from auth_backend.outbox.mails import MailKind
from auth_backend.services import Services
from auth_backend.sign_in_data.address_proof import Asked, ask_for_address, judge_address_code, pending_address
from auth_backend.sign_in_data.models import AddressUse


@dataclass(frozen=True)
class NothingWaits:
    """No address waits for a code in this sign-in."""


@dataclass(frozen=True)
class NoticeAddressSet:
    """It hears of everything from now on."""


async def ask_notice_address(
    session: AsyncSession,
    services: Services,
    current: CurrentSession,
    address: str,
    *,
    facts: ClientFacts,
    now: datetime,
) -> Asked | ChangeRefused:
    """Sends a code to a normalised address that is not the one on file."""
    live = await lock_for_change(session, current, contact=True, now=now)
    if isinstance(live, ChangeRefused):
        return live
    return await ask_for_address(session, services, live, AddressUse.NOTICE, address, facts=facts, now=now)


async def confirm_notice_address(
    session: AsyncSession, services: Services, current: CurrentSession, code: str, *, facts: ClientFacts, now: datetime
) -> NoticeAddressSet | CodeOutcome | NothingWaits | ChangeRefused:
    """Judges the code from the new mailbox and puts the address on file. Old and new mailbox are told."""
    live = await lock_for_change(session, current, contact=True, now=now)
    if isinstance(live, ChangeRefused):
        return live
    pending = await pending_address(session, live, AddressUse.NOTICE, now=now)
    if pending is None:
        return NothingWaits()
    outcome = await judge_address_code(session, services, live, pending, code, facts=facts, now=now)
    if not isinstance(outcome, CodeAccepted):
        return outcome
    pending.ended_at, pending.end_reason = now, "confirmed"
    former, live.user.notice_email = live.user.notice_email, pending.address
    await session.flush()
    await _tell(session, services, live.user, former, now=now)
    await record_step(session, services, live, Tag.NOTICE_ADDRESS_SET, {"ip": facts.ip}, now=now)
    return NoticeAddressSet()


async def remove_notice_address(
    session: AsyncSession, services: Services, current: CurrentSession, *, facts: ClientFacts, now: datetime
) -> ChangeRefused | None:
    """Takes it off the file; it hears of that, and then of nothing more."""
    live = await lock_for_change(session, current, contact=True, now=now)
    if isinstance(live, ChangeRefused):
        return live
    former, live.user.notice_email = live.user.notice_email, None
    if former is None:
        return None
    await session.flush()
    await _tell(session, services, live.user, former, now=now)
    await record_step(session, services, live, Tag.NOTICE_ADDRESS_REMOVED, {"ip": facts.ip}, now=now)
    return None


async def _tell(session: AsyncSession, services: Services, user: User, former: str | None, *, now: datetime) -> None:
    await tell_everywhere(
        session,
        services,
        user,
        MailKind.NOTICE_ADDRESS_CHANGED,
        now=now,
        also=(former,) if former else (),
        notice_address=mask_address(user.notice_email) if user.notice_email else "",
    )
