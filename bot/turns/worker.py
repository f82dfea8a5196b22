"""Runs turns: one at a time for each conversation across instances, each applied once, resumed after a restart."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

import structlog
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import Database
from bot.fanout import Fanout
from bot.handoff.states import State
from bot.identifiers import new_id
from bot.languages import Lang
from bot.models import Conversation, Offer, Turn
from bot.replies import Outgoing
from bot.transcript import append_outgoing
from bot.turns.queue import (
    Lease,
    LeaseLostError,
    claim,
    follows_open_card,
    get_next,
    hold,
    list_due,
    mark_answered,
    put_off,
    release,
)
from httpkit.clock import Now

log = structlog.get_logger("turns")

_LONGEST_PAUSE = timedelta(seconds=15)
_GIVE_UP_AFTER = 3
"""Attempts for a turn that was answered with an error, or that failed here; a server that is away is waited for."""

type Failpoint = Callable[[str], Awaitable[None]]
"""Called between the steps of a turn; tests stop a worker there."""


@dataclass(frozen=True)
class Done:
    """What a turn led to."""

    outgoing: list[Outgoing] = field(default_factory=list)
    lang: Lang | None = None


@dataclass(frozen=True)
class Job:
    """One turn with what it needs: its conversation, and the offer that was chosen, if one was."""

    conversation: Conversation
    turn: Turn
    offer: Offer | None = None
    after_card: bool = False
    """Whether the message was written after a confirmation card that is still open: only then can a word be a yes."""


class TurnPutOffError(Exception):
    """The turn can't be run now and is kept. `why` names what is waited for; `said` is said once for it."""

    def __init__(self, why: str, said: list[Outgoing]) -> None:
        super().__init__(why)
        self.why = why
        self.said = said


class TurnFailedError(Exception):
    """The turn was answered with an error; after three times `said` is the answer."""

    def __init__(self, said: list[Outgoing]) -> None:
        super().__init__("turn failed")
        self.said = said


class RunTurn(Protocol):
    """What a turn means: the bot. It stores nothing itself."""

    async def __call__(self, job: Job) -> Done:
        """Raises TurnPutOffError or TurnFailedError."""


async def no_failpoint(_name: str) -> None:
    """Production's failpoint: nothing happens."""


