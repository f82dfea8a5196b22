"""Runs turns: one at a time for each conversation across instances, each applied once, resumed after a restart."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db import Database
from bot.fanout import Fanout
from bot.handoff.states import State
from bot.identifiers import new_id
from bot.languages import Lang
from bot.models import ActivityRow, Conversation, Offer, Turn
from bot.not_twice import not_twice
from bot.replies import Outgoing
from bot.transcript import append_outgoing, close_card
from bot.turns.queue import (
    Lease,
    LeaseLostError,
    claim,
    get_next,
    hold,
    hold_and_settle,
    list_due,
    mark_answered,
    open_card_before,
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
    card: str | None = None
    """The sealed nonce of the open confirmation card that the message answers: only then can a word be a yes."""


@dataclass(frozen=True)
class _Ran:
    """How many turns were answered (1 or 0), and the next that is due; without one the lease was given back."""

    answered: int
    next: Job | None


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
        self._again: set[str] = set()
        """Conversations that grew while they were run here, perhaps after the last look."""
        self._working = False

    def wake(self, conversation_id: str | None = None) -> None:
        """Says that there is something to do; for a conversation that is named, nothing has to be looked up first."""
        if conversation_id is None or not self._working:
            self._wake.set()
        elif conversation_id in self._running:
            self._again.add(conversation_id)
        else:
            self._start(conversation_id)

    async def run(self) -> None:
        """Works until cancelled; what is in the middle then is taken up by the next start."""
        self._working = True
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
            self._working = False
            for task in list(self._running.values()):
                task.cancel()
            await asyncio.gather(*self._running.values(), return_exceptions=True)

    async def _start_due(self) -> None:
        async with self._database.read() as session:
            due = await list_due(session, self._now())
        for conversation_id in due:
            if conversation_id not in self._running:
                self._start(conversation_id)

    def _start(self, conversation_id: str) -> None:
        self._running[conversation_id] = asyncio.create_task(self._guarded(conversation_id))

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
            if conversation_id in self._again:
                self._again.discard(conversation_id)
                self.wake(conversation_id)

    async def run_conversation(self, conversation_id: str) -> int:
        """Runs the conversation's due turns in order; returns how many were answered. Raises LeaseLostError."""
        lease = Lease(conversation_id, new_id())
        answered = 0
        job: Job | None = None
        try:
            async with self._database.write() as session:
                conversation = await claim(session, lease, self._now(), self._lease)
                if conversation is None:
                    return 0
                job = await self._next_or_release(session, lease, conversation)
            while job is not None:
                ran = await self._run_one(lease, job)
                answered += ran.answered
                job = ran.next
        finally:
            if job is not None:
                await asyncio.shield(self._release(lease))
        return answered

    async def _release(self, lease: Lease) -> None:
        async with self._database.write() as session:
            await release(session, lease)

    async def _next_or_release(self, session: AsyncSession, lease: Lease, conversation: Conversation) -> Job | None:
        """The next turn that is due. Without one the lease ends in the same transaction, so that whoever adds a turn
        afterwards finds the conversation free.
        """
        now = self._now()
        turn = await get_next(session, conversation.id)
        if turn is None or turn.available_at > now:
            await release(session, lease)
            return None
        offer = await session.get(Offer, turn.offer_id) if turn.offer_id else None
        card = await open_card_before(session, turn, now) if turn.kind == "message" else None
        return Job(conversation, turn, offer, card)

    async def _run_one(self, lease: Lease, job: Job) -> _Ran:
        """Runs one turn and stores what it led to."""
        await self._failpoint("claimed")
        try:
            async with asyncio.timeout(self._timeout_s):
                done = await self._run_turn(job)
        except TurnPutOffError as waiting:
            await self._keep(lease, job.turn, waiting)
            return _Ran(0, None)
        except TurnFailedError as failed:
            return await self._try_again_or_answer(lease, job.turn, failed.said)
        except Exception:
            log.exception("turn failed", conversation=lease.conversation_id, turn=job.turn.id)
            return await self._try_again_or_answer(lease, job.turn, [])
        await self._failpoint("asked")
        ran = await self._answer(lease, job.turn, done)
        await self._failpoint("answered")
        return ran

    async def _answer(self, lease: Lease, turn: Turn, done: Done) -> _Ran:
        now = self._now()
        async with self._database.write() as session:
            conversation = await hold_and_settle(session, lease, now + self._lease, done.lang)
            if not await mark_answered(session, turn.id, now):
                raise LeaseLostError
            said = _unless_with_agent(conversation, done.outgoing)
            if turn.kind in {"message", "event"}:
                # What was said or done instead of answering it has taken the card's place.
                said = [*await close_card(session, turn.conversation_id, now), *said]
            said = await not_twice(session, turn.conversation_id, said)
            rows = await append_outgoing(
                session, turn.conversation_id, said, now, turn_id=turn.id, reply_to=_reply_to(turn)
            )
            following = await self._next_or_release(session, lease, conversation)
        self._fanout.publish(turn.conversation_id, rows)
        return _Ran(1, following)

    async def _keep(self, lease: Lease, turn: Turn, waiting: TurnPutOffError) -> None:
        """Keeps the turn for later, says once why, and ends the lease: nothing overtakes a turn that waits."""
        now = self._now()
        rows: list[ActivityRow] = []
        async with self._database.write() as session:
            conversation = await hold(session, lease, now + self._lease)
            await put_off(session, turn.id, now + _pause(turn.attempts))
            if conversation.wait_told != waiting.why:
                conversation.wait_told = waiting.why
                identifier = f"{turn.id}-wait-{waiting.why}-{turn.attempts}"
                said = _unless_with_agent(conversation, waiting.said)
                rows = await append_outgoing(session, turn.conversation_id, said, now, turn_id=identifier)
            await release(session, lease)
        if rows:
            self._fanout.publish(turn.conversation_id, rows)

    async def _try_again_or_answer(self, lease: Lease, turn: Turn, said: list[Outgoing]) -> _Ran:
        if turn.attempts + 1 >= _GIVE_UP_AFTER:
            return await self._answer(lease, turn, Done(said))
        now = self._now()
        async with self._database.write() as session:
            await hold(session, lease, now + self._lease)
            await put_off(session, turn.id, now + _pause(turn.attempts))
            await release(session, lease)
        return _Ran(0, None)


def _unless_with_agent(conversation: Conversation, outgoing: list[Outgoing]) -> list[Outgoing]:
    """`outgoing`, or nothing when an agent took the conversation while the turn ran. `hold` locked the row and read it
    again, so a claim comes wholly before or wholly after what is said.
    """
    return [] if conversation.state == State.AGENT.value else outgoing


def _reply_to(turn: Turn) -> str | None:
    return turn.id if turn.kind in {"message", "offer"} else None


def _pause(attempts: int) -> timedelta:
    return min(timedelta(seconds=2.0 ** min(attempts, 10)), _LONGEST_PAUSE)
