"""SMS through Twilio and Zenvia: what is asked of them, what their errors mean, what they report afterwards."""

import base64
import hashlib
import hmac
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta

import pytest
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy import select

from auth_backend.app import create_public_app
from auth_backend.audit.models import AuditEvent
from auth_backend.factors.models import Factor, FactorKind, FactorStatus
from auth_backend.outbox.bounces import bounces_of
from auth_backend.outbox.models import Channel, Delivery, OutboxMessage, OutboxState
from auth_backend.outbox.senders.base import Outgoing, Sender, SendError
from auth_backend.outbox.senders.twilio import TwilioSender, is_signed, signature
from auth_backend.outbox.senders.zenvia import ZenviaSender
from auth_backend.outbox.service import Envelope, enqueue
from auth_backend.outbox.worker import OutboxWorker
from auth_backend.services import Services
from auth_backend.settings import TwilioSettings
from httpkit.clock import OffsetClock
from tests.conftest import START
from tests.support.auth_world import add_people, auth_services
from tests.support.sms_providers import TWILIO, ZENVIA, sms_providers

PHONE = "+5551999990000"
CALLBACK = "https://accounts.saas.example/sms/status/twilio"


@pytest.fixture
async def services(sqlite_url: str, clock: OffsetClock) -> AsyncIterator[Services]:
    async with auth_services(sqlite_url, clock) as made:
        yield made


def sms(to: str = PHONE, **more: object) -> Outgoing:
    return Outgoing("m1", Envelope(to=to, text="Zoe: 123456"), START, **more)  # type: ignore[arg-type]


async def test_twilio_is_asked_as_documented() -> None:
    async with sms_providers() as (providers, http):
        sid = await TwilioSender(http, TWILIO, CALLBACK, providers.url).send(
            sms(useless_after=START + timedelta(minutes=7))
        )
    assert providers.taken == [
        {
            "sid": sid,
            "To": PHONE,
            "From": TWILIO.sender,
            "Body": "Zoe: 123456",
            "StatusCallback": f"{CALLBACK}?message=m1",
            "ValidityPeriod": "420",
        }
    ]


async def test_twilio_by_a_messaging_service() -> None:
    settings = TwilioSettings(TWILIO.account_sid, TWILIO.auth_token, messaging_service="MG" + "1" * 32)
    async with sms_providers() as (providers, http):
        await TwilioSender(http, settings, CALLBACK, providers.url).send(sms())
    assert providers.taken[0]["MessagingServiceSid"] == settings.messaging_service
    assert "From" not in providers.taken[0]
    assert "ValidityPeriod" not in providers.taken[0]


@pytest.mark.parametrize(
    ("to", "code", "final", "bounced", "pause_s"),
    [
        ("+15005550001", "twilio:21211", True, True, 0),
        ("+15005550004", "twilio:21610", True, True, 0),
        ("+15005550009", "twilio:21614", True, True, 0),
        ("+15005550002", "twilio:21408", True, False, 0),
        ("+15005550029", "twilio:20429", False, False, 7),
        ("+15005550003", "twilio:20503", False, False, 0),
    ],
)
async def test_twilios_errors(to: str, code: str, final: bool, bounced: bool, pause_s: int) -> None:
    async with sms_providers() as (providers, http):
        with pytest.raises(SendError) as raised:
            await TwilioSender(http, TWILIO, CALLBACK, providers.url).send(sms(to))
    error = raised.value
    assert (error.code, error.final, error.bounced, error.pause.total_seconds()) == (code, final, bounced, pause_s)


async def test_wrong_credentials_are_ours_to_mend_so_the_message_waits(unused_tcp_port: int) -> None:
    async with sms_providers() as (providers, http):
        wrong: list[Sender] = [
            TwilioSender(http, replace(TWILIO, auth_token="another"), CALLBACK, providers.url),
            ZenviaSender(http, replace(ZENVIA, api_token="another"), providers.url),
            TwilioSender(http, TWILIO, CALLBACK, f"http://127.0.0.1:{unused_tcp_port}"),
            ZenviaSender(http, ZENVIA, f"http://127.0.0.1:{unused_tcp_port}"),
        ]
        for sender in wrong:
            with pytest.raises(SendError) as raised:
                await sender.send(sms())
            assert not raised.value.final


