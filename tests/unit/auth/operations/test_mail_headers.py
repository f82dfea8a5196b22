"""Headers of mails: complete, and closed to injection."""

from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import SMTP

import pytest

from auth_backend.outbox.queue import LONGEST_RETRY, retry_after
from auth_backend.outbox.senders.base import Outgoing, SendError
from auth_backend.outbox.senders.smtp import build_mail
from auth_backend.outbox.service import Envelope
from auth_backend.outbox.worker import MAX_ATTEMPTS

NOW = datetime(2026, 3, 2, 14, 2, tzinfo=UTC)
SENDER = "Zoe <zoe@saas.example>"


def outgoing(to: str = "ana@acme.example", subject: str = "Seu código") -> Outgoing:
    return Outgoing("m1", Envelope(to=to, text="Olá\n", subject=subject, html="<p>Olá</p>"), NOW)


def test_a_mail_has_both_parts_and_the_headers_of_an_automatic_message() -> None:
    mail = message_from_bytes(bytes(build_mail(outgoing(), sender=SENDER)), policy=SMTP)
    assert mail["From"] == "Zoe <zoe@saas.example>"
    assert mail["To"] == "ana@acme.example"
    assert mail["Subject"] == "Seu código"
    assert mail["Date"] == "Mon, 02 Mar 2026 14:02:00 +0000"
    assert mail["Message-ID"] == "<m1@saas.example>"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert [part.get_content_type() for part in mail.walk()] == ["multipart/alternative", "text/plain", "text/html"]


@pytest.mark.parametrize(
    "to",
    [
        "ana@acme.example\r\nBcc: eve@evil.example",
        "ana@acme.example\nBcc: eve@evil.example",
        "ana@acme.example, eve@evil.example",
        "ana@acme.example eve@evil.example",
        "Ana <ana@acme.example>",
        '"a b"@acme.example',
        "ana@acme.example\u2028x",
        "nobody",
        "",
    ],
)
def test_a_destination_is_one_plain_address_or_nothing(to: str) -> None:
    with pytest.raises(SendError):
        build_mail(outgoing(to=to), sender=SENDER)


def test_a_subject_adds_no_header() -> None:
    with pytest.raises(SendError):
        build_mail(outgoing(subject="Hi\r\nBcc: eve@evil.example"), sender=SENDER)


def test_retries_grow_to_an_hour_and_last_four_days() -> None:
    pauses = [retry_after(attempt) for attempt in range(1, MAX_ATTEMPTS)]
    assert [pause.total_seconds() for pause in pauses[:4]] == [5, 10, 20, 40]
    assert max(pauses) == LONGEST_RETRY
    assert 4 <= sum(pause.total_seconds() for pause in pauses) / 86400 < 4.5
