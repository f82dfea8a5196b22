"""What actions send: responses of the domain, moments that `bot` renders, and the events Rasa acts on."""

from __future__ import annotations

from typing import Any

from rasa_sdk.events import ActiveLoop, FollowupAction, SlotSet

from actions.turn import FORM, Event


class Reply:
    """A thin, typed hand on rasa-sdk's dispatcher."""

    def __init__(self, dispatcher: Any) -> None:
        self._dispatcher = dispatcher

    def say(self, response: str, buttons: list[dict[str, str]] | None = None) -> None:
        """Says a response of the domain in the language of slot `language`; `buttons` are added to its own."""
        self._dispatcher.utter_message(response=response, buttons=buttons)

    def show(self, *moments: str) -> None:
        """Has `bot` render moments from backend facts (docs/interfaces.md, "What actions say")."""
        for name in moments:
            self.send({"zoe": "moment", "name": name})

    def send(self, custom: dict[str, Any]) -> None:
        """Sends a payload for `bot`."""
        self._dispatcher.utter_message(json_message=custom)


def remember(**slots: object) -> list[Event]:
    """Sets slots."""
    return [SlotSet(name, value) for name, value in slots.items()]


def start_form() -> list[Event]:
    """Has Rasa run the reset's form next, and remembers that the user wants a result.

    Only the form follows an action: after any other that follows, no rule fits, and Rasa says it lost the thread.
    """
    return [*remember(reset_wanted=True), FollowupAction(FORM)]


def leave_form() -> list[Event]:
    """Ends the form without a result; what was proven stays with the backend."""
    return [ActiveLoop(None), SlotSet("requested_slot", None), *remember(reset_news=None, reset_cancelling=None)]
