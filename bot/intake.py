"""Takes what a client sends into a conversation: redaction first, then the code to the backend, then the row
(architecture.md, step 2).

The order matters. A code is handed in before anything is stored, under an activity id that follows from the
client's own: if this process dies in between, the client sends again, the backend answers the same for the same id,
and nothing was counted twice or lost. If the backend can't be reached nothing is stored either, and the client
keeps the text.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.auth_client import AuthClient, BackendUnavailableError
from bot.db import Database
from bot.directline.queries import SentBefore, get_sent_before, lock_conversation, take_offer
from bot.directline.wire import IncomingActivity
from bot.fanout import Fanout
from bot.identifiers import activity_id
from bot.incoming_text import clean
from bot.languages import as_lang
from bot.models import ActivityRow, Conversation, Turn
from bot.redaction import Awaited, Found, Redacted, redact
from bot.transcript import append_outgoing, close_offers, take_numbers, take_places
from bot.turns.queue import add_turn
from bot.turns.worker import Failpoint, TurnWorker, no_failpoint
from httpkit.clock import Now

_AWAITED = {
    "none": Awaited.NOTHING,
    "code": Awaited.CODE,
    "password": Awaited.PASSWORD,
    "return_code": Awaited.RETURN_CODE,
}


class FloodedError(Exception):
    """Too much at once; nothing was taken."""

    def __init__(self, wait: timedelta) -> None:
        super().__init__("flooded")
        self.wait = wait


class OfferClosedError(Exception):
    """The button is not among the newest offer's, or was used."""


class NotTakenError(Exception):
    """The backend that has to judge the message can't be reached; nothing was stored, sending again is safe."""


class ConversationGoneError(Exception):
    """The conversation was deleted meanwhile."""


@dataclass(frozen=True)
class _Judged:
    """A message after redaction and, where a code was awaited, after the backend's judgement."""

    redacted: Redacted
    outcome: tuple[str, str] | None = None

    @property
    def hidden(self) -> str | None:
        """How much of the message was a password or the like: `all`, `part` or None."""
        if not self.redacted.found & {Found.PASSWORD, Found.RECOVERY_CODE}:
            return None
        return "all" if self.redacted.bare and self.outcome is None else "part"


@dataclass(frozen=True)
class _Entry:
    """A message or event on its way into the transcript."""

    id: str
    client_id: str | None
    now: datetime
    wire: dict[str, Any] = field(default_factory=dict)