async def test_zenvia_is_asked_as_documented() -> None:
    async with sms_providers() as (providers, http):
        found = await ZenviaSender(http, ZENVIA, providers.url).send(sms())
    contents = [{"type": "text", "text": "Zoe: 123456"}]
    assert providers.taken == [{"id": found, "from": "zoe-sms", "to": "5551999990000", "contents": contents}]


@pytest.mark.parametrize(
    ("status", "name", "final", "pause_s"),
    [(400, "VALIDATION_ERROR", True, 0), (409, "DUPLICATED", True, 0), (429, "x", False, 30), (500, "x", False, 0)],
)
async def test_zenvias_errors(status: int, name: str, final: bool, pause_s: int) -> None:
    async with sms_providers() as (providers, http):
        providers.refuse = (status, {"code": name, "description": "to 5551999990000"})
        with pytest.raises(SendError) as raised:
            await ZenviaSender(http, ZENVIA, providers.url).send(sms())
    error = raised.value
    assert (error.code, error.final, error.bounced, error.pause.total_seconds()) == (
        f"zenvia:{status}", final, False, pause_s,
    )  # fmt: skip


def test_twilios_own_example_of_a_signature() -> None:
    """The worked example of Twilio's documentation on request validation."""
    fields = [
        ("CallSid", "CA1234567890ABCDE"),
        ("Caller", "+14158675310"),
        ("Digits", "1234"),
        ("From", "+14158675310"),
        ("To", "+18005551212"),
    ]
    url = "https://mycompany.com/myapp.php?foo=1&bar=2"
    assert signature("12345", url, fields) == "GvWf1cFY/Q7PnoempGyD5oXAezc="
    assert is_signed("12345", url, list(reversed(fields)), "GvWf1cFY/Q7PnoempGyD5oXAezc=")
    assert not is_signed("12345", url, fields[:-1], "GvWf1cFY/Q7PnoempGyD5oXAezc=")


async def put(services: Services) -> str:
    async with services.sessions.begin() as session:
        return await enqueue(
            session,
            services.keys.cipher,
            channel=Channel.SMS,
            kind="code:login_sms",
            envelope=Envelope(to=PHONE, text="Zoe: 123456"),
            now=services.now(),
        )


async def send(services: Services, sender: Sender) -> None:
    assert await OutboxWorker(services.sessions, services.keys, {Channel.SMS: sender}, services.now).send_due() == 1


async def row(services: Services, message_id: str) -> OutboxMessage:
    async with services.sessions.begin() as session:
        found = await session.get(OutboxMessage, message_id)
        assert found is not None
        return found


async def bounced(services: Services) -> list[str]:
    async with services.sessions.begin() as session:
        return [bounce.address for bounce in await bounces_of(session, services.keys, [PHONE])]


async def add_phone(services: Services) -> str:
    people = await add_people(services)
    async with services.sessions.begin() as session:
        session.add(
            Factor(
                user_id=people.owner,
                kind=FactorKind.SMS,
                status=FactorStatus.LIVE,
                phone=PHONE,
                created_at=services.now(),
            )
        )
    return people.owner


def signed(services: Services, path: str, form: dict[str, str]) -> dict[str, str]:
    """Signed independently of the code under test."""
    text = services.settings.public_url + path + "".join(name + form[name] for name in sorted(form))
    mac = hmac.new(TWILIO.auth_token.encode(), text.encode(), hashlib.sha1)
    return {"X-Twilio-Signature": base64.b64encode(mac.digest()).decode()}


