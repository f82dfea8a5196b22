"""One turn of a conversation: Rasa's processor, applied once for each activity, in sessions that stay short."""

# Rasa has no types, and its interfaces ask for parameters that not every implementation needs.
# mypy: disallow-subclassing-any=False

from __future__ import annotations

import contextvars
import copy
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
from jsonschema.validators import validator_for
from rasa.core.actions.action import Action, ActionSessionStart, RemoteAction
from rasa.core.agent import Agent
from rasa.core.brokers.broker import EventBroker
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.core.lock_store import LockStore
from rasa.core.processor import MessageProcessor
from rasa.core.tracker_store import InMemoryTrackerStore, TrackerStore
from rasa.core.utils import AvailableEndpoints
from rasa.shared.core.constants import ACTION_SESSION_START_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import ClientResponseError, EndpointConfig

from nlu.understanding import Understanding, understand

PROBE_SENDER = "zoe-probe"
ACTIVITY_ID = "activity_id"
CHANNEL = "zoe"

MAX_SESSION_TURNS = 12
"""Turns after which a new session begins outside forms. A turn's cost grows with its session's events."""

_ACTION_SECONDS = 20
_LOCK_POLL_SECONDS = 0.05

_failed_actions: contextvars.ContextVar[list[str]] = contextvars.ContextVar("failed_actions")


@dataclass(frozen=True)
class Turn:
    """What came of a message: replies in the shape of Rasa's REST channel, and what was understood."""

    replies: list[dict[str, Any]]
    language: str
    intent: str
    confidence: float
    repeated: bool = False
    action_failed: bool = False


class ActionsEndpoint(EndpointConfig):
    """The actions server. Rasa goes on without an action's events when a call fails; this remembers that one did."""

    async def request(self, *args: Any, **kwargs: Any) -> Any | None:
        """As Rasa's, with 20 seconds instead of five minutes; a rejected execution (400) is no failure."""
        kwargs["timeout"] = aiohttp.ClientTimeout(total=_ACTION_SECONDS)
        try:
            return await super().request(*args, **kwargs)
        except Exception as error:
            if not (isinstance(error, ClientResponseError) and error.status == 400):
                _failed_actions.get([]).append(type(error).__name__)
            raise


class PromptRemoteAction(RemoteAction):
    """Rasa's call of the actions server. Rasa builds and judges the schema anew for each answer, 16 ms a turn; it is
    a constant.
    """

    _answer = validator_for(RemoteAction.action_response_format_spec())(RemoteAction.action_response_format_spec())

    def _validate_action_result(self, result: dict[str, Any]) -> bool:
        self._answer.validate(result)
        return True


class CompactSessionStart(ActionSessionStart):
    """Carries each slot's present value into the new session, not every value it ever had."""

    @staticmethod
    def _slot_set_events_from_tracker(tracker: DialogueStateTracker) -> list[SlotSet]:
        return [
            SlotSet(slot.name, slot.value)
            for slot in tracker.slots.values()
            if slot.has_been_set and slot.value != slot.initial_value
        ]


class DialogueProcessor(MessageProcessor):
    """Rasa's message processor with the turn of `take_turn`."""

    async def take_turn(self, text: str, sender: str, metadata: Mapping[str, Any]) -> Turn:
        """Runs one turn, or repeats the replies of the turn that this `metadata["activity_id"]` already had.

        The caller holds the conversation's lock.
        """
        tracker = await self.get_tracker(sender)
        if earlier := _applied(tracker, metadata.get(ACTIVITY_ID)):
            return await _repeat(earlier, tracker)
        failures: list[str] = []
        _failed_actions.set(failures)
        channel = CollectingOutputChannel()
        await self._update_tracker_session(tracker, channel)
        understood = await understand(self, text, metadata, tracker)
        message = UserMessage(
            text, channel, sender, understood.parse_data, input_channel=CHANNEL, metadata=dict(metadata)
        )
        await self._handle_message_with_tracker(message, tracker)
        tracker = await self.run_action_extract_slots(channel, tracker)
        await self._run_prediction_loop(channel, tracker)
        await self.save_tracker(tracker)
        return _turn(channel.messages, understood, bool(failures))

    async def take_probe_turn(self, text: str, metadata: Mapping[str, Any]) -> Turn:
        """A turn through rules and actions of which no tracker is kept."""
        apart = copy.copy(self)
        apart.tracker_store = InMemoryTrackerStore(self.domain)
        return await apart.take_turn(text, PROBE_SENDER, metadata)

    def _has_session_expired(self, tracker: DialogueStateTracker) -> bool:
        if super()._has_session_expired(tracker):
            return True
        turns = sum(isinstance(event, UserUttered) for event in tracker.applied_events())
        return turns >= MAX_SESSION_TURNS and tracker.active_loop_name is None

    def _get_action(self, action_name: str) -> Action | None:
        if action_name == ACTION_SESSION_START_NAME and action_name not in self.domain.user_actions:
            return CompactSessionStart()
        action = super()._get_action(action_name)
        return PromptRemoteAction(action_name, self.action_endpoint) if type(action) is RemoteAction else action


