"""A whole reset, and nothing in the logs of anybody: no address, number, code, token, IP address, password, name."""

import io
import json
import logging
import re
from collections.abc import Iterator

import pytest
import structlog
from sqlalchemy import select

from auth_backend.audit.models import AuditEvent
from auth_backend.outbox.models import Channel
from auth_backend.outbox.senders.base import Outgoing, SendError
from auth_backend.outbox.worker import OutboxWorker
from httpkit import logs
from tests.integration.auth.resets.world import ACTIONS, ANA, BRUNO, INTERNAL, PASSWORDS, World

PHONE = "+5511912345688"


class RefusingPost:
    """A server that refuses, as servers do, with the address in its words."""

    async def send(self, message: Outgoing) -> str | None:
        """Never takes anything."""
        raise SendError("smtp:550", bounced=True) from RuntimeError(message.envelope.to)


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """Everything that this process logs, at its most talkative, as production writes it."""
    out = io.StringIO()
    monkeypatch.setattr("sys.stderr", out)
    logs.configure_logs(process="web", as_json=True, level="DEBUG")
    handler = logging.StreamHandler(out)
    logging.getLogger().addHandler(handler)
    before = logging.getLogger().level
    logging.getLogger().setLevel(logging.INFO)
    structlog.configure(cache_logger_on_first_use=False)
    # The test server's own access log, which `zoe web` switches off (`access_log=None`).
    monkeypatch.setattr(logging.getLogger("aiohttp.access"), "disabled", True)
    yield out
    logging.getLogger().removeHandler(handler)
    logging.getLogger().setLevel(before)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


async def test_a_whole_reset_leaves_nobody_in_the_logs(written: io.StringIO, lite: World) -> None:
    world, said = lite, set[str]()
    browser = world.browser()
    await world.know(browser, "ana")
    chat = await world.chat(browser=browser)
    await chat.claim("nobody@nowhere.example")
    await chat.claim()
    code = await world.mailed_code(ANA)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    assert (await chat.code(wrong))["outcome"] == "wrong"
    assert (await chat.code(code))["outcome"] == "accepted"
    url = await chat.verify_url()
    await browser.get(url)
    await browser.post("/verify/", {"password": "not the password at all"}, status=0)
    await browser.type_password(await chat.verify_url(), PASSWORDS["ana"])
    card = await chat.card()
    await chat.confirm(nonce=card["nonce"])
    assert (await chat.execute())["outcome"] == "executed"
    await browser.get("/login")
    await browser.post("/login", {"email": ANA, "password": PASSWORDS["ana"]}, status=0)
    sent = [text for to in (ANA, PHONE) for envelope in await world.mails(to) for text in (envelope.text,)]
    links = {found for text in sent for found in re.findall(r"https?://\S+/(\S{16,})", text)}
    worker = OutboxWorker(
        world.services.sessions,
        world.services.keys,
        {Channel.EMAIL: RefusingPost(), Channel.SMS: RefusingPost()},
        world.clock,
    )
    await worker.send_due()

    said |= {ANA, BRUNO, "nobody@nowhere.example", PHONE, PHONE.removeprefix("+"), code, wrong, *PASSWORDS.values()}
    said |= {url.rpartition("/")[2], card["nonce"], browser.token, INTERNAL, ACTIONS, world.ticket(chat.id), *links}
    said |= {"198.51.100.7", "127.0.0.1", "not the password at all", "acme.example", "Acme", "Ana ", "Firefox"}
    text = written.getvalue()
    found = {secret for secret in said if secret and secret.lower() in text.lower()}
    assert found == set()
    assert not re.search(r"\b\d{1,3}(\.\d{1,3}){3}\b", text)
    assert not re.search(r"[\w.+-]+@[\w-]+\.\w+", text)

    lines = [json.loads(line) for line in text.splitlines() if line.startswith("{")]
    requests = [line for line in lines if line["event"] == "request"]
    assert {"/internal/conversations/{id}/codes", "/verify/", "/login"} <= {line["route"] for line in requests}
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{8,64}", line["request_id"]) for line in requests)
    async with world.services.sessions.begin() as session:
        kept = set(await session.scalars(select(AuditEvent.request_id).where(AuditEvent.tag.startswith("reset:"))))
    assert kept <= {line["request_id"] for line in requests}
    assert [line for line in lines if line["event"] == "message dead: refused for good"]
