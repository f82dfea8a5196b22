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
from auth_backend.resets.not_me.told_events import remember_told
from auth_backend.resets.reference import draw_reference
from auth_backend.services import Services
from auth_backend.sign_in_data.former_addresses import former_addresses

SMS_OF = {
    MailKind.RESET_EXECUTED: SmsKind.RESET_EXECUTED,
    MailKind.RESET_SCHEDULED: SmsKind.RESET_SCHEDULED,
    MailKind.FACTOR_REPLACED: SmsKind.FACTOR_REPLACED,
    MailKind.PASSKEY_ADDED: SmsKind.PASSKEY_ADDED,
    MailKind.PASSKEY_REMOVED: SmsKind.PASSKEY_REMOVED,
    MailKind.NOTICE_ADDRESS_CHANGED: SmsKind.NOTICE_ADDRESS_CHANGED,
    MailKind.EMAIL_CHANGED: SmsKind.EMAIL_CHANGED,
    MailKind.EMAIL_TAKEN_BACK: SmsKind.EMAIL_CHANGED,
    MailKind.PASSWORD_WAITS: SmsKind.PASSWORD_WAITS,
    MailKind.PASSWORD_CHANGED: SmsKind.PASSWORD_CHANGED,
    MailKind.RECOVERY_CODES_REPLACED: SmsKind.RECOVERY_CODES_REPLACED,
    MailKind.RECOVERY_CODE_USED: SmsKind.RECOVERY_CODE_USED,
    MailKind.OPERATOR_REVOKED_FACTOR: SmsKind.OPERATOR_REVOKED,
    MailKind.RESET_UNDONE: SmsKind.RESET_UNDONE,
}

NOTHING_TO_DISPUTE = frozenset(
    {
        MailKind.PHONE_TAKEN,
        MailKind.EMAIL_TAKEN,
        MailKind.EMAIL_LEFT,
        MailKind.EMAIL_TAKEN_BACK,
        MailKind.EMAIL_KEPT,
        MailKind.MAIL_RESTS,
        MailKind.RESET_PUT_OFF,
        MailKind.RESET_UNDONE,
        MailKind.CHANGE_REPORTED,
        MailKind.SIGN_IN_STOPPED,
        MailKind.OPERATOR_DECIDED,
        MailKind.MEMBER_REMOVED,
        MailKind.MEMBER_BACK,
        MailKind.OWNER_NO_MORE,
        MailKind.OWNER_DISPUTED,
        MailKind.OWNER_ASKED,
        MailKind.OWNER_APPROVED,
        MailKind.REQUEST_PASSED_ON,
        MailKind.REQUEST_REFUSED,
        MailKind.REQUEST_UNANSWERED,
    }
)
"""Notices of requests, of what was refused, stopped or brought back; those that have a dispute of their own, the former
owner's and that to an address that was left; and those of who is a member, which is the owner's to decide and to stop.

All others tell a change of sign-in data, and lead to "this was not me".
"""


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
    only: str | None = None,
    reset_id: str | None = None,
    reference: str | None = None,
    **facts: object,
) -> None:
    """Queues the notice to every address on file and, for the kinds that have an SMS, to `phones` (E.164).

    `also`: addresses that were on file until this very change. `only`: to that address and no other.

    An address that was the registered one until lately hears of everything too; its mails name the user by it.

    `facts` are what the template names beside what every notice has: `address`, `when`, `login_url`, `chat_url`,
    `reference` (the reset's, else one made here), `not_me_page` (no link: for SMS) and, where there is something to
    stop, `not_me_url`. Times among them are written in the user's language. `reset_id`: the reset that it is about.
    """
    reference = reference or draw_reference()
    language = user.language
    base = services.settings.public_url
    told: dict[str, object] = {
        "address": user.email,
        "when": when(now, language),
        "login_url": f"{base}/login",
        "chat_url": f"{base}/chat",
        "reference": reference,
        "not_me_page": f"{base.partition('://')[2]}/not-me",
    }
    if kind not in NOTHING_TO_DISPUTE:
        token = await remember_told(session, user, kind.value, reset_id=reset_id, reference=reference, now=now)
        told["not_me_url"] = f"{base}/not-me/{token}"
    told |= {name: when(value, language) if isinstance(value, datetime) else value for name, value in facts.items()}
    cipher = services.keys.cipher
    for address, named in (await _mailboxes(session, user, also, only, now=now)).items():
        envelope = compose(kind, language, told | {"address": named}).to(address)
        await enqueue(session, cipher, channel=Channel.EMAIL, kind=f"notice:{kind.value}", envelope=envelope, now=now)
    if kind not in SMS_OF:
        return
    text = compose_sms(SMS_OF[kind], language, told)
    for phone in phones:
        envelope = Envelope(to=phone, text=text)
        destination = keyed_hash(services.keys.destinations, phone)
        await note_unasked_sms(session, destination=destination, country=country_of(phone), now=now)
        await enqueue(session, cipher, channel=Channel.SMS, kind=f"notice:{kind.value}", envelope=envelope, now=now)


async def _mailboxes(
    session: AsyncSession, user: User, also: tuple[str, ...], only: str | None, *, now: datetime
) -> dict[str, str]:
    """Where a mail goes → the address by which it names the user."""
    if only is not None:
        return {only: only}
    named = dict.fromkeys((*addresses_on_file(user), *also), user.email)
    former = await former_addresses(session, user.id, now=now)
    return named | {address: address for address in former if address not in named}