async def test_what_twilio_reports_marks_the_number_and_takes_the_mark_away(services: Services) -> None:
    services = replace(services, settings=replace(services.settings, sms=TWILIO))
    owner = await add_phone(services)
    async with sms_providers() as (providers, http):
        message_id = await put(services)
        await send(services, TwilioSender(http, TWILIO, CALLBACK, providers.url))
    path = f"/sms/status/twilio?message={message_id}"
    sent = await row(services, message_id)
    assert (sent.state, sent.provider_id, sent.user_id) == (OutboxState.SENT, providers.taken[0]["sid"], owner)

    async with TestClient(TestServer(create_public_app(services))) as client:

        async def report(status: str, expected: int = 204, **more: str) -> None:
            form = {"MessageSid": sent.provider_id or "", "MessageStatus": status, "To": PHONE, **more}
            async with client.post(path, data=form, headers=signed(services, path, form)) as response:
                assert response.status == expected

        await report("sent", RawDlrDoneDate="2603021402")
        assert await bounced(services) == []
        await report("undelivered", ErrorCode="30003")
        await report("undelivered", ErrorCode="30003")
        assert await bounced(services) == [PHONE]
        assert (await row(services, message_id)).delivery is Delivery.UNDELIVERED

        form = {"MessageSid": "x", "MessageStatus": "delivered"}
        for headers in ({}, {"X-Twilio-Signature": "x"}, signed(services, path, {**form, "MessageStatus": "failed"})):
            async with client.post(path, data=form, headers=headers) as response:
                assert response.status == 403
        assert await bounced(services) == [PHONE]

        await report("delivered")
        assert await bounced(services) == []
        await report("failed", ErrorCode="30008")  # late and out of order
        assert await bounced(services) == []
        async with client.post("/sms/status/zenvia", json={}) as response:
            assert response.status == 404
    async with services.sessions.begin() as session:
        events = list(await session.scalars(select(AuditEvent).where(AuditEvent.tag == "outbox:destination:bounced")))
    assert [(event.user_id, event.data) for event in events] == [(owner, {"channel": "sms", "reason": "twilio:30003"})]


async def test_what_zenvia_reports(services: Services) -> None:
    services = replace(services, settings=replace(services.settings, sms=ZENVIA))
    async with sms_providers() as (providers, http):
        message_id = await put(services)
        await send(services, ZenviaSender(http, ZENVIA, providers.url))
    provider_id = (await row(services, message_id)).provider_id

    async with TestClient(TestServer(create_public_app(services))) as client:

        async def report(code: str, expected: int, token: str = ZENVIA.webhook_token, found: str | None = None) -> None:
            body = {
                "id": "e1",
                "type": "MESSAGE_STATUS",
                "channel": "sms",
                "messageId": found or provider_id,
                "contentIndex": 0,
                "messageStatus": {"code": code, "timestamp": "2026-03-02T14:02:00Z", "causes": []},
            }
            headers = {"Authorization": f"Bearer {token}"}
            async with client.post("/sms/status/zenvia", json=body, headers=headers) as response:
                assert response.status == expected

        await report("NOT_DELIVERED", 401, token="wrong")
        await report("NOT_DELIVERED", 401, token="")
        assert await bounced(services) == []
        await report("SENT", 204)
        await report("NOT_DELIVERED", 404, found="never-sent")
        assert await bounced(services) == []
        await report("NOT_DELIVERED", 204)
        assert await bounced(services) == [PHONE]
        await report("DELIVERED", 204)
        assert await bounced(services) == []


async def test_a_number_that_the_provider_refuses_is_marked_and_the_code_is_gone(
    services: Services, clock: OffsetClock
) -> None:
    async with sms_providers() as (providers, http):
        async with services.sessions.begin() as session:
            message_id = await enqueue(
                session,
                services.keys.cipher,
                channel=Channel.SMS,
                kind="code:login_sms",
                envelope=Envelope(to="+15005550001", text="Zoe: 123456"),
                now=services.now(),
                useless_after=services.now() + timedelta(minutes=7),
            )
        await send(services, TwilioSender(http, TWILIO, CALLBACK, providers.url))
    found = await row(services, message_id)
    assert (found.state, found.body, found.attempts) == (OutboxState.DEAD, None, 1)
    async with services.sessions.begin() as session:
        assert len(await bounces_of(session, services.keys, ["+15005550001"])) == 1


async def test_a_provider_that_asks_for_time_gets_it(services: Services, clock: OffsetClock) -> None:
    async with sms_providers() as (providers, http):
        providers.refuse = (429, {"code": "x", "description": "x"})
        message_id = await put(services)
        await send(services, ZenviaSender(http, ZENVIA, providers.url))
    assert (await row(services, message_id)).due_at == clock() + timedelta(seconds=30)


def test_secrets_are_not_printed() -> None:
    assert TWILIO.auth_token not in repr(TWILIO)
    assert ZENVIA.api_token not in repr(ZENVIA)
    assert ZENVIA.webhook_token not in repr(ZENVIA)
