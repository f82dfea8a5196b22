"""Telling a user what changed, on every channel on file, in the transaction that changes it."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.models import User
from auth_backend.crypto import keyed_hash
from auth_backend.factors.phones import country_of
from auth_backend.limits.sendings import note_unasked_sms
from auth_backend.outbox.mails import MailKind, SmsKind, compose, compose_sms
from auth_backend.outbox.models import Channel
from auth_backend.outbox.request_facts import when
from auth_backend.outbox.service import Envelope, enqueue
from auth_backend.services import Services

SMS_OF = {
    MailKind.RESET_EXECUTED: SmsKind.RESET_EXECUTED,
    MailKind.RESET_SCHEDULED: SmsKind.RESET_SCHEDULED,
    MailKind.FACTOR_REPLACED: SmsKind.FACTOR_REPLACED,
    MailKind.PASSKEY_ADDED: SmsKind.PASSKEY_ADDED,
    MailKind.PASSKEY_REMOVED: SmsKind.PASSKEY_REMOVED,
    MailKind.OPERATOR_REVOKED_FACTOR: SmsKind.RESET_EXECUTED,
    MailKind.NOTICE_ADDRESS_CHANGED: SmsKind.NOTICE_ADDRESS_CHANGED,
    MailKind.PASSWORD_WAITS: SmsKind.PASSWORD_WAITS,
    MailKind.PASSWORD_CHANGED: SmsKind.PASSWORD_CHANGED,
    MailKind.RECOVERY_CODES_REPLACED: SmsKind.RECOVERY_CODES_REPLACED,
    MailKind.RECOVERY_CODE_USED: SmsKind.RECOVERY_CODE_USED,
}


def addresses_on_file(user: User) -> tuple[str, ...]:
    """Where notices go: the registered e-mail first, then the second notice address."""
    return (user.email, *((user.notice_email,) if user.notice_email else ()))


async def notify_user(
    session: AsyncSession,
    services: Services,
    user: User,
    kind: MailKind,
    *,
    now: datetime,
    phones: tuple[str, ...] = (),
    also: tuple[str, ...] = (),
    **facts: object,
) -> None:
    """Queues the notice to every address on file and, for the kinds that have an SMS, to `phones` (E.164).

    `also`: addresses that were on file until this very change.

    `facts` are what the template names beside `address`, `when`, `login_url` and `chat_url`, which every notice has.
    Times among them are written in the user's language.
    """
    language = user.language
    base = services.settings.public_url
    told: dict[str, object] = {
        "address": user.email,
        "when": when(now, language),
        "login_url": f"{base}/login",
        "chat_url": f"{base}/chat",
    }
    told |= {name: when(value, language) if isinstance(value, datetime) else value for name, value in facts.items()}
    cipher = services.keys.cipher
    mail = compose(kind, language, told)
    for address in dict.fromkeys((*addresses_on_file(user), *also)):
        envelope = mail.to(address)
        await enqueue(session, cipher, channel=Channel.EMAIL, kind=f"notice:{kind.value}", envelope=envelope, now=now)
    if kind not in SMS_OF:
        return
    text = compose_sms(SMS_OF[kind], language, told)
    for phone in phones:
        envelope = Envelope(to=phone, text=text)
        destination = keyed_hash(services.keys.destinations, phone)
        await note_unasked_sms(session, destination=destination, country=country_of(phone), now=now)
        await enqueue(session, cipher, channel=Channel.SMS, kind=f"notice:{kind.value}", envelope=envelope, now=now)
