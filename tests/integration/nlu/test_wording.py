"""No sentence twice in a row, and no chance in the choice."""

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from nlu.wording import Wording

DOMAIN = Domain.from_dict(
    {
        "responses": {
            "utter_two": [{"text": "one"}, {"text": "other"}],
            "utter_single": [{"text": "only this"}],
            "utter_once_more": [{"text": "Once more, then."}],
        }
    }
)


async def say_in_turn(names: list[str]) -> list[str]:
    wording = Wording(EndpointConfig(), DOMAIN)
    tracker = DialogueStateTracker.from_events("someone", [], DOMAIN.slots)
    said = []
    for name in names:
        tracker.update(UserUttered("something"))
        response = await wording.generate(name, tracker, "zoe")
        assert response is not None
        said.append(response["text"])
        tracker.update(BotUttered(response["text"], metadata={"utter_action": name}))
    return said


@pytest.mark.asyncio
async def test_variations_take_turns() -> None:
    assert await say_in_turn(["utter_two", "utter_two", "utter_two"]) == ["one", "other", "one"]


@pytest.mark.asyncio
async def test_the_only_wording_gets_a_lead_in_when_it_was_just_said() -> None:
    said = await say_in_turn(["utter_single", "utter_single", "utter_single"])
    assert said == ["only this", "Once more, then. only this", "only this"]


@pytest.mark.asyncio
async def test_after_something_else_it_stands_alone() -> None:
    assert await say_in_turn(["utter_single", "utter_two", "utter_single"]) == ["only this", "one", "only this"]


@pytest.mark.asyncio
async def test_an_unknown_response_says_nothing() -> None:
    wording = Wording(EndpointConfig(), DOMAIN)
    assert await wording.generate("utter_nothing", DialogueStateTracker.from_events("x", []), "zoe") is None
