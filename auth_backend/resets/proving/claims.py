"""Claims: somebody in a chat says that an address is theirs; a code goes to the address on file, if there is one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.addresses import address_subject, normalise_address, user_subject
from auth_backend.accounts.models import User
from auth_backend.accounts.queries import NOBODY, lock_member_by_email
from auth_backend.audit.service import record
from auth_backend.audit.tags import Tag
from auth_backend.codes.issue import issue_code
from auth_backend.codes.models import CodePurpose, OneTimeCode
from auth_backend.conversations.models import Conversation
from auth_backend.conversations.service import Judged, Standing, judge_standing, knows_user
from auth_backend.db import new_id
from auth_backend.i18n import supported
from auth_backend.limits.destinations import named_by_anybody, of_holder
from auth_backend.limits.policy import Caller
from auth_backend.limits.sendings import SendingRefused, ask_to_send
from auth_backend.outbox.codes import send_mailed_code
from auth_backend.outbox.decoys import mail_nobody
from auth_backend.resets.models import Claim
from auth_backend.resets.policy import PROVING_FOR, Reason
from auth_backend.resets.queries import lock_claim, newest_claim
from auth_backend.services import Services


@dataclass(frozen=True)
class CodeSent:
    """If the address is one that somebody signs in with, a code is on its way there."""


@dataclass(frozen=True)
class SendingThrottled:
    """Nothing was sent; not before `retry_at`."""

    retry_at: datetime


@dataclass(frozen=True)
class PasswordComesFirst:
    """Strangers asked for too many codes that nobody used; who comes from the login's second step goes on at once."""

    retry_at: datetime


@dataclass(frozen=True)
class AddressInvalid:
    """What was named is no e-mail address."""


@dataclass(frozen=True)
class AddressNeeded:
    """Nobody is signed in here and no address was named."""


@dataclass(frozen=True)
class NothingOpen:
    """There is no claim whose code could be sent again."""


type Sent = CodeSent | SendingThrottled | PasswordComesFirst


async def caller_of(
    session: AsyncSession, conversation: Conversation, judged: Judged, user_id: str | None, *, now: datetime
) -> Caller:
    """Whose budget is used: the strongest thing that this chat has of that very user."""
    known = await knows_user(session, conversation, user_id or NOBODY, now=now)
    if judged.is_of(user_id):
        return Caller.SIGNED_IN if judged.standing is Standing.SIGNED_IN else Caller.PASSWORD_PROVEN
    return Caller.KNOWN_BROWSER if known else Caller.ANONYMOUS


async def open_claim(
    session: AsyncSession,
    services: Services,
    conversation: Conversation,
    *,
    address: str | None,
    reason: Reason | None,
    lang: str,
    now: datetime,
) -> Sent | AddressInvalid | AddressNeeded:
    """Opens a claim and sends its code. An earlier open claim of this chat is replaced; those of other chats live on.

    `address` None means that of the session which opened the chat. An address that nobody has, or somebody of the desk
    has, takes the same way with the same writes; its code goes nowhere and is never accepted.
    """
    judged = await judge_standing(session, conversation, now=now)
    if address is None and judged.user is None:
        return AddressNeeded()
    normal = normalise_address(judged.user.email if address is None and judged.user else address or "")
    if normal is None:
        return AddressInvalid()
    user = await lock_member_by_email(session, normal)
    claim = Claim(
        id=new_id(),
        conversation_id=conversation.id,
        subject=user_subject(user.id) if user else address_subject(services.keys, normal),
        user_id=user.id if user else None,
        address=normal,
        from_session=address is None,
        reason=reason.value if reason else None,
        language=supported(lang) or conversation.language,
        created_at=now,
        expires_at=now + PROVING_FOR,
    )
    caller = await caller_of(session, conversation, judged, claim.user_id, now=now)
    refused = await _ask(session, services, claim, caller, now=now)
    if refused is not None:
        return refused
    await session.execute(
        update(Claim)
        .where(Claim.conversation_id == conversation.id, Claim.ended_at.is_(None))
        .values(ended_at=now, end_reason="replaced")
    )
    session.add(claim)
    await session.flush()
    await _send(session, services, conversation, claim, user=user, caller=caller, now=now)
    data = {
        "conversation": conversation.id,
        "claim": claim.id,
        "reason": claim.reason,
        "from_session": claim.from_session,
    }
    await _record(session, services, Tag.RESET_CLAIMED, claim, user=user, data=data, now=now)
    return CodeSent()