class TurnWorker:
    """Looks for turns when woken and every `poll_s` seconds, and runs them with at most `parallel` at once."""

    def __init__(
        self,
        database: Database,
        run_turn: RunTurn,
        fanout: Fanout,
        now: Now,
        *,
        lease: timedelta = timedelta(seconds=90),
        timeout_s: float = 60.0,
        poll_s: float = 1.0,
        parallel: int = 16,
        failpoint: Failpoint = no_failpoint,
    ) -> None:
        self._database = database
        self._run_turn = run_turn
        self._fanout = fanout
        self._now = now
        self._lease = lease
        self._timeout_s = timeout_s
        self._poll_s = poll_s
        self._parallel = asyncio.Semaphore(parallel)
        self._failpoint = failpoint
        self._wake = asyncio.Event()
        self._running: dict[str, asyncio.Task[None]] = {}

    def wake(self) -> None:
        """Says that there is something to do."""
        self._wake.set()

    async def run(self) -> None:
        """Works until cancelled; what is in the middle then is taken up by the next start."""
        try:
            while True:
                try:
                    await self._start_due()
                except Exception:
                    log.exception("looking for turns failed")
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._poll_s):
                        await self._wake.wait()
                self._wake.clear()
        finally:
            for task in list(self._running.values()):
                task.cancel()
            await asyncio.gather(*self._running.values(), return_exceptions=True)

    async def _start_due(self) -> None:
        async with self._database.read() as session:
            due = await list_due(session, self._now())
        for conversation_id in due:
            if conversation_id not in self._running:
                task = asyncio.create_task(self._guarded(conversation_id))
                self._running[conversation_id] = task

    async def _guarded(self, conversation_id: str) -> None:
        try:
            async with self._parallel:
                await self.run_conversation(conversation_id)
        except LeaseLostError:
            log.info("lease lost", conversation=conversation_id)
        except Exception:
            log.exception("conversation failed", conversation=conversation_id)
        finally:
            self._running.pop(conversation_id, None)

    async def run_conversation(self, conversation_id: str) -> int:
        """Runs the conversation's due turns in order; returns how many were answered. Raises LeaseLostError."""
        lease = Lease(conversation_id, new_id())
        async with self._database.write() as session:
            if not await claim(session, lease, self._now(), self._lease):
                return 0
        answered = 0
        try:
            while await self._run_next(lease):
                answered += 1
        finally:
            await asyncio.shield(self._release(lease))
        if answered:
            self.wake()
        return answered

    async def _release(self, lease: Lease) -> None:
        async with self._database.write() as session:
            await release(session, lease)

    async def _run_next(self, lease: Lease) -> bool:
        """Runs one turn; False when there is none due or it was put off."""
        async with self._database.write() as session:
            await hold(session, lease, self._now() + self._lease)
            turn = await get_next(session, lease.conversation_id)
            conversation = await session.get_one(Conversation, lease.conversation_id)
            offer = await session.get(Offer, turn.offer_id) if turn is not None and turn.offer_id else None
            after_card = turn is not None and await follows_open_card(session, turn, self._now())
        if turn is None or turn.available_at > self._now():
            return False
        await self._failpoint("claimed")
        try:
            async with asyncio.timeout(self._timeout_s):
                done = await self._run_turn(Job(conversation, turn, offer, after_card))
        except TurnPutOffError as waiting:
            await self._keep(lease, turn, waiting)
            return False
        except TurnFailedError as failed:
            return await self._try_again_or_answer(lease, turn, failed.said)
        except Exception:
            log.exception("turn failed", conversation=lease.conversation_id, turn=turn.id)
            return await self._try_again_or_answer(lease, turn, [])
        await self._failpoint("asked")
        await self._answer(lease, turn, done)
        await self._failpoint("answered")
        return True

    async def _answer(self, lease: Lease, turn: Turn, done: Done) -> None:
        now = self._now()
        async with self._database.write() as session:
            await hold(session, lease, now + self._lease)
            if not await mark_answered(session, turn.id, now):
                raise LeaseLostError
            outgoing = await _unless_with_agent(session, turn.conversation_id, done.outgoing)
            await append_outgoing(
                session, turn.conversation_id, outgoing, now, turn_id=turn.id, reply_to=_reply_to(turn)
            )
            await session.execute(
                update(Conversation)
                .where(Conversation.id == turn.conversation_id)
                .values({"wait_told": None, **({"lang": done.lang} if done.lang else {})})
            )
        self._fanout.publish(turn.conversation_id)

    async def _keep(self, lease: Lease, turn: Turn, waiting: TurnPutOffError) -> None:
        now = self._now()
        async with self._database.write() as session:
            await hold(session, lease, now + self._lease)
            await put_off(session, turn.id, now + _pause(turn.attempts))
            told = await session.scalar(
                update(Conversation)
                .where(Conversation.id == turn.conversation_id, Conversation.wait_told.is_distinct_from(waiting.why))
                .values(wait_told=waiting.why)
                .returning(Conversation.id)
            )
            if told is not None:
                identifier = f"{turn.id}-wait-{waiting.why}-{turn.attempts}"
                said = await _unless_with_agent(session, turn.conversation_id, waiting.said)
                await append_outgoing(session, turn.conversation_id, said, now, turn_id=identifier)
        if told is not None:
            self._fanout.publish(turn.conversation_id)

    async def _try_again_or_answer(self, lease: Lease, turn: Turn, said: list[Outgoing]) -> bool:
        if turn.attempts + 1 >= _GIVE_UP_AFTER:
            await self._answer(lease, turn, Done(said))
            return True
        async with self._database.write() as session:
            await hold(session, lease, self._now() + self._lease)
            await put_off(session, turn.id, self._now() + _pause(turn.attempts))
        return False


async def _unless_with_agent(session: AsyncSession, conversation_id: str, outgoing: list[Outgoing]) -> list[Outgoing]:
    """`outgoing`, or nothing when an agent took the conversation while the turn ran. The row is locked by `hold`, so
    a claim comes wholly before or wholly after what is said.
    """
    state = await session.scalar(select(Conversation.state).where(Conversation.id == conversation_id))
    return [] if state == State.AGENT.value else outgoing


def _reply_to(turn: Turn) -> str | None:
    return turn.id if turn.kind in {"message", "offer"} else None


def _pause(attempts: int) -> timedelta:
    return min(timedelta(seconds=2.0 ** min(attempts, 10)), _LONGEST_PAUSE)
