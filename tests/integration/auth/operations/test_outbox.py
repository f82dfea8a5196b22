"""The outbox worker: at least once, never zero times, nothing kept that was sent."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
import structlog
from sqlalchemy import func, select
from structlog.testing import capture_logs

from auth_backend.outbox.models import Channel, DevMail, OutboxMessage, OutboxState
from auth_backend.outbox.senders.base import Outgoing, SendError
from auth_backend.outbox.senders.dev_mailbox import DevMailbox
from auth_backend.outbox.service import CODE_USEFUL_FOR, Envelope, enqueue
from auth_backend.outbox.worker import LANES, LEASE, OutboxWorker
from auth_backend.services import Services
from httpkit.clock import OffsetClock


@dataclass
class Post:
    """A sender that notes what it sent; `failing` tries go wrong first, `held` names texts that wait for `released`."""

    failing: int = 0
    dying: int = 0
    held: frozenset[str] = frozenset()
    sent: list[str] = field(default_factory=list)
    started: asyncio.Event = field(default_factory=asyncio.Event)
    released: asyncio.Event = field(default_factory=asyncio.Event)
    changed: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def send(self, message: Outgoing) -> None:
        if self.failing > 0:
            self.failing -= 1
            raise SendError("post:down")
        if message.envelope.text in self.held:
            self.started.set()
            await self.released.wait()
        async with self.changed:
            self.sent.append(message.envelope.text)
            self.changed.notify_all()
        if self.dying > 0:
            self.dying -= 1
            raise asyncio.CancelledError  # the process is killed here: sent, not marked

    async def until(self, count: int) -> None:
        async with asyncio.timeout(20), self.changed:
            await self.changed.wait_for(lambda: len(self.sent) >= count)


def worker_of(services: Services, post: Post, **options: float) -> OutboxWorker:
    return OutboxWorker(
        services.sessions,
        services.keys,
        {Channel.EMAIL: post},
        services.now,
        **options,  # type: ignore[arg-type]
    )


async def put(services: Services, text: str, **more: timedelta) -> str:
    now = services.now()
    useless_after = now + more["useful_for"] if "useful_for" in more else None
    async with services.sessions.begin() as session:
        return await enqueue(
            session,
            services.keys.cipher,
            channel=Channel.EMAIL,
            kind="test",
            envelope=Envelope(to="ana@acme.example", text=text),
            now=now,
            useless_after=useless_after,
        )


async def row(services: Services, message_id: str) -> OutboxMessage:
    async with services.sessions.begin() as session:
        found = await session.get(OutboxMessage, message_id)
        assert found is not None
        return found


async def test_what_was_sent_is_erased(services: Services) -> None:
    post, message_id = Post(), await put(services, "hello")
    before = await row(services, message_id)
    assert before.body is not None
    assert b"hello" not in before.body
    assert await worker_of(services, post).send_due() == 1
    after = await row(services, message_id)
    assert (after.state, after.body, after.ended_at) == (OutboxState.SENT, None, services.now())
    assert await worker_of(services, post).send_due() == 0
    assert post.sent == ["hello"]


async def test_a_failure_is_tried_again_later(services: Services, clock: OffsetClock) -> None:
    post = Post(failing=2)
    worker, message_id = worker_of(services, post), await put(services, "hello")
    assert await worker.send_due() == 1
    assert await worker.send_due() == 0
    clock.advance(timedelta(seconds=5))
    assert await worker.send_due() == 1
    clock.advance(timedelta(seconds=9))
    assert await worker.send_due() == 0
    clock.advance(timedelta(seconds=1))
    assert await worker.send_due() == 1
    assert post.sent == ["hello"]
    assert (await row(services, message_id)).attempts == 3


async def test_after_the_last_try_it_is_dead_and_says_so(services: Services, clock: OffsetClock) -> None:
    post = Post(failing=99)
    worker, message_id = worker_of(services, post, max_attempts=3), await put(services, "hello")
    structlog.reset_defaults()
    with capture_logs() as lines:
        for _ in range(5):
            await worker.send_due()
            clock.advance(timedelta(hours=1))
    found = await row(services, message_id)
    assert (found.state, found.attempts) == (OutboxState.DEAD, 3)
    assert found.body is not None  # an operator can have it sent after all
    dead = [line for line in lines if line["log_level"] == "error"]
    assert [(line["message_id"], line["failure"], line["kind"]) for line in dead] == [(message_id, "post:down", "test")]
    assert "ana@" not in str(lines)


async def test_a_code_that_comes_too_late_is_dropped(services: Services, clock: OffsetClock) -> None:
    post = Post()
    message_id = await put(services, "code 123456", useful_for=CODE_USEFUL_FOR)
    clock.advance(CODE_USEFUL_FOR)
    await worker_of(services, post).send_due()
    found = await row(services, message_id)
    assert (found.state, found.body, post.sent) == (OutboxState.DROPPED, None, [])


async def test_killed_between_sending_and_marking_it_is_sent_again(services: Services, clock: OffsetClock) -> None:
    post = Post(dying=1)
    message_id = await put(services, "notice")
    await worker_of(services, post).send_due()
    assert (await row(services, message_id)).state is OutboxState.PENDING
    other = worker_of(services, post)
    assert await other.send_due() == 0  # its lease still runs
    clock.advance(LEASE)
    assert await other.send_due() == 1
    assert post.sent == ["notice", "notice"]
    assert (await row(services, message_id)).state is OutboxState.SENT


async def test_several_workers_share_the_work_without_doubling(services: Services) -> None:
    post, count = Post(), 5 * LANES
    for number in range(count):
        await put(services, f"m{number}")
    await asyncio.gather(*(worker_of(services, post).send_due() for _ in range(4)))
    assert sorted(post.sent) == sorted(f"m{number}" for number in range(count))
    async with services.sessions.begin() as session:
        left = await session.scalar(
            select(func.count()).select_from(OutboxMessage).where(OutboxMessage.state != OutboxState.SENT)
        )
    assert left == 0


async def test_no_transaction_is_open_while_sending(services: Services) -> None:
    """The mailbox writes to the same database: on SQLite, with one writer, it would wait for an open transaction."""
    await put(services, "hello")
    box = DevMailbox(services.sessions, Channel.EMAIL)
    worker = OutboxWorker(services.sessions, services.keys, {Channel.EMAIL: box}, services.now)
    async with asyncio.timeout(10):
        await worker.send_due()
    async with services.sessions.begin() as session:
        assert (await session.scalars(select(DevMail.text))).all() == ["hello"]


async def test_a_channel_without_a_way_out_waits_as_a_failure(services: Services) -> None:
    message_id = await put(services, "hello")
    worker = OutboxWorker(services.sessions, services.keys, {}, services.now)
    assert await worker.send_due() == 1
    assert (await row(services, message_id)).state is OutboxState.PENDING


async def test_it_wakes_at_once_and_one_slow_message_holds_up_no_other(services: Services) -> None:
    post = Post(held=frozenset({"slow"}))
    worker = worker_of(services, post, poll_s=3600.0)
    running = asyncio.create_task(worker.run())
    slow = await put(services, "slow")
    worker.wake()
    async with asyncio.timeout(20):
        await post.started.wait()
    for number in range(2 * LANES):
        await put(services, f"m{number}")
    worker.wake()
    await post.until(2 * LANES)
    assert "slow" not in post.sent
    worker.stop()
    post.released.set()
    async with asyncio.timeout(20):
        await running
    assert "slow" in post.sent  # a graceful stop finishes what was begun
    assert (await row(services, slow)).state is OutboxState.SENT


async def test_a_cancelled_worker_leaves_its_message_to_the_next(services: Services, clock: OffsetClock) -> None:
    post = Post(held=frozenset({"slow"}))
    worker = worker_of(services, post)
    running = asyncio.create_task(worker.run())
    message_id = await put(services, "slow")
    worker.wake()
    async with asyncio.timeout(20):
        await post.started.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    clock.advance(LEASE)
    post.released.set()
    await worker_of(services, post).send_due()
    assert post.sent == ["slow"]
    assert (await row(services, message_id)).state is OutboxState.SENT


async def test_a_graceful_stop_leaves_a_hanging_mail_to_the_next(services: Services, clock: OffsetClock) -> None:
    post = Post(held=frozenset({"slow"}))
    worker = worker_of(services, post, stop_s=0.0)
    running = asyncio.create_task(worker.run())
    message_id = await put(services, "slow")
    worker.wake()
    async with asyncio.timeout(20):
        await post.started.wait()
        worker.stop()
        await running
    assert (await row(services, message_id)).state is OutboxState.PENDING
    clock.advance(LEASE)
    post.released.set()
    await worker_of(services, post).send_due()
    assert post.sent == ["slow"]
