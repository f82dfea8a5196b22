"""Senders against real servers: SMTP (plain, STARTTLS, TLS), HTTP, the mailbox."""

import asyncio
import datetime as dt
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword
from aiosmtpd.smtp import Envelope as Received
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import select

from auth_backend.operator_lists import bounces
from auth_backend.outbox.bounces import list_bounces
from auth_backend.outbox.models import Channel, DevMail, OutboxMessage, OutboxState
from auth_backend.outbox.senders.base import Outgoing, SendError
from auth_backend.outbox.senders.chat import ChatSender
from auth_backend.outbox.senders.choice import choose_senders
from auth_backend.outbox.senders.dev_mailbox import DevMailbox
from auth_backend.outbox.senders.smtp import SmtpSender
from auth_backend.outbox.service import Envelope, enqueue
from auth_backend.outbox.worker import OutboxWorker
from auth_backend.services import Services
from auth_backend.settings import SmtpSettings
from httpkit.clock import OffsetClock
from tests.conftest import START
from tests.support.auth_world import BOT_TOKEN, add_people


@dataclass
class Inbox:
    """What the SMTP server took; `refuse` is its answer to every recipient."""

    mails: list[Received] = field(default_factory=list)
    refuse: str | None = None

    async def handle_RCPT(  # noqa: N802 - names and arguments are aiosmtpd's
        self, _server: Any, _session: Any, envelope: Received, address: str, _options: list[str]
    ) -> str:
        if self.refuse is not None:
            return self.refuse
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Received) -> str:  # noqa: N802
        self.mails.append(envelope)
        return "250 OK"


