"""What an action may know of a turn, read from Rasa's tracker once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from actions.auth_client import Caller

FORM = "reset_form"
LANGUAGES = ("en", "pt", "es")
REASONS = frozenset({"lost_device", "new_phone", "new_number", "app_deleted", "no_codes", "switch", "stolen", "other"})
"""Why a method has to go (docs/interfaces.md, `reset/open`); nothing else is passed on."""

type Event = dict[str, Any]

_LONGEST_ADDRESS = 400
"""More than any address has (RFC 5321 4.5.3.1: 254); the backend says what is wrong with it."""
_ADDRESS_LIKE = re.compile(r"[^\s<>()\[\],;:\"]+@[^\s<>()\[\],;:\"]*")


@dataclass(frozen=True)
class Turn:
    """One message of the user (or one external event) and what the conversation remembers."""

    intent: str
    text: str
    entities: Mapping[str, str]
    """First value of each entity kind."""
    ranking: Mapping[str, float]
    """Confidence by intent, likeliest first."""
    questions: Sequence[str]
    """The intents of two questions that one message holds, in order; empty when it holds one."""
    slots: Mapping[str, Any]
    metadata: Mapping[str, Any]
    in_form: bool
    answered: bool
    """A rule has answered the message already; the form runs again to show its step."""
    set_now: Mapping[str, Any]
    """Slots that actions set since the message came in."""
    last_said: str
    """The response behind Zoe's last sentence before this message; moments have none."""
    misunderstood_before: bool
    """The user's message before this one was not understood either."""

    @property
    def caller(self) -> Caller:
        """The turn's credential for the internal API."""
        return Caller(str(self.metadata.get("ticket") or ""))

    @property
    def lang(self) -> str:
        """`en`, `pt` or `es`: of the message, else of the conversation, else English."""
        candidates = (self.slots.get("language"), self.metadata.get("lang"))
        known = (str(candidate)[:2] for candidate in candidates if candidate)
        return next((lang for lang in known if lang in LANGUAGES), "en")

    @property
    def requested(self) -> str | None:
        """The form's slot that is asked for."""
        value = self.slots.get("requested_slot")
        return str(value) if value else None

    @property
    def pressed(self) -> bool:
        """A button was pressed: `bot` lets no typed text begin with a slash."""
        return self.text.startswith("/")

    @property
    def stage(self) -> str:
        """The stage `bot` saw when the message came in; a hint, never evidence."""
        return str(self.metadata.get("stage") or "none")

    @property
    def standing(self) -> str:
        """`anonymous`, `second_step` or `signed_in`, as `bot` saw it; a hint, never evidence."""
        return str(self.metadata.get("standing") or "anonymous")

    @property
    def code_refused(self) -> bool:
        """The message carried a code and the backend did not accept it."""
        outcome = self.metadata.get("outcome")
        return isinstance(outcome, Mapping) and outcome.get("result") not in {"accepted", "not_awaited", None}

    @property
    def carried_code(self) -> bool:
        """The message carried a code that `bot` handed to the backend."""
        return isinstance(self.metadata.get("outcome"), Mapping)

    @property
    def typed_address(self) -> str | None:
        """An e-mail address in the message, well-formed or only meant as one."""
        if "email" in self.entities:
            return self.entities["email"]
        match = _ADDRESS_LIKE.search(self.text)
        return match.group()[:_LONGEST_ADDRESS] if match else None

    @property
    def reason(self) -> str | None:
        """Why the user wants a reset, if it was said: now, or earlier."""
        value = self.entities.get("reason") or self.slots.get("reason")
        if isinstance(value, list):
            value = value[0] if value else None
        return str(value) if value in REASONS else None

    @classmethod
    def of(cls, tracker: Any) -> Turn:
        """Reads rasa-sdk's `Tracker`."""
        message: Mapping[str, Any] = tracker.latest_message or {}
        events: Sequence[Event] = tracker.events or []
        start = _last_message(events)
        since = events[start + 1 :]
        before = events[:start] if start >= 0 else []
        entities: dict[str, str] = {}
        for entity in message.get("entities") or []:
            entities.setdefault(str(entity.get("entity")), str(entity.get("value")))
        return cls(
            intent=str((message.get("intent") or {}).get("name") or ""),
            text=str(message.get("text") or ""),
            entities=entities,
            ranking={
                str(item.get("name")): float(item.get("confidence") or 0.0)
                for item in message.get("intent_ranking") or []
            },
            questions=[str(name) for name in message.get("questions") or []],
            slots=tracker.slots or {},
            metadata=message.get("metadata") or {},
            in_form=(tracker.active_loop or {}).get("name") == FORM,
            answered=any(event["event"] == "action_execution_rejected" for event in since),
            set_now={event["name"]: event["value"] for event in since if event["event"] == "slot"},
            last_said=_last_said(before),
            misunderstood_before=any(
                event["event"] == "action" and event.get("name") == "action_misunderstood"
                for event in before[_last_message(before) + 1 :]
            ),
        )


def _last_message(events: Sequence[Event]) -> int:
    return next((index for index in range(len(events) - 1, -1, -1) if events[index]["event"] == "user"), -1)


def _last_said(events: Sequence[Event]) -> str:
    """The newest response among Zoe's sentences after the last message."""
    for event in reversed(events):
        if event["event"] == "user":
            break
        name = (event.get("metadata") or {}).get("utter_action") if event["event"] == "bot" else None
        if name:
            return str(name)
    return ""