class DialogueAgent(Agent):
    """Rasa's agent with `DialogueProcessor`.

    Its tracker store is used as it is: Rasa's fail-safe wrapper goes on with an empty tracker when the database is
    away, which would run an activity twice.
    """

    processor: DialogueProcessor | None

    def load_model(self, model_path: str | Path, fingerprint: str | None = None) -> None:
        """Loads a model file."""
        self.processor = DialogueProcessor(
            model_path=model_path,
            tracker_store=self.tracker_store,
            lock_store=self.lock_store,
            action_endpoint=self.action_endpoint,
            generator=self.nlg,
        )
        self.domain = self.processor.domain
        self.tracker_store.domain = self.domain
        self.nlg.responses = self.domain.responses
        self._set_fingerprint(fingerprint)

    @staticmethod
    def _create_tracker_store(store: TrackerStore | None, domain: Domain | None) -> TrackerStore:
        return store if store is not None else InMemoryTrackerStore(domain or Domain.empty())

    async def take_turn(self, text: str, sender: str, metadata: Mapping[str, Any]) -> Turn:
        """One turn, one at a time a sender. Raises rasa's LockError when the conversation stays busy."""
        if self.processor is None:
            raise RuntimeError("no model is loaded")
        if sender == PROBE_SENDER:
            return await self.processor.take_probe_turn(text, metadata)
        async with self.lock_store.lock(sender, wait_time_in_seconds=_LOCK_POLL_SECONDS):
            return await self.processor.take_turn(text, sender, metadata)


async def create_agent(endpoints_file: Path) -> DialogueAgent:
    """An agent without a model, connected to what `endpoints.yml` names."""
    endpoints = AvailableEndpoints.read_endpoints(str(endpoints_file))
    broker = await EventBroker.create(endpoints.event_broker)
    return DialogueAgent(
        generator=endpoints.nlg,
        tracker_store=TrackerStore.create(endpoints.tracker_store, event_broker=broker),
        lock_store=LockStore.create(endpoints.lock_store),
        action_endpoint=_actions_endpoint(endpoints.action),
    )


def _actions_endpoint(configured: EndpointConfig | None) -> ActionsEndpoint | None:
    if configured is None:
        return None
    return ActionsEndpoint(
        url=configured.url,
        params=configured.params,
        headers=configured.headers,
        basic_auth=configured.basic_auth,
        token=configured.token,
        token_name=configured.token_name,
        cafile=configured.cafile,
        **configured.kwargs,
    )


def _applied(tracker: DialogueStateTracker, activity_id: object) -> UserUttered | None:
    """The message event of an activity that the tracker already holds."""
    if not activity_id:
        return None
    uttered = (event for event in reversed(tracker.events) if isinstance(event, UserUttered))
    return next((event for event in uttered if (event.metadata or {}).get(ACTIVITY_ID) == activity_id), None)


async def _repeat(earlier: UserUttered, tracker: DialogueStateTracker) -> Turn:
    channel = CollectingOutputChannel()
    for event in _bot_events_after(earlier, tracker.events):
        await channel.send_response(tracker.sender_id, event.message())
    parse_data = dict(earlier.parse_data)
    languages = [e["value"] for e in parse_data.get("entities") or [] if e.get("entity") == "language"]
    understood = Understanding(parse_data, languages[0] if languages else "en")
    return _turn(channel.messages, understood, False, repeated=True)


def _bot_events_after(earlier: UserUttered, events: Iterable[Event]) -> list[BotUttered]:
    found: list[BotUttered] = []
    inside = False
    for event in events:
        if isinstance(event, UserUttered):
            if inside:
                break
            inside = event is earlier
        elif inside and isinstance(event, BotUttered):
            found.append(event)
    return found


def _turn(
    replies: list[dict[str, Any]], understood: Understanding, action_failed: bool, repeated: bool = False
) -> Turn:
    return Turn(replies, understood.language, understood.intent, understood.confidence, repeated, action_failed)
