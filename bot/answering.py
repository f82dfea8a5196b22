"""What Zoe does in a turn: who is in charge, what the backend says, what the dialogue says, and how that is put
into words.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import structlog

from bot.auth_client import AuthClient, BackendUnavailableError, ConfirmationCard, Typed
from bot.dialogue_client import (
    Answer,
    DialogueClient,
    DialogueLoadingError,
    DialogueRefusedError,
    DialogueUnavailableError,
    TurnMessage,
)
from bot.facts import Facts
from bot.handoff.endings import RETURNED
from bot.languages import DEFAULT, Lang, as_lang
from bot.models import Conversation, Turn
from bot.moments.context import Context
from bot.moments.render import MOMENTS, NEEDS_CARD, NEEDS_VERIFY_LINK, render
from bot.moments.wording import say
from bot.redaction import redact
from bot.replies import Event, Outgoing, Reply
from bot.router import Handoff, Route, route
from bot.sealing import Seal
from bot.spoken import HandoffWish, MomentWish, Spoken, spoken
from bot.turn_ticket import sign_ticket
from bot.turns.worker import Done, Job, TurnFailedError, TurnPutOffError
from httpkit.clock import Now
from httpkit.failpoints import Failpoint, no_failpoint

log = structlog.get_logger("answering")

RECORDED = "/EXTERNAL_confirmation_recorded"
WELCOME = "/EXTERNAL_welcome"
FACTS_CHANGED = "/EXTERNAL_facts_changed"
BACK_FROM_HUMAN = "/EXTERNAL_back_from_human"

type Typing = Callable[[], Awaitable[None]]


@dataclass(frozen=True)
class Asked:
    """The conversation's side of one turn: language, time, and what idempotency hangs on."""

    conversation: Conversation
    turn: Turn
    lang: Lang
    now: datetime
    card: str | None


