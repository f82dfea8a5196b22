"""Changing the registered e-mail: the current password, a step-up, and a code from the new mailbox."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.addresses import mask_address
from auth_backend.accounts.models import User
from auth_backend.accounts.password_check import PasswordAccepted, PasswordRefused, PasswordThrottled, check_password
from auth_backend.accounts.queries import get_user
from auth_backend.audit.tags import Tag
from auth_backend.client_facts import ClientFacts
from auth_backend.codes.accept import CodeAccepted, CodeOutcome
from auth_backend.crypto import new_token, token_hash
from auth_backend.factors.notices import tell_everywhere
from auth_backend.login.change_right import ChangeRefused, lock_for_change
from auth_backend.login.second_step import record_step
from auth_backend.login.sessions import CurrentSession
from auth_backend.outbox.mails import MailKind
from auth_backend.outbox.notices import notify_user
from auth_backend.resets.reference import draw_reference
from auth_backend.resets.superseding import end_open_resets
from auth_backend.services import Services
from auth_backend.sign_in_data.address_proof import Asked, ask_for_address, judge_address_code, pending_address
from auth_backend.sign_in_data.former_addresses import DISPUTABLE_FOR, holder_of_address
from auth_backend.sign_in_data.models import AddressUse, FormerAddress, PendingAddress
from auth_backend.sign_in_data.moved_address import move_address
from auth_backend.sign_in_data.notice_address import NothingWaits

DISPUTE = "/email-dispute"


@dataclass(frozen=True)
class EmailChanged:
    """One signs in with it from now on."""


@dataclass(frozen=True)
class EmailTaken:
    """It is somebody else's and stays there; only who reads its mailbox gets to know. Its holder is told."""

    address: str


@dataclass(frozen=True)
class ChangeDisputed:
    """A change before this one is disputed: first it has to be clear which address counts."""


async def ask_new_email(
    services: Services, current: CurrentSession, address: str, *, password: str, facts: ClientFacts, now: datetime
) -> Asked | PasswordRefused | PasswordThrottled | ChangeDisputed | ChangeRefused:
    """Judges the current password, with the counter that all pages share, and sends a code to a normalised address.

    Own transactions, argon2 between them: when the password was changed meanwhile, the one that was judged is wrong.
    """
    judged = await check_password(
        services, address=current.user.email, password=password, browser=facts.browser, ip=facts.ip
    )
    if not isinstance(judged, PasswordAccepted):
        return judged
    async with services.sessions.begin() as session:
        live = await lock_for_change(session, current, contact=True, now=now)
        if isinstance(live, ChangeRefused):
            return live
        if live.user.id != judged.user_id or live.user.password_epoch != judged.password_epoch:
            return PasswordRefused()
        if live.user.email_disputed:
            return ChangeDisputed()
        return await ask_for_address(session, services, live, AddressUse.SIGN_IN, address, facts=facts, now=now)


async def confirm_new_email(
    session: AsyncSession, services: Services, current: CurrentSession, code: str, *, facts: ClientFacts, now: datetime
) -> EmailChanged | EmailTaken | ChangeDisputed | CodeOutcome | NothingWaits | ChangeRefused:
    """Judges the code from the new mailbox; a right one makes that the registered e-mail. Every channel is told."""
    live = await lock_for_change(session, current, contact=True, now=now)
    if isinstance(live, ChangeRefused):
        return live
    if live.user.email_disputed:
        return ChangeDisputed()
    pending = await pending_address(session, live, AddressUse.SIGN_IN, now=now)
    if pending is None:
        return NothingWaits()
    outcome = await judge_address_code(session, services, live, pending, code, facts=facts, now=now)
    if not isinstance(outcome, CodeAccepted):
        return outcome
    left = live.user.email
    if not await move_address(session, services, live.user, pending.address, now=now):
        return await _refuse_taken(session, services, live, pending, now=now)
    pending.ended_at, pending.end_reason = now, "confirmed"
    former = await _tell(session, services, live.user, left, now=now)
    actor = f"user:{live.user.id}"
    await end_open_resets(session, services, live.user, by="email_changed", actor=actor, now=now)
    data = {"former": former.id, "reference": former.reference, "ip": facts.ip}
    await record_step(session, services, live, Tag.EMAIL_CHANGED, data, now=now)
    return EmailChanged()


async def _tell(session: AsyncSession, services: Services, user: User, left: str, *, now: datetime) -> FormerAddress:
    """The channels on file; and the address that was left, with a link of its own to dispute it for 14 days."""
    old, new = mask_address(left), mask_address(user.email)
    await tell_everywhere(session, services, user, MailKind.EMAIL_CHANGED, now=now, old_address=old, new_address=new)
    token, reference = new_token(), draw_reference()
    former = FormerAddress(user_id=user.id, address=left, at=now, reference=reference, dispute_token=token_hash(token))
    session.add(former)
    await session.flush()
    await notify_user(
        session,
        services,
        user,
        MailKind.EMAIL_LEFT,
        now=now,
        only=left,
        reference=reference,
        new_address=new,
        until=now + DISPUTABLE_FOR,
        dispute_url=f"{services.settings.public_url}{DISPUTE}/{token}",
    )
    return former


async def _refuse_taken(
    session: AsyncSession, services: Services, live: CurrentSession, pending: PendingAddress, *, now: datetime
) -> EmailTaken:
    pending.ended_at, pending.end_reason = now, "taken"
    holder_id = await holder_of_address(session, pending.address, besides=live.user.id, now=now)
    holder = await get_user(session, holder_id) if holder_id else None
    if holder is not None and holder.removed_at is None:
        await notify_user(session, services, holder, MailKind.EMAIL_TAKEN, now=now, wanted=pending.address)
    await record_step(session, services, live, Tag.EMAIL_TAKEN, {"pending": pending.id}, now=now)
    return EmailTaken(pending.address)
