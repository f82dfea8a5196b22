"""Putting a one-time code on its way."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.mail_rest import MailRests, mail_rests
from auth_backend.accounts.models import User
from auth_backend.codes.issue import CODE_LIFETIME, IssuedCode
from auth_backend.codes.models import SHOW_THE_REGISTERED_MAILBOX, CodePurpose
from auth_backend.outbox.mails import Composed, MailKind, SmsKind, compose, compose_sms
from auth_backend.outbox.models import Channel
from auth_backend.outbox.request_facts import browser, place, when
from auth_backend.outbox.service import CODE_USEFUL_FOR, Envelope, enqueue
from auth_backend.services import Services

MAIL_OF = {
    CodePurpose.LOGIN_EMAIL: MailKind.CODE_LOGIN,
    CodePurpose.ENROL_EMAIL: MailKind.CODE_ENROL,
    CodePurpose.RESET_EMAIL: MailKind.CODE_RESET,
    CodePurpose.FORGOTTEN_EMAIL: MailKind.CODE_FORGOTTEN,
    CodePurpose.NOTICE_ADDRESS: MailKind.CODE_NOTICE_ADDRESS,
    CodePurpose.NEW_EMAIL: MailKind.CODE_NEW_EMAIL,
}


async def send_mailed_code(
    session: AsyncSession,
    services: Services,
    *,
    user: User,
    issued: IssuedCode,
    purpose: CodePurpose,
    language: str,
    ip: str,
    user_agent: str,
    to: str | None = None,
    now: datetime,
) -> None:
    """Queues the mail with a code in the caller's transaction: to the address on file, never to one that was typed.

    `to` is for a new address alone, which its user has yet to confirm. While mailed codes of this user count for
    nothing the mail says so and brings none: pages and chats answer as if it had.
    """
    rests = mail_rests(user, now=now) if purpose in SHOW_THE_REGISTERED_MAILBOX else None
    if rests is not None:
        await _send_why_none(session, services, user, rests, ip=ip, user_agent=user_agent, now=now)
        return
    mail = compose_code(services, issued, purpose, language, ip=ip, user_agent=user_agent, now=now)
    await enqueue(
        session,
        services.keys.cipher,
        channel=Channel.EMAIL,
        kind=f"code:{purpose.value}",
        envelope=mail.to(to or user.email),
        now=now,
        useless_after=now + CODE_USEFUL_FOR,
    )


async def _send_why_none(
    session: AsyncSession,
    services: Services,
    user: User,
    rests: MailRests,
    *,
    ip: str,
    user_agent: str,
    now: datetime,
) -> None:
    language = user.language
    facts = {
        "address": user.email,
        "until": when(rests.until, language) if rests.until is not None else "",
        "when": when(now, language),
        "place": place(ip, language),
        "browser": browser(user_agent, language),
        "chat_url": f"{services.settings.public_url}/chat",
    }
    envelope = compose(MailKind.MAIL_RESTS, language, facts).to(user.email)
    kind = f"notice:{MailKind.MAIL_RESTS.value}"
    await enqueue(session, services.keys.cipher, channel=Channel.EMAIL, kind=kind, envelope=envelope, now=now)


def compose_code(
    services: Services,
    issued: IssuedCode,
    purpose: CodePurpose,
    language: str,
    *,
    ip: str,
    user_agent: str,
    now: datetime,
) -> Composed:
    """The mail that brings a code: what for, when, from where, with which browser."""
    facts = {
        "code": issued.code,
        "report_url": f"{services.settings.public_url}/report/{issued.report_token}",
        "minutes": int(CODE_LIFETIME.total_seconds() // 60),
        "when": when(now, language),
        "place": place(ip, language),
        "browser": browser(user_agent, language),
    }
    return compose(MAIL_OF[purpose], language, facts)


async def send_sms_code(
    session: AsyncSession,
    services: Services,
    *,
    phone: str,
    code: str,
    purpose: CodePurpose,
    language: str,
    now: datetime,
) -> None:
    """Queues the SMS with `code` to `phone` (E.164), in the caller's transaction."""
    await enqueue(
        session,
        services.keys.cipher,
        channel=Channel.SMS,
        kind=f"code:{purpose.value}",
        envelope=Envelope(to=phone, text=compose_sms(SmsKind.CODE, language, {"code": code})),
        now=now,
        useless_after=now + CODE_USEFUL_FOR,
    )