class Answering:
    """Answers turns. Stores nothing; whatever it causes elsewhere is idempotent per turn id."""

    def __init__(
        self,
        backend: AuthClient,
        dialogue: DialogueClient,
        handoff: Handoff,
        now: Now,
        *,
        ticket_key: bytes,
        seal: Seal,
        public_url: str,
        turn_succeeded: Callable[[], None],
        failpoint: Failpoint = no_failpoint,
    ) -> None:
        self._backend = backend
        self._dialogue = dialogue
        self._handoff = handoff
        self._now = now
        self._ticket_key = ticket_key
        self._seal = seal
        self._public_url = public_url
        self._turn_succeeded = turn_succeeded
        self._failpoint = failpoint

    async def message(self, job: Job, typing: Typing) -> Done:
        """Answers what a person typed or pressed. Raises TurnPutOffError or TurnFailedError."""
        if job.offer is not None and job.offer.action == "event":
            return await self.event(job, job.offer.payload)
        asked = self._asked(job)
        match route(job.conversation):
            case Route.DESK:
                await self._handoff.message_arrived(job.conversation, job.turn.id)
                return Done()
            case Route.NOBODY:
                return Done([Reply(say(asked.lang, "closed"), asked.lang, "system")])
        await typing()
        if job.turn.hidden == "all":
            return Done(await self._hidden(asked))
        if job.offer is None:
            return await self._said(asked, None)
        pressed = {"confirm": self._confirmed, "ask_owner": self._asked_owner}.get(job.offer.action, self._said)
        return await pressed(asked, job.offer.payload)

    async def welcome(self, job: Job) -> Done:
        """Greets whoever opened the conversation, unless they have written already: then the answer is the greeting."""
        if job.conversation.last_turn > job.turn.number:
            return Done()
        return await self._proactive(job, WELCOME)

    async def facts_changed(self, job: Job) -> Done:
        """Speaks unasked after a proof was given on a page or a reset changed; silent while a person is in charge."""
        if route(job.conversation) is Route.DESK:
            await self._handoff.facts_changed(job.conversation)
        return await self._proactive(job, FACTS_CHANGED)

    async def event(self, job: Job, name: str) -> Done:
        """Does what a listed event of the client's wishes."""
        asked = self._asked(job)
        try:
            await self._backend.close_card(job.conversation.id)
        except BackendUnavailableError as error:
            # Nobody is kept from a person by that. Who claims, gives back or closes ends the card as well.
            log.warning("card not ended", reason=str(error))
        match name:
            case "zoe.human":
                return Done(await self._handoff.start(job.conversation, None, asked.lang, job.turn.id))
            case "zoe.back":
                return Done(await self._handoff.give_back(job.conversation, asked.lang, job.turn.id))
            case "zoe.end":
                return Done(await self._handoff.end(job.conversation, asked.lang, job.turn.id))
            case str() if name == RETURNED:
                return await self._proactive(job, BACK_FROM_HUMAN)
            case _:
                return Done()

    def _asked(self, job: Job) -> Asked:
        return Asked(job.conversation, job.turn, as_lang(job.conversation.lang) or DEFAULT, self._now(), job.card)

    async def _proactive(self, job: Job, message: str) -> Done:
        asked = self._asked(job)
        if route(job.conversation) is not Route.DIALOGUE:
            return Done()
        facts = await self._facts(asked)
        return await self._dialogue_turn(asked, message, facts)

    async def _hidden(self, asked: Asked) -> list[Outgoing]:
        """The message was nothing but a password or the like: it is hidden, said so, and goes no further."""
        facts = await self._facts(asked)
        name = {"password": "ask_password", "ready": "ask_confirmation", "ask_owner": "ask_owner"}.get(facts.stage)
        shown = await self._moment(asked, name, facts) if name is not None else []
        return [_hidden_note(asked, facts), *shown]

    async def _confirmed(self, asked: Asked, sealed: str) -> Done:
        """The card's yes: the backend records it, then the dialogue has it executed."""
        nonce = self._seal.open(sealed, asked.conversation.id) or "none"
        try:
            confirmation = await self._backend.confirm(asked.conversation.id, asked.turn.id, nonce=nonce)
        except BackendUnavailableError as error:
            raise self._unknown(asked, error) from None
        if confirmation.outcome == "recorded":
            return await self._recorded(asked, confirmation.facts)
        if confirmation.facts.stage == "ready":
            again = await self._moment(asked, "ask_confirmation", confirmation.facts)
            return Done([Reply(say(asked.lang, "not_recorded"), asked.lang), *again])
        return Done(await self._moment(asked, "outcome", confirmation.facts))

    async def _asked_owner(self, asked: Asked, payload: str) -> Done:
        """The press of a member who wants the owner asked: the backend passes it on, then the dialogue tells."""
        reason, _, sealed = payload.partition(" ")
        nonce = self._seal.open(sealed, asked.conversation.id) or "none"
        try:
            answer = await self._backend.ask_owner(asked.conversation.id, asked.turn.id, nonce=nonce, reason=reason)
        except BackendUnavailableError as error:
            raise self._unknown(asked, error) from None
        if answer.outcome == "recorded":
            return await self._recorded(asked, answer.facts)
        name = "ask_owner" if answer.facts.stage == "ask_owner" else "outcome"
        return Done(await self._moment(asked, name, answer.facts))

    async def _said(self, asked: Asked, payload: str | None) -> Done:
        """Typed text or a quick reply. Typed text is tried as a yes first while the yes is awaited and its card was the
        last thing said. Anything but a yes ends the card: Zoe asks again when it is time.
        """
        facts = await self._facts(asked)
        if payload is not None:
            await self._end_card(asked, facts)
            return await self._dialogue_turn(asked, payload, facts)
        text = redact(asked.turn.text).text
        if asked.card is not None and asked.turn.outcome_kind is None:
            # Whatever the stage: a turn that is run again must hear again that its yes was recorded.
            nonce, typed = self._seal.open(asked.card, asked.conversation.id), Typed(text, asked.turn.created_at)
            try:
                confirmation = await self._backend.confirm(
                    asked.conversation.id, asked.turn.id, nonce=nonce or "none", typed=typed
                )
            except BackendUnavailableError as error:
                raise self._unknown(asked, error) from None
            if confirmation.outcome == "recorded":
                return await self._recorded(asked, confirmation.facts)
            facts = confirmation.facts
        await self._end_card(asked, facts)
        done = await self._dialogue_turn(asked, text, facts)
        if asked.turn.hidden is None:
            return done
        return replace(done, outgoing=[_hidden_note(asked, facts), *done.outgoing])

    async def _end_card(self, asked: Asked, facts: Facts) -> None:
        """Raises TurnPutOffError while the backend is away: a card that can't be ended is not talked past."""
        if facts.stage not in {"ready", "ask_owner"}:
            return
        try:
            await self._backend.close_card(asked.conversation.id)
        except BackendUnavailableError as error:
            raise self._backend_away(asked, error) from None

    async def _recorded(self, asked: Asked, facts: Facts) -> Done:
        await self._failpoint("recorded")
        try:
            return await self._dialogue_turn(asked, RECORDED, facts)
        except TurnPutOffError:
            raise self._unknown(asked, None) from None

    async def _dialogue_turn(self, asked: Asked, message: str, facts: Facts) -> Done:
        """One turn of the dialogue, put into words. Raises TurnPutOffError or TurnFailedError."""
        answer = await self._ask(asked, message, facts)
        if any(part.custom for part in answer.said):
            self._turn_succeeded()
        lang = answer.lang or asked.lang
        outgoing = await self._worded(replace(asked, lang=lang), spoken(answer, lang, self._public_url))
        if answer.action_failed:
            told = await self._failed(replace(asked, lang=lang), yes=message == RECORDED)
            outgoing += [reply for reply in told if not _says(outgoing, reply)]
        heard = answer.lang if asked.turn.kind == "message" and asked.turn.outcome_kind is None else None
        return Done(outgoing, heard)

    async def _failed(self, asked: Asked, *, yes: bool) -> list[Outgoing]:
        """An action ended in an error: said once, never more than is known. After a yes the reset may have been
        carried out all the same, so the facts speak, or nobody knows yet.
        """
        try:
            facts = await self._backend.facts(asked.conversation.id)
        except BackendUnavailableError:
            facts = None
        if facts is not None and facts.stage in {"executed", "scheduled"}:
            return await self._moment(asked, "outcome", facts)
        unsure = yes or facts is None or facts.stage == "confirmed"
        return [Reply(say(asked.lang, "action_unknown" if unsure else "action_failed"), asked.lang)]

    async def _ask(self, asked: Asked, message: str, facts: Facts) -> Answer:
        turn, lang = asked.turn, asked.lang
        outcome = {"kind": turn.outcome_kind, "result": turn.outcome_result} if turn.outcome_kind else None
        metadata: dict[str, Any] = {
            "activity_id": turn.id,
            "lang": lang,
            "ticket": sign_ticket(self._ticket_key, asked.conversation.id, turn.id, asked.now),
            "standing": facts.standing,
            "stage": facts.stage,
            "outcome": outcome,
        }
        try:
            return await self._dialogue.turn(TurnMessage(asked.conversation.id, message, metadata))
        except DialogueLoadingError:
            loading = Reply(say(lang, "loading"), lang, "system")
            raise TurnPutOffError("loading", [Event("zoe.loading", True), loading]) from None
        except DialogueUnavailableError as error:
            log.warning("dialogue unavailable", reason=str(error))
            raise TurnPutOffError("dialogue", [Reply(say(lang, "dialogue_down"), lang)]) from None
        except DialogueRefusedError as error:
            log.warning("dialogue refused a turn", reason=str(error))
            raise TurnFailedError([Reply(say(lang, "turn_failed"), lang)]) from None

    async def _worded(self, asked: Asked, parts: list[Spoken]) -> list[Outgoing]:
        """Sentences as they are, moments from the facts as they are after the dialogue's turn."""
        outgoing: list[Outgoing] = []
        facts: Facts | None = None
        for part in parts:
            match part:
                case Reply():
                    outgoing.append(part)
                case HandoffWish(reason=reason):
                    outgoing += await self._handoff.start(asked.conversation, reason, asked.lang, asked.turn.id)
                case MomentWish(name=name) if name in MOMENTS:
                    facts = facts or await self._facts(asked)
                    outgoing += await self._moment(asked, name, facts)
                case MomentWish(name=name):
                    log.warning("unknown moment", name=name)
        return outgoing

    async def _moment(self, asked: Asked, name: str, facts: Facts) -> list[Outgoing]:
        url, card = None, None
        try:
            if name in NEEDS_VERIFY_LINK or (name == "code_result" and facts.stage == "password"):
                url = await self._verify_link(asked)
            if name in NEEDS_CARD:
                card = await self._card(asked)
        except BackendUnavailableError as error:
            raise self._backend_away(asked, error) from None
        context = Context(card.facts if card else facts, asked.lang, asked.now, self._public_url, url, card)
        if card is not None and card.outcome == "not_ready":
            return list(render("outcome", context))
        return list(render(name, context))

    async def _card(self, asked: Asked) -> ConfirmationCard:
        """The card with its nonce sealed: transcripts hold no token."""
        card = await self._backend.confirmation_card(asked.conversation.id, asked.lang)
        if card.nonce is None:
            return card
        return card.model_copy(update={"nonce": self._seal.close(card.nonce, asked.conversation.id)})

    async def _verify_link(self, asked: Asked) -> str | None:
        """The verify page's address, sealed: only the customer's client gets it open."""
        url = (await self._backend.verify_link(asked.conversation.id, asked.lang)).url
        return self._seal.close(url, asked.conversation.id) if url is not None else None

    async def _facts(self, asked: Asked) -> Facts:
        try:
            return await self._backend.facts(asked.conversation.id)
        except BackendUnavailableError as error:
            raise self._backend_away(asked, error) from None

    def _backend_away(self, asked: Asked, error: BackendUnavailableError) -> TurnPutOffError:
        log.warning("internal API unavailable", reason=str(error))
        return TurnPutOffError("backend", [Reply(say(asked.lang, "backend_down"), asked.lang)])

    def _unknown(self, asked: Asked, error: BackendUnavailableError | None) -> TurnPutOffError:
        log.warning("outcome of a confirmation unknown", reason=str(error) if error else "dialogue")
        return TurnPutOffError("confirm", [Reply(say(asked.lang, "confirm_unknown"), asked.lang)])


def _says(outgoing: list[Outgoing], wanted: Outgoing) -> bool:
    """Whether the same sentence is among `outgoing` already."""
    text = wanted.text if isinstance(wanted, Reply) else None
    return any(isinstance(reply, Reply) and reply.text == text for reply in outgoing)


def _hidden_note(asked: Asked, facts: Facts) -> Reply:
    name = "hidden_password" if facts.stage == "password" else "hidden_other"
    return Reply(say(asked.lang, name), asked.lang)