class Intake:
    """Receives activities of clients."""

    def __init__(
        self,
        database: Database,
        backend: AuthClient,
        worker: TurnWorker,
        fanout: Fanout,
        now: Now,
        *,
        most: int,
        window: timedelta,
        failpoint: Failpoint = no_failpoint,
    ) -> None:
        self._database = database
        self._backend = backend
        self._worker = worker
        self._fanout = fanout
        self._now = now
        self._most = most
        self._window = window
        self._failpoint = failpoint

    async def receive(self, conversation: Conversation, incoming: IncomingActivity) -> str:
        """Takes one activity and returns its id. Raises FloodedError, OfferClosedError, NotTakenError or
        ConversationGoneError.
        """
        entry = self._entry(conversation, incoming)
        if incoming.type == "typing":
            self._fanout.pass_on(conversation.id, {"type": "typing", "from": {"id": "customer", "role": "user"}})
            return entry.id
        if incoming.type == "event" and incoming.name == "zoe.read":
            return entry.id
        before = await self._before(conversation.id, entry)
        if before.itself:
            return entry.id
        if before.lately >= self._most:
            raise FloodedError(self._window)
        try:
            stored = await self._store(conversation, incoming, entry)
        except IntegrityError:
            # The same client activity was sent twice at once: the other one's row stands.
            if not (await self._before(conversation.id, entry)).itself:
                raise
            return entry.id
        self._fanout.publish(conversation.id, stored)
        self._worker.wake(conversation.id)
        return entry.id

    def _entry(self, conversation: Conversation, incoming: IncomingActivity) -> _Entry:
        client_id = incoming.client_id()
        wire = {"channelData": {"clientActivityID": client_id}} if client_id else {}
        return _Entry(activity_id(conversation.id, client_id), client_id, self._now(), wire)

    async def _before(self, conversation_id: str, entry: _Entry) -> SentBefore:
        async with self._database.read() as session:
            return await get_sent_before(session, conversation_id, entry.id, entry.now - self._window)

    async def _store(
        self, conversation: Conversation, incoming: IncomingActivity, entry: _Entry
    ) -> Sequence[ActivityRow]:
        """Stores what came, with the turn it asks for; returns the transcript's new rows, if all are known."""
        if incoming.type == "event":
            await self._store_event(conversation.id, incoming, entry)
            return ()
        if (offered := incoming.offered_id()) is not None:
            await self._store_choice(conversation.id, offered, entry)
            return ()
        judged = await self._judge(conversation.id, clean(incoming.text or ""), entry.id)
        await self._failpoint("handed_in")
        return [await self._store_text(conversation.id, judged, entry)]

    async def _judge(self, conversation_id: str, text: str, identifier: str) -> _Judged:
        """Redacts for what is awaited, and hands an awaited code in. Asks the backend only when the answer could
        matter.
        """
        if not _depends_on_stage(text):
            return _Judged(redact(text))
        try:
            stage = (await self._backend.facts(conversation_id)).stage
            redacted = redact(text, _AWAITED.get(stage, Awaited.OVER))
            if redacted.code is None:
                return _Judged(redacted, _unasked(redacted))
            # The backend knows an activity that it judged before, so a code that is sent again is handed in at any
            # later stage.
            by_kind = {Found.CODE: self._backend.hand_in_code, Found.RETURN_CODE: self._backend.hand_in_return_code}
            kind = redacted.code_kind or Found.CODE
            judged = await by_kind[kind](conversation_id, redacted.code, identifier)
        except BackendUnavailableError:
            raise NotTakenError from None
        if judged.outcome == "not_awaited" and not redacted.bare:
            return _Judged(redacted)
        return _Judged(redacted, (kind.value, judged.outcome))

    async def _store_text(self, conversation_id: str, judged: _Judged, entry: _Entry) -> ActivityRow:
        text = judged.redacted.text
        kind, result = judged.outcome or (None, None)
        async with self._database.write() as session:
            places = await take_places(session, conversation_id, activities=1, turns=1)
            if places is None:
                raise ConversationGoneError
            row = _row(conversation_id, entry, places.activity, type_="message", text=text)
            turn = Turn(
                id=entry.id,
                conversation_id=conversation_id,
                number=places.turn,
                kind="message",
                text=text,
                hidden=judged.hidden,
                outcome_kind=kind,
                outcome_result=result,
                state="received",
                created_at=entry.now,
                available_at=entry.now,
            )
            session.add_all([row, turn])
        return row

    async def _store_choice(self, conversation_id: str, offered: str, entry: _Entry) -> None:
        async with self._database.write() as session:
            await _open(session, conversation_id)
            offer = await take_offer(session, conversation_id, offered, entry.now)
            if offer is None:
                raise OfferClosedError
            wire = {**entry.wire, "value": offer.id, "hideText": offer.card}
            shown = _Entry(entry.id, entry.client_id, entry.now, wire)
            await _append(session, conversation_id, shown, type_="message", text=offer.title)
            closed = await close_offers(session, conversation_id, entry.now, chosen=offer)
            await append_outgoing(session, conversation_id, list(closed), entry.now, turn_id=f"{entry.id}-closed")
            await add_turn(
                session,
                Turn(
                    id=entry.id,
                    conversation_id=conversation_id,
                    kind="offer",
                    text=offer.title,
                    offer_id=offer.id,
                    created_at=entry.now,
                    available_at=entry.now,
                ),
            )

    async def _store_event(self, conversation_id: str, incoming: IncomingActivity, entry: _Entry) -> None:
        name = incoming.name or ""
        async with self._database.write() as session:
            row = await _open(session, conversation_id)
            if name == "zoe.lang":
                lang = as_lang(incoming.value if isinstance(incoming.value, str) else None)
                row.lang = lang or row.lang
                return
            shown = _Entry(entry.id, entry.client_id, entry.now, {**entry.wire, "name": name})
            await _append(session, conversation_id, shown, type_="event", text=None)
            await add_turn(
                session,
                Turn(
                    id=entry.id,
                    conversation_id=conversation_id,
                    kind="event",
                    text=name,
                    created_at=entry.now,
                    available_at=entry.now,
                ),
            )


def _depends_on_stage(text: str) -> bool:
    """Whether what is awaited could make a difference: something is hidden, or would be at another stage."""
    plain = redact(text)
    return bool(plain.found) or any(redact(text, awaited).found for awaited in Awaited)


def _unasked(redacted: Redacted) -> tuple[str, str] | None:
    """A code that nobody waits for, alone in its message, so that the dialogue can say so."""
    for found in (Found.CODE, Found.RETURN_CODE):
        if redacted.bare and redacted.found == {found}:
            return found.value, "not_awaited"
    return None


async def _open(session: AsyncSession, conversation_id: str) -> Conversation:
    row = await lock_conversation(session, conversation_id)
    if row is None or row.deleted_at is not None:
        raise ConversationGoneError
    return row


async def _append(session: AsyncSession, conversation_id: str, entry: _Entry, *, type_: str, text: str | None) -> None:
    seq = await take_numbers(session, conversation_id, 1)
    session.add(_row(conversation_id, entry, seq, type_=type_, text=text))
    await session.flush()


def _row(conversation_id: str, entry: _Entry, seq: int, *, type_: str, text: str | None) -> ActivityRow:
    return ActivityRow(
        id=entry.id,
        conversation_id=conversation_id,
        seq=seq,
        author="customer",
        type=type_,
        kind="text" if type_ == "message" else "system",
        text=text,
        wire=entry.wire,
        client_activity_id=entry.client_id,
        created_at=entry.now,
    )
