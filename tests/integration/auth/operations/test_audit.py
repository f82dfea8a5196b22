"""The record: whole, or it says where it breaks."""

import json
from collections.abc import Iterator
from datetime import timedelta

import pytest
import structlog
from sqlalchemy import delete, update
from structlog.testing import capture_logs

from auth_backend.audit.export import export_lines
from auth_backend.audit.heartbeat import log_head
from auth_backend.audit.models import AuditEvent, AuditHead
from auth_backend.audit.opening import open_record
from auth_backend.audit.service import Broken, Verified, read_head, record, verify
from auth_backend.audit.tags import Tag
from auth_backend.dev.clock import advance_clock, restore_clock
from auth_backend.services import Services
from httpkit.clock import OffsetClock
from tests.conftest import START, postgres_database
from tests.support.auth_world import auth_services


async def write(services: Services, count: int) -> None:
    for number in range(count):
        async with services.sessions.begin() as session:
            await record(
                session, services.keys, Tag.USER_CREATED, now=services.now(), actor="operator", data={"number": number}
            )


async def judged(services: Services, head: str | None = None) -> Verified | Broken:
    async with services.sessions.begin() as session:
        return await verify(session, services.keys, expected_head=head)


@pytest.fixture
async def head(services: Services) -> str:
    """Five events, and the head that a log would have kept."""
    await write(services, 5)
    found = await judged(services)
    assert isinstance(found, Verified)
    assert found.count == 5
    return found.head


async def test_a_record_that_grew_still_holds_an_old_head(services: Services, head: str) -> None:
    await write(services, 2)
    found = await judged(services, head)
    assert isinstance(found, Verified)
    assert found.count == 7
    assert found.head != head


@pytest.mark.parametrize(
    "change",
    [
        {"data": {"number": 7}},
        {"actor": "system"},
        {"tag": "user:password:set"},
        {"user_id": "somebody"},
        {"account_id": "some"},
        {"at": START + timedelta(days=1)},
        {"request_id": "other-request"},
        {"clock_offset_s": 1},
        {"mac": "0" * 64},
    ],
    ids=lambda change: next(iter(change)),
)
async def test_a_changed_event_is_named(services: Services, head: str, change: dict[str, object]) -> None:
    async with services.sessions.begin() as session:
        await session.execute(update(AuditEvent).where(AuditEvent.seq == 3).values(**change))
    assert await judged(services) == Broken(3, "changed")


async def test_a_deleted_event_is_named(services: Services, head: str) -> None:
    async with services.sessions.begin() as session:
        await session.execute(delete(AuditEvent).where(AuditEvent.seq == 2))
    assert await judged(services) == Broken(2, "missing")


async def test_a_cut_tail_is_noticed_by_the_head_row(services: Services, head: str) -> None:
    async with services.sessions.begin() as session:
        await session.execute(delete(AuditEvent).where(AuditEvent.seq > 3))
    assert await judged(services) == Broken(4, "cut off")


async def test_a_cut_tail_with_the_head_row_mended_is_noticed_by_the_logged_head(services: Services, head: str) -> None:
    async with services.sessions.begin() as session:
        await session.execute(delete(AuditEvent).where(AuditEvent.seq > 3))
        last = await session.get(AuditEvent, 3)
        assert last is not None
        await session.execute(update(AuditHead).values(seq=3, mac=last.mac))
    assert isinstance(await judged(services), Verified)  # without a head from elsewhere nobody could know
    assert await judged(services, head) == Broken(4, "the expected head is not in the chain")


async def test_everything_gone_is_noticed(services: Services, head: str) -> None:
    async with services.sessions.begin() as session:
        await session.execute(delete(AuditEvent))
    assert await judged(services) == Broken(1, "cut off")
    async with services.sessions.begin() as session:
        await session.execute(delete(AuditHead))
    assert isinstance(await judged(services, head), Broken)


async def test_a_missing_head_row_is_noticed(services: Services, head: str) -> None:
    async with services.sessions.begin() as session:
        await session.execute(delete(AuditHead))
    assert isinstance(await judged(services), Broken)


@pytest.fixture
def postgres_url() -> Iterator[str]:
    yield from postgres_database()


@pytest.mark.postgres
async def test_looking_while_others_write_sees_one_moment(postgres_url: str, clock: OffsetClock) -> None:
    async with auth_services(postgres_url, clock) as services:
        await write(services, 2)
        async with open_record(services.settings) as session:
            assert (await read_head(session)).seq == 2
            await write(services, 3)
            found = await verify(session, services.keys)
        assert isinstance(found, Verified)
        assert found.count == 2


async def test_the_head_is_logged(services: Services, head: str) -> None:
    structlog.reset_defaults()
    with capture_logs() as lines:
        await log_head(services.sessions)
    assert [(line["event"], line["seq"], line["head"]) for line in lines] == [("audit head", 5, head)]


async def test_the_export_has_every_event_once(services: Services, head: str) -> None:
    async with services.sessions.begin() as session:
        rows = [json.loads(line) async for line in export_lines(session)]
    assert [row["seq"] for row in rows] == [1, 2, 3, 4, 5]
    assert rows[-1]["mac"] == head
    assert rows[0]["at"] == "2026-03-02T14:02:00Z"
    assert rows[3]["data"] == {"number": 3}


async def test_the_moved_clock_is_in_each_event(services: Services, clock: OffsetClock) -> None:
    assert await advance_clock(services.sessions, clock, 3600) == START + timedelta(hours=1)
    assert await advance_clock(services.sessions, clock, 60) == START + timedelta(seconds=3660)
    await write(services, 1)
    async with services.sessions.begin() as session:
        event = await session.get(AuditEvent, 1)
        assert event is not None
        assert (event.clock_offset_s, event.at) == (3660, START + timedelta(seconds=3660))
    assert isinstance(await judged(services), Verified)
    assert (await restore_clock(services.sessions, lambda: START))() == START + timedelta(seconds=3660)
