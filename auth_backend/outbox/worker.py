"""Sends what is in the outbox: at least once, from any number of processes on one database."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import partial

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from auth_backend.keyring import Keyring
from auth_backend.outbox.bounces import clear_bounce, destination_hash, holder_of, mark_bounced
from auth_backend.outbox.models import Channel, OutboxMessage
from auth_backend.outbox.queue import claim_due, mark_dropped, mark_failed, mark_sent
from auth_backend.outbox.senders.base import Outgoing, Sender, SendError
from auth_backend.outbox.service import open_body
from httpkit.clock import Now
from httpkit.failpoints import Failpoint, no_failpoint

log = structlog.get_logger("outbox")

LANES = 8
"""How many messages one worker sends at a time."""
POLL_S = 2.0
SEND_TIMEOUT_S = 45.0
STOP_S = 10.0
"""How long a graceful stop waits for what is being sent; a slower mail is left to its lease and sent by the next
process, perhaps for the second time.
"""
LEASE = timedelta(seconds=90)
"""Longer than a send may take, so that a living worker's message is not claimed by another one."""
MAX_ATTEMPTS = 107
"""With pauses that grow to an hour: given up after four days, as RFC 5321 4.5.4.1 advises."""


class OutboxWorker:
    """Claims, sends, marks; no transaction is open while something is being sent.

    A process that is killed between sending and marking leaves a lease that runs out; then the message is sent again.
    """

    def __init__(
        self,
        sessions: async_sessionmaker[AsyncSession],
        keys: Keyring,
        senders: Mapping[Channel, Sender],
        now: Now,
        *,
        poll_s: float = POLL_S,
        stop_s: float = STOP_S,
        max_attempts: int = MAX_ATTEMPTS,
        failpoint: Failpoint = no_failpoint,
    ) -> None:
        self._sessions = sessions
        self._keys = keys
        self._senders = senders
        self._now = now
        self._poll_s = poll_s
        self._stop_s = stop_s
        self._max_attempts = max_attempts
        self._failpoint = failpoint
        self._woken = asyncio.Event()
        self._stopping = False
        self._sending: dict[str, asyncio.Task[None]] = {}

    def wake(self) -> None:
        """There is something new; called after the commit (`Services.wake_outbox`)."""
        self._woken.set()

    def stop(self) -> None:
        """Claims nothing more; `run` returns once what is being sent has been sent, after 10 s at the latest."""
        self._stopping = True
        self._woken.set()

    async def run(self) -> None:
        """Works until `stop`, or until cancelled: then what was being sent is left to its lease."""
        try:
            while not self._stopping:
                self._woken.clear()
                await self._claim_safely()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), self._poll_s)
            with suppress(TimeoutError):
                async with asyncio.timeout(self._stop_s):
                    await self._finish()
        finally:
            for task in self._sending.values():
                task.cancel()

    async def send_due(self) -> int:
        """Sends everything that is due now and returns how many tries that were; for commands and tests."""
        tries = 0
        while claimed := await self._claim():
            tries += claimed
            await self._finish()
        return tries

    async def _claim_safely(self) -> None:
        try:
            await self._claim()
        except (SQLAlchemyError, OSError):
            log.exception("the outbox can't be read; trying again")

    async def _claim(self) -> int:
        free = LANES - len(self._sending)
        if free <= 0:
            return 0
        async with self._sessions.begin() as session:
            claimed = await claim_due(session, now=self._now(), lease=LEASE, limit=free, held=list(self._sending))
        for message in claimed:
            task = asyncio.create_task(self._deliver(message), name=f"outbox {message.id}")
            self._sending[message.id] = task
            task.add_done_callback(partial(self._delivered, message.id))
        return len(claimed)

    def _delivered(self, message_id: str, _task: asyncio.Task[None]) -> None:
        del self._sending[message_id]
        self._woken.set()  # a lane is free: whatever waits for one need not wait for the next poll

    async def _finish(self) -> None:
        if self._sending:
            await asyncio.gather(*self._sending.values(), return_exceptions=True)

    async def _deliver(self, message: OutboxMessage) -> None:
        await self._failpoint("sending")
        try:
            if message.useless_after is not None and self._now() >= message.useless_after:
                await self._drop(message)
                return
            await self._note(message, await self._try_to_send(message))
        except (SQLAlchemyError, OSError):
            log.exception("what became of a message could not be stored; its lease will run out", **_described(message))

    async def _try_to_send(self, message: OutboxMessage) -> "_Left | _Stayed":
        """Texts of errors stay out of logs: servers like to repeat addresses."""
        sender = self._senders.get(message.channel)
        if sender is None:
            return _Stayed(SendError("no_sender"))
        to = None
        try:
            envelope = open_body(self._keys.cipher, message)
            to = envelope.to
            async with asyncio.timeout(SEND_TIMEOUT_S):
                provider_id = await sender.send(Outgoing(message.id, envelope, self._now(), message.useless_after))
        except SendError as error:
            return _Stayed(error, to)
        except TimeoutError:
            return _Stayed(SendError("timeout"), to)
        except Exception as error:  # noqa: BLE001 - whatever a sender does, the other messages go on
            return _Stayed(SendError(type(error).__name__), to)
        return _Left(to, provider_id)

    async def _drop(self, message: OutboxMessage) -> None:
        async with self._sessions.begin() as session:
            await mark_dropped(session, message.id, now=self._now())
        log.warning("message dropped: too late to help", **_described(message))

    async def _note(self, message: OutboxMessage, outcome: "_Left | _Stayed") -> None:
        if isinstance(outcome, _Left):
            await self._note_left(message, outcome)
        else:
            await self._note_failure(message, outcome)

    async def _note_left(self, message: OutboxMessage, left: "_Left") -> None:
        """A mail that was taken proves its address good again; an SMS does only once it is reported as delivered."""
        now, destination = self._now(), None
        async with self._sessions.begin() as session:
            user_id = None
            if message.channel is not Channel.CHAT:
                destination = destination_hash(self._keys, left.to)
            if message.channel is Channel.SMS:
                user_id = await holder_of(session, Channel.SMS, left.to)
            elif destination is not None:
                await clear_bounce(session, destination)
            await mark_sent(
                session, message.id, now=now, provider_id=left.provider_id, destination=destination, user_id=user_id
            )
        log.info("message sent", **_described(message))

    async def _note_failure(self, message: OutboxMessage, stayed: "_Stayed") -> None:
        now, error = self._now(), stayed.error
        async with self._sessions.begin() as session:
            dead = await mark_failed(
                session, message, now=now, max_attempts=self._max_attempts, final=error.final, pause=error.pause
            )
            if error.bounced and stayed.to is not None:
                await mark_bounced(
                    session,
                    self._keys,
                    destination=destination_hash(self._keys, stayed.to),
                    channel=message.channel,
                    user_id=await holder_of(session, message.channel, stayed.to),
                    reason=error.code,
                    now=now,
                )
        if error.final:
            log.error("message dead: refused for good", failure=error.code, **_described(message))
        elif dead:
            log.error("message dead: given up after all tries", failure=error.code, **_described(message))
        else:
            log.warning("message not sent; it will be tried again", failure=error.code, **_described(message))


@dataclass(frozen=True)
class _Left:
    """The next hop took it; `to` is where it went."""

    to: str
    provider_id: str | None


@dataclass(frozen=True)
class _Stayed:
    """It did not leave; `to` is None when the body could not be opened."""

    error: SendError
    to: str | None = None


def _described(message: OutboxMessage) -> dict[str, object]:
    return {
        "message_id": message.id,
        "channel": message.channel.value,
        "kind": message.kind,
        "attempts": message.attempts,
    }