@asynccontextmanager
async def smtp_server(inbox: Inbox, *, tls: ssl.SSLContext | None = None, **options: Any) -> AsyncIterator[int]:
    """The port of a server; `tls` from the first byte, `tls_context` in `options` for STARTTLS."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(inbox, loop=loop, enable_SMTPUTF8=True, **options), "127.0.0.1", 0, ssl=tls
    )
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for `localhost` with its key, in one file, good for a day of today."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "x")])
    today = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(today - dt.timedelta(hours=1))
        .not_valid_after(today + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "server.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(secret + made.public_bytes(serialization.Encoding.PEM))
    return file


@pytest.fixture
def server_tls(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@pytest.fixture
def client_tls(certificate: Path) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=str(certificate))


def sender(port: int, security: str, tls: ssl.SSLContext | None = None, **login: str) -> SmtpSender:
    settings = SmtpSettings(
        host="localhost" if tls else "127.0.0.1",
        port=port,
        security=security,
        username=login.get("username", ""),
        password=login.get("password"),
        sender="Zoe <zoe@saas.example>",
    )
    return SmtpSender(settings, tls)


def mail(to: str = "ana@acme.example", text: str = "Olá, seu código: 123456\n") -> Outgoing:
    return Outgoing("m1", Envelope(to=to, text=text, subject="Seu código", html="<p>Olá</p>"), START)


def plain_text(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    content: str = part.get_content()
    return content


async def test_a_mail_arrives_whole() -> None:
    inbox = Inbox()
    async with smtp_server(inbox) as port:
        await sender(port, "none").send(mail())
    assert [(got.mail_from, got.rcpt_tos) for got in inbox.mails] == [("zoe@saas.example", ["ana@acme.example"])]
    content = inbox.mails[0].content
    assert isinstance(content, bytes)
    got = message_from_bytes(content, EmailMessage, policy=default)
    assert got["Subject"] == "Seu código"
    assert got["Auto-Submitted"] == "auto-generated"
    assert plain_text(got).strip() == "Olá, seu código: 123456"


async def test_a_local_part_beyond_ascii_arrives() -> None:
    inbox = Inbox()
    async with smtp_server(inbox) as port:
        await sender(port, "none").send(mail(to="joão@acme.example"))
    assert inbox.mails[0].rcpt_tos == ["joão@acme.example"]


async def test_starttls_with_login(server_tls: ssl.SSLContext, client_tls: ssl.SSLContext) -> None:
    inbox, seen = Inbox(), []

    def check(server: Any, session: Any, envelope: Any, mechanism: str, data: LoginPassword) -> AuthResult:
        seen.append((data.login, data.password, session.ssl is not None))
        return AuthResult(success=True)

    options: dict[str, Any] = {
        "tls_context": server_tls,
        "require_starttls": True,
        "auth_required": True,
        "authenticator": check,
    }
    async with smtp_server(inbox, **options) as port:
        await sender(port, "starttls", client_tls, username="zoe", password="secret").send(mail())
    assert seen == [(b"zoe", b"secret", True)]
    assert len(inbox.mails) == 1


async def test_tls_from_the_first_byte(server_tls: ssl.SSLContext, client_tls: ssl.SSLContext) -> None:
    inbox = Inbox()
    async with smtp_server(inbox, tls=server_tls) as port:
        await sender(port, "tls", client_tls).send(mail())
    assert len(inbox.mails) == 1


async def test_starttls_is_never_done_without() -> None:
    inbox = Inbox()
    async with smtp_server(inbox) as port:
        with pytest.raises(SendError):
            await sender(port, "starttls").send(mail())
    assert inbox.mails == []


async def test_an_unknown_certificate_gets_no_mail(server_tls: ssl.SSLContext) -> None:
    inbox = Inbox()
    async with smtp_server(inbox, tls_context=server_tls) as port:
        with pytest.raises((SendError, OSError)):
            await sender(port, "starttls", ssl.create_default_context()).send(mail())
    assert inbox.mails == []


async def test_a_refusal_names_nobody() -> None:
    inbox = Inbox(refuse="550 5.1.1 <ana@acme.example>: no such user")
    async with smtp_server(inbox) as port:
        with pytest.raises(SendError) as raised:
            await sender(port, "none").send(mail())
    assert raised.value.code == "smtp:550"


@pytest.mark.parametrize(
    ("answer", "final", "bounced"),
    [
        ("450 4.2.1 try later", False, False),
        ("550 5.1.1 no such user", True, True),
        ("552 5.2.2 mailbox full", True, True),
        ("553 not here", True, True),
        ("550 no such user", True, True),
        ("550 5.7.1 relaying denied", True, False),
        ("554 no", True, False),
    ],
)
async def test_which_refusals_are_final_and_which_are_the_addresss(answer: str, final: bool, bounced: bool) -> None:
    inbox = Inbox(refuse=answer)
    async with smtp_server(inbox) as port:
        with pytest.raises(SendError) as raised:
            await sender(port, "none").send(mail())
    assert (raised.value.final, raised.value.bounced) == (final, bounced)


async def test_an_address_that_bounces_is_marked_until_it_takes_a_mail(services: Services, clock: OffsetClock) -> None:
    inbox = Inbox(refuse="550 5.1.1 <ana@acme.example>: no such user")
    people = await add_people(services)

    async def send_one() -> OutboxMessage:
        async with services.sessions.begin() as session:
            envelope = Envelope(to="ana@acme.example", text="Notice", subject="Notice")
            put = await enqueue(
                session, services.keys.cipher, channel=Channel.EMAIL, kind="notice", envelope=envelope, now=clock()
            )
        async with smtp_server(inbox) as port:
            post = sender(port, "none")
            await OutboxWorker(services.sessions, services.keys, {Channel.EMAIL: post}, clock).send_due()
        async with services.sessions.begin() as session:
            row = await session.get(OutboxMessage, put)
            assert row is not None
            return row

    async def marks() -> list[tuple[str | None, str]]:
        async with services.sessions.begin() as session:
            return [(row.user_id, row.reason) for row, _ in await list_bounces(session, limit=10)]

    refused = await send_one()
    assert (refused.state, refused.attempts) == (OutboxState.DEAD, 1)
    assert refused.body is not None  # a notice can be sent after all, once the mailbox is there again
    assert await marks() == [(people.owner, "smtp:550")]
    assert await bounces(services, limit=10) == [f"2026-03-02T14:02:00Z\temail\tsmtp:550\t{people.owner}"]
    inbox.refuse = None
    assert (await send_one()).state is OutboxState.SENT
    assert await marks() == []


async def test_a_server_that_is_not_there_is_a_failure(unused_tcp_port: int) -> None:
    with pytest.raises((SendError, OSError)):
        await sender(unused_tcp_port, "none").send(mail())


async def test_a_dot_alone_and_a_header_in_the_text_stay_text() -> None:
    inbox, text = Inbox(), "Bcc: eve@evil.example\n.\nRCPT TO:<eve@evil.example>\n"
    async with smtp_server(inbox) as port:
        await sender(port, "none").send(mail(text=text))
    assert [got.rcpt_tos for got in inbox.mails] == [["ana@acme.example"]]
    content = inbox.mails[0].content
    assert isinstance(content, bytes)
    got = message_from_bytes(content, EmailMessage, policy=default)
    assert got["Bcc"] is None
    assert plain_text(got).splitlines() == text.splitlines()


async def test_the_chat_gets_its_event_with_the_token() -> None:
    seen: list[tuple[str, Any]] = []

    async def take(request: web.Request) -> web.Response:
        seen.append((request.headers["Authorization"], await request.json()))
        return web.Response(status=200 if len(seen) > 1 else 503)

    app = web.Application()
    app.router.add_post("/internal/chat/events", take)
    event = Outgoing("e1", Envelope(to="conversation-1", text="proof_given"), START)
    async with TestServer(app) as server, aiohttp.ClientSession() as http:
        chat = ChatSender(http, str(server.make_url("")).rstrip("/"), "token-of-the-bot")
        with pytest.raises(SendError) as raised:
            await chat.send(event)
        await chat.send(event)
    assert raised.value.code == "chat:503"
    body = {"event_id": "e1", "conversation_id": "conversation-1", "event": "proof_given"}
    assert seen == [("Bearer token-of-the-bot", body)] * 2


async def test_a_chat_that_is_not_there_is_a_failure(unused_tcp_port: int) -> None:
    async with aiohttp.ClientSession() as http:
        with pytest.raises(SendError):
            await ChatSender(http, f"http://127.0.0.1:{unused_tcp_port}", "t").send(mail())


async def test_the_mailbox_keeps_everything(services: Services) -> None:
    await DevMailbox(services.sessions, Channel.EMAIL).send(mail())
    async with services.sessions.begin() as session:
        got = (await session.scalars(select(DevMail))).one()
    assert (got.channel, got.to, got.subject, got.html, got.at) == (
        "email", "ana@acme.example", "Seu código", "<p>Olá</p>", START,
    )  # fmt: skip


async def test_which_ways_out_an_installation_has(services: Services) -> None:
    from dataclasses import replace

    smtp = SmtpSettings("mail.example", 587, "starttls", "", None, "Zoe <zoe@saas.example>")
    production = replace(services.settings, dev=False, smtp=smtp)
    async with aiohttp.ClientSession() as http:
        dev = choose_senders(services.settings, services.sessions, http)
        real = choose_senders(production, services.sessions, http)
    assert services.settings.sms_available
    assert {type(dev[channel]) for channel in (Channel.EMAIL, Channel.SMS)} == {DevMailbox}
    assert not production.sms_available
    assert Channel.SMS not in real
    assert real[Channel.EMAIL] == SmtpSender(smtp)
    chat = real[Channel.CHAT]
    assert isinstance(chat, ChatSender)
    assert chat.internal_token == BOT_TOKEN