async def resend_code(
    session: AsyncSession, services: Services, conversation: Conversation, *, now: datetime
) -> Sent | NothingOpen:
    """Sends a new code for the open claim; the old one is worth nothing any more, failures stay counted."""
    claim = await newest_claim(session, conversation.id)
    if claim is None or claim.ended_at is not None or now >= claim.expires_at:
        return NothingOpen()
    user = await lock_member_by_email(session, claim.address)
    if (user.id if user else None) != claim.user_id:
        user = None  # the address changed hands since: this claim's codes go nowhere
    judged = await judge_standing(session, conversation, now=now)
    caller = await caller_of(session, conversation, judged, claim.user_id, now=now)
    refused = await _ask(session, services, claim, caller, now=now)
    if refused is not None:
        return refused
    claim = await lock_claim(session, claim.id)
    if claim.ended_at is not None:
        return NothingOpen()
    claim.expires_at, claim.last_code = now + PROVING_FOR, None
    await _send(session, services, conversation, claim, user=user, caller=caller, now=now)
    return CodeSent()


async def disown_claims(session: AsyncSession, services: Services, user_id: str, address: str) -> None:
    """Makes the open claims about an address that its user has left what claims about nobody's address are.

    Their codes are never accepted any more, and no reply tells that anything has changed.
    """
    nobody = {"user_id": None, "subject": address_subject(services.keys, address)}
    claims = await session.scalars(
        update(Claim).where(Claim.user_id == user_id, Claim.ended_at.is_(None)).values(**nobody).returning(Claim.id)
    )
    await session.execute(
        update(OneTimeCode)
        .where(
            OneTimeCode.purpose == CodePurpose.RESET_EMAIL,
            OneTimeCode.binding.in_(claims.all()),
            OneTimeCode.ended_at.is_(None),
        )
        .values(**nobody)
    )


async def _ask(
    session: AsyncSession, services: Services, claim: Claim, caller: Caller, *, now: datetime
) -> SendingThrottled | PasswordComesFirst | None:
    share = named_by_anybody if caller is Caller.ANONYMOUS else of_holder
    allowed = await ask_to_send(
        session,
        subject=claim.subject,
        channel="email",
        caller=caller,
        destination=share(services.keys, claim.address),
        now=now,
    )
    if not isinstance(allowed, SendingRefused):
        return None
    if allowed.reason == "password_first":
        return PasswordComesFirst(allowed.until)
    return SendingThrottled(allowed.until)


async def _send(
    session: AsyncSession,
    services: Services,
    conversation: Conversation,
    claim: Claim,
    *,
    user: User | None,
    caller: Caller,
    now: datetime,
) -> None:
    issued = await issue_code(
        session,
        services.keys,
        subject=claim.subject,
        user_id=user.id if user else None,
        purpose=CodePurpose.RESET_EMAIL,
        binding=claim.id,
        caller=caller,
        now=now,
    )
    send = mail_nobody if user is None else partial(send_mailed_code, user=user)
    await send(
        session,
        services,
        issued=issued,
        purpose=CodePurpose.RESET_EMAIL,
        language=user.language if user else claim.language,
        ip=conversation.ip,
        user_agent=conversation.user_agent,
        now=now,
    )
    data = {"claim": claim.id, "caller": caller.value}
    await _record(session, services, Tag.CODE_SENT, claim, user=user, data=data, now=now)


async def _record(
    session: AsyncSession,
    services: Services,
    tag: Tag,
    claim: Claim,
    *,
    user: User | None,
    data: Mapping[str, object],
    now: datetime,
) -> None:
    await record(
        session,
        services.keys,
        tag,
        now=now,
        actor=f"conversation:{claim.conversation_id}",
        user_id=user.id if user else None,
        account_id=user.account_id if user else None,
        data=data,
    )
