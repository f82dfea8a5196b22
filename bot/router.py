"""Who gets a message: the desk or the dialogue. Asked for every message, before the dialogue hears of it."""

from enum import StrEnum
from typing import Protocol

from bot.handoff.states import State, human_in_charge
from bot.languages import Lang
from bot.models import Conversation
from bot.replies import Outgoing


class Route(StrEnum):
    """Where a message goes."""

    DIALOGUE = "dialogue"
    DESK = "desk"
    NOBODY = "nobody"


def route(conversation: Conversation) -> Route:
    """The desk while a person is in charge or awaited, nobody once it is closed, else the dialogue."""
    state = State(conversation.state)
    if human_in_charge(state):
        return Route.DESK
    return Route.NOBODY if state is State.CLOSED else Route.DIALOGUE


class Handoff(Protocol):
    """What the desk does with the wishes that come up in a turn; everything it says goes out with the turn."""

    async def start(self, conversation: Conversation, reason: str | None, lang: Lang, turn_id: str) -> list[Outgoing]:
        """Somebody wants a person (`handoff.initiate`)."""

    async def message_arrived(self, conversation: Conversation, turn_id: str) -> None:
        """A message of the customer's is in the transcript while a person is in charge."""

    async def facts_changed(self, conversation: Conversation) -> None:
        """A proof was given or a reset changed while a person is in charge or awaited."""

    async def give_back(self, conversation: Conversation, lang: Lang, turn_id: str) -> list[Outgoing]:
        """The customer wants Zoe back."""

    async def end(self, conversation: Conversation, lang: Lang, turn_id: str) -> list[Outgoing]:
        """The customer ends the conversation."""
