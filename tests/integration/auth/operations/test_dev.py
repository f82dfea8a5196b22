"""Conveniences of development, and how they are kept from everybody else."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from auth_backend.app import create_public_app
from auth_backend.audit.models import AuditEvent
from auth_backend.audit.service import record
from auth_backend.audit.tags import Tag
from auth_backend.dev.clock import restore_clock
from auth_backend.outbox.models import Channel, DevMail
from auth_backend.outbox.senders.base import Outgoing
from auth_backend.outbox.senders.dev_mailbox import DevMailbox
from auth_backend.outbox.service import Envelope
from auth_backend.services import Services
from httpkit.clock import OffsetClock, iso
from tests.conftest import START
from tests.support.auth_world import auth_services

type Client = TestClient[Any, Any]
PATHS = ["/dev/mailbox", "/dev/mailbox.json"]


@pytest.fixture
async def services(sqlite_url: str, clock: OffsetClock) -> AsyncIterator[Services]:
    """Over SQLite: the kind of database changes nothing here."""
    async with auth_services(sqlite_url, clock) as made:
        yield made


@pytest.fixture
async def client(services: Services) -> AsyncIterator[Client]:
    async with TestClient(TestServer(create_public_app(services))) as opened:
        yield opened


async def send(services: Services, to: str, text: str, *, channel: Channel = Channel.EMAIL) -> None:
    envelope = Envelope(to=to, text=text, subject="Hello" if channel is Channel.EMAIL else "")
    await DevMailbox(services.sessions, channel).send(Outgoing("m", envelope, services.now()))


async def test_the_mailbox_tells_newest_first(services: Services, client: Client, clock: OffsetClock) -> None:
    await send(services, "ana@acme.example", "first")
    await send(services, "+5511987654321", "sms", channel=Channel.SMS)
    clock.advance(timedelta(seconds=5))
    await send(services, "ana@acme.example", "second")
    response = await client.get("/dev/mailbox.json", params={"to": "Ana@ACME.example"})
    assert response.content_type == "application/json"
    got = await response.json()
    assert [entry["text"] for entry in got] == ["second", "first"]
    assert got[0] == {
        "channel": "email", "to": "ana@acme.example", "subject": "Hello", "text": "second", "html": None,
        "at": iso(START + timedelta(seconds=5)),
    }  # fmt: skip
    everything = await (await client.get("/dev/mailbox.json")).json()
    assert [entry["text"] for entry in everything] == ["second", "sms", "first"]
    for number in ("+5511987654321", " 5511987654321", "5511987654321", "+55 11 98765-4321"):
        found = await (await client.get("/dev/mailbox.json", params={"to": number})).json()
        assert [entry["text"] for entry in found] == ["sms"], number
    assert await (await client.get("/dev/mailbox.json", params={"to": "nobody@acme.example"})).json() == []


async def test_the_mailbox_page_links_and_escapes(services: Services, client: Client) -> None:
    await send(services, "ana@acme.example", "Look: http://localhost:8080/resets/abc <script>x</script> & more")
    response = await client.get("/dev/mailbox")
    page = await response.text()
    assert response.status == 200
    assert '<a href="http://localhost:8080/resets/abc">' in page
    assert "<script>x" not in page
    assert "ana@acme.example" in page


async def test_the_clock_goes_forward_and_remembers(services: Services, client: Client, clock: OffsetClock) -> None:
    response = await client.post("/dev/clock", json={"advance_s": 3600})
    assert await response.json() == {"now": iso(START + timedelta(hours=1))}
    await client.post("/dev/clock", json={"advance_s": 60})
    assert services.now() == START + timedelta(seconds=3660)
    restored = await restore_clock(services.sessions, lambda: START)
    assert restored() == START + timedelta(seconds=3660)
    async with services.sessions.begin() as session:
        await record(session, services.keys, Tag.ACCOUNT_CREATED, now=services.now(), actor="system")
    async with services.sessions.begin() as session:
        event = await session.get(AuditEvent, 1)
        assert event is not None
        assert event.clock_offset_s == 3660


@pytest.mark.parametrize(
    "body",
    [{"advance_s": -1}, {"advance_s": 1.5}, {"advance_s": "60"}, {"advance_s": 10**12}, {}, {"advance_s": 1, "x": 1}],
)
async def test_the_clock_takes_nothing_else(services: Services, client: Client, body: dict[str, object]) -> None:
    response = await client.post("/dev/clock", json=body)
    assert response.status == 422
    assert services.now() == START


FOREIGN: list[dict[str, str]] = [
    {"Host": "evil.example"},
    {"Host": "zoe.internal:8080"},
    {"Host": "127.0.0.1.evil.example"},
    {"Host": "localhost.evil.example"},
    {"X-Forwarded-For": "127.0.0.1"},
    {"X-Forwarded-Host": "localhost"},
    {"X-Forwarded-Proto": "http"},
    {"Forwarded": "for=127.0.0.1"},
    {"X-Real-IP": "127.0.0.1"},
    {"Via": "1.1 proxy"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://localhost:1"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
]


async def test_nobody_else_gets_in(services: Services, client: Client) -> None:
    for headers in FOREIGN:
        for path in PATHS:
            assert (await client.get(path, headers=headers)).status == 403, headers
        response = await client.post("/dev/clock", json={"advance_s": 60}, headers=headers)
        assert response.status == 403, headers
    assert services.now() == START


async def test_the_same_origin_gets_in(client: Client) -> None:
    origin = str(client.make_url("")).rstrip("/")
    headers = {"Origin": origin, "Sec-Fetch-Site": "same-origin"}
    assert (await client.post("/dev/clock", json={"advance_s": 0}, headers=headers)).status == 200
    host = f"localhost:{client.port}"
    assert (await client.get("/dev/mailbox", headers={"Host": host})).status == 200


@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""]
)
async def test_a_form_moves_no_clock(services: Services, client: Client, kind: str) -> None:
    response = await client.post("/dev/clock", data=b'{"advance_s": 60}', headers={"Content-Type": kind})
    assert 400 <= response.status < 500
    assert services.now() == START


async def test_get_moves_no_clock(services: Services, client: Client) -> None:
    assert (await client.get("/dev/clock", params={"advance_s": "60"})).status == 405
    assert services.now() == START


async def test_none_of_it_exists_in_production(services: Services) -> None:
    settings = replace(services.settings, dev=False, public_url="https://zoe.example")
    app = create_public_app(replace(services, settings=settings))
    async with TestClient(TestServer(app)) as client:
        for path in (*PATHS, "/dev/clock"):
            assert (await client.get(path)).status == 404
        assert (await client.post("/dev/clock", json={"advance_s": 60})).status == 404
    assert services.now() == START


def test_a_peer_elsewhere_is_refused() -> None:
    from aiohttp.test_utils import make_mocked_request

    from auth_backend.dev.locality import objection

    class Transport:
        def __init__(self, peer: object) -> None:
            self.peer = peer

        def get_extra_info(self, name: str, default: object = None) -> object:
            return self.peer if name == "peername" else default

    for peer in (
        ("192.0.2.7", 5),
        ("10.0.0.1", 5),
        ("2001:db8::1", 5, 0, 0),
        ("::ffff:192.0.2.7", 5, 0, 0),
        "/run/socket",
        None,
    ):
        request = make_mocked_request("GET", "/dev/mailbox", headers={"Host": "localhost"}, transport=Transport(peer))
        assert objection(request) == "only this machine may use /dev", peer
    for peer in (("127.0.0.1", 5), ("127.9.9.9", 5), ("::1", 5, 0, 0), ("::ffff:127.0.0.1", 5, 0, 0)):
        request = make_mocked_request("GET", "/dev/mailbox", headers={"Host": "localhost"}, transport=Transport(peer))
        assert objection(request) is None, peer


async def test_only_the_newest_messages_are_listed(services: Services, client: Client) -> None:
    async with services.sessions.begin() as session:
        session.add_all(
            DevMail(channel="email", to="ana@acme.example", subject="", text=str(n), html=None, at=START)
            for n in range(230)
        )
    got = await (await client.get("/dev/mailbox.json")).json()
    assert len(got) == 200
    assert got[0]["text"] == "229"
