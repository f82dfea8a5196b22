"""E-mail by SMTP."""

import re
import ssl
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr

import aiosmtplib

from auth_backend.outbox.senders.base import Outgoing, SendError
from auth_backend.settings import SmtpSettings

TIMEOUT_S = 20.0
"""For connecting and for each answer of the server."""
_SPECIALS = frozenset('()<>[]:;@\\,"')
"""RFC 5322 3.2.3: what a local part never holds unquoted; stored addresses are never quoted ones."""


@dataclass(frozen=True)
class SmtpSender:
    """Hands mails to one server.

    Certificates are checked; `tls` replaces the system's trust store (a private CA, tests).
    """

    settings: SmtpSettings
    tls: ssl.SSLContext | None = None

    async def send(self, message: Outgoing) -> str | None:
        """One connection a mail: a server that hangs holds up nothing but its own mail."""
        mail = build_mail(message, sender=self.settings.sender)
        client = aiosmtplib.SMTP(
            hostname=self.settings.host,
            port=self.settings.port,
            username=self.settings.username or None,
            password=self.settings.password,
            use_tls=self.settings.security == "tls",
            start_tls=self.settings.security == "starttls",
            tls_context=self.tls,
            timeout=TIMEOUT_S,
        )
        try:
            async with client:
                await client.send_message(
                    mail, sender=parseaddr(self.settings.sender)[1], recipients=[message.envelope.to]
                )
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise recipient_refusal(error.recipients[0]) from None  # its text names the recipient
        except aiosmtplib.SMTPDataError as error:
            raise SendError(f"smtp:{error.code}", final=error.code >= 500) from None
        except aiosmtplib.SMTPResponseException as error:
            raise SendError(f"smtp:{error.code}") from None
        except aiosmtplib.SMTPException as error:
            raise SendError(f"smtp:{type(error).__name__}") from None
        return None


_ENHANCED = re.compile(r"\s*5\.(\d{1,3})\.\d{1,3}\b")
_ADDRESSING, _MAILBOX = "1", "2"


def recipient_refusal(refused: aiosmtplib.SMTPRecipientRefused) -> SendError:
    """What the answer to RCPT means.

    4yz passes (RFC 5321 4.2.1). 5yz is final; the address is at fault when the enhanced status says so, subject 1
    (addressing) or 2 (mailbox) of RFC 3463 3, or, without one, when the code is 550, 551 or 553. A relay that is
    forbidden or a policy (5.7.z) is the operator's to mend and marks nobody. Refused sign-ins and senders come as
    other errors, which are tried again.
    """
    if refused.code < 500:
        return SendError(f"smtp:{refused.code}")
    enhanced = _ENHANCED.match(refused.message)
    bounced = enhanced[1] in {_ADDRESSING, _MAILBOX} if enhanced else refused.code in {550, 551, 553}
    return SendError(f"smtp:{refused.code}", final=True, bounced=bounced)


def build_mail(message: Outgoing, *, sender: str) -> EmailMessage:
    """The mail with both parts. Raises SendError when something in a header could be more than it should.

    There is no `List-` header: these mails answer one person's own doing, and nobody may unsubscribe from a notice of
    their own account's security (RFC 8058 is for lists).

    `Message-ID` comes from the outbox row, so a mail that was sent twice is one mail to its reader's program.
    `Auto-Submitted` keeps vacation programs from answering (RFC 3834 5).
    """
    envelope = message.envelope
    name, address = parseaddr(sender)
    try:
        mail = EmailMessage(policy=SMTP)
        mail["From"] = _one_address(address, name)
        mail["To"] = _one_address(envelope.to)
        mail["Subject"] = envelope.subject
        mail["Date"] = format_datetime(message.now)
        mail["Message-ID"] = f"<{message.id}@{address.rpartition('@')[2]}>"
        mail["Auto-Submitted"] = "auto-generated"
    except ValueError:
        raise SendError("mail:unsafe_header", final=True) from None
    mail.set_content(envelope.text, subtype="plain", charset="utf-8")
    if envelope.html is not None:
        mail.add_alternative(envelope.html, subtype="html", charset="utf-8")
    return mail


def _one_address(raw: str, name: str = "") -> Address:
    local, _, domain = raw.rpartition("@")
    if not local or not domain or any(c in _SPECIALS or c.isspace() or not c.isprintable() for c in local + domain):
        raise ValueError("not one plain address")
    return Address(display_name=name, username=local, domain=domain)
