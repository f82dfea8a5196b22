"""What Prometheus reads: only what was committed, from a registry of its own, with nobody's data in a label."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest
from aiohttp.test_utils import TestClient, TestServer
from prometheus_client.parser import text_string_to_metric_families

from auth_backend.app import create_internal_app, create_public_app
from auth_backend.audit.service import record
from auth_backend.audit.tags import Tag
from auth_backend.db import session_factory
from auth_backend.metrics import Metrics
from auth_backend.outbox.models import Channel
from auth_backend.outbox.service import Envelope, enqueue
from auth_backend.services import Services
from dbkit.engines import create_engine
from httpkit.clock import OffsetClock
from tests.support.auth_world import ACTIONS_TOKEN, BOT_TOKEN, add_people, auth_services, open_browser

METRICS_TOKEN = "prometheus-token-of-the-tests-7q2"


@pytest.fixture
async def services(database_url: str, clock: OffsetClock) -> AsyncIterator[Services]:
    """Services whose sessions count."""
    async with auth_services(database_url, clock, metrics_token=METRICS_TOKEN) as made:
        metrics, engine = Metrics(), create_engine(database_url)
        yield replace(made, metrics=metrics, sessions=session_factory(engine, metrics.take))
        await engine.dispose()


async def scrape(services: Services, token: str = METRICS_TOKEN) -> tuple[int, dict[tuple[str, ...], float]]:
    """Status and samples: (name, label values in the order of the labels' names …) → value."""
    async with (
        TestClient(TestServer(create_internal_app(services))) as client,
        client.get("/internal/metrics", headers={"Authorization": f"Bearer {token}"}) as response,
    ):
        text = await response.text()
        if response.status != 200:
            return response.status, {}
        assert response.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    families = text_string_to_metric_families(text)
    samples = [sample for family in families for sample in family.samples]
    return 200, {(sample.name, *sample.labels.values()): sample.value for sample in samples}


async def test_what_happened_is_counted_when_it_is_committed(services: Services) -> None:
    await add_people(services)
    async with open_browser(services) as browser:
        await browser.sign_in("ana@acme.example", "wrong")
        await browser.sign_in("ana@acme.example")
    async with services.sessions() as session:
        await record(session, services.keys, Tag.RESET_EXECUTED, now=services.now(), actor="test")
        await session.rollback()
    async with services.sessions.begin() as session:
        await record(session, services.keys, Tag.RESET_SCHEDULED, now=services.now(), actor="test")
    status, samples = await scrape(services)
    assert status == 200
    assert samples["zoe_logins_total", "refused", "password"] == 1
    assert samples["zoe_logins_total", "accepted", "password"] == 1
    assert samples["zoe_resets_total", "scheduled"] == 1
    assert ("zoe_resets_total", "executed") not in samples
    assert samples["zoe_security_events_total", "reset:scheduled"] == 1
    assert samples["zoe_http_requests_total", "/login", "422"] == 1
    assert samples["zoe_http_requests_total", "/login", "303"] == 1
    assert "ana@" not in str(samples)


async def test_the_outbox_is_read_from_the_database(services: Services, clock: OffsetClock) -> None:
    async with services.sessions.begin() as session:
        envelope = Envelope(to="ana@acme.example", text="hello")
        await enqueue(session, services.keys.cipher, channel=Channel.EMAIL, kind="test", envelope=envelope, now=clock())
    _, samples = await scrape(services)
    assert samples["zoe_outbox_messages", "email", "pending"] == 1
    assert samples["zoe_outbox_messages", "sms", "pending"] == 0
    assert samples["zoe_outbox_oldest_seconds", "email"] == 0


async def test_the_token_opens_the_metrics_and_nothing_else(services: Services) -> None:
    assert (await scrape(services, BOT_TOKEN))[0] == 200
    assert (await scrape(services, ACTIONS_TOKEN))[0] == 403
    assert (await scrape(services, "x"))[0] == 401
    async with TestClient(TestServer(create_internal_app(services))) as client:
        headers = {"Authorization": f"Bearer {METRICS_TOKEN}"}
        for route in client.server.app.router.routes():  # type: ignore[union-attr, attr-defined]
            path = route.resource.canonical.replace("{id}", "x") if route.resource else ""
            if route.method in {"GET", "POST"} and path not in {"/internal/metrics", "/livez"}:
                async with client.request(route.method, path, headers=headers, json={}) as response:
                    assert response.status == 403, path
    async with (
        TestClient(TestServer(create_public_app(services))) as client,
        client.get("/internal/metrics", headers=headers) as response,
    ):
        assert response.status == 404


async def test_two_backends_in_one_process_count_apart(services: Services) -> None:
    other = replace(services, metrics=Metrics())
    services.metrics.hashed(0.2)
    assert (await scrape(services))[1]["zoe_argon2_seconds_count",] == 1
    assert (await scrape(other))[1]["zoe_argon2_seconds_count",] == 0


async def test_the_port_answers_under_its_own_names_only(services: Services) -> None:
    settings = replace(services.settings, internal_host="10.0.0.5", internal_url="http://zoe-web:8081")
    async with TestClient(TestServer(create_internal_app(replace(services, settings=settings)))) as client:
        for host, status in (
            ("localhost:8081", 200),
            ("10.0.0.5:8081", 200),
            ("zoe-web:8081", 200),
            ("evil.example", 421),
        ):
            headers = {"Authorization": f"Bearer {METRICS_TOKEN}", "Host": host}
            async with client.get("/internal/metrics", headers=headers) as response:
                assert response.status == status, host
