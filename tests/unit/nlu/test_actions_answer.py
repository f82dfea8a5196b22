"""The shape of what the actions server answers is still judged, though its schema is judged once."""

import pytest
from jsonschema import ValidationError

from nlu.dialogue import PromptRemoteAction

GOOD = {
    "events": [{"event": "slot", "timestamp": None, "name": "language", "value": "pt"}],
    "responses": [{"text": "a"}],
}


def test_a_proper_answer_passes() -> None:
    assert PromptRemoteAction("action_open_reset", None)._validate_action_result(GOOD)


@pytest.mark.parametrize(
    "answer", [[], {"responses": "hello"}, {"responses": ["hello"]}, {"events": [{"name": "no event"}]}]
)
def test_anything_else_is_refused(answer: object) -> None:
    with pytest.raises(ValidationError):
        PromptRemoteAction("action_open_reset", None)._validate_action_result(answer)  # type: ignore[arg-type]
