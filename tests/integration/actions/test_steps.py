"""What each step says, by what led to it."""

from typing import Any

import pytest

from tests.integration.actions.conftest import Actions

STEPS = ["email", "code", "password", "return_code", "confirmation"]


@pytest.mark.parametrize(
    ("step", "news", "said", "moments"),
    [
        ("email", "need_address", ["utter_ask_reset_email"], ["steps"]),
        ("email", "invalid_address", ["utter_reset_email_invalid"], []),
        ("email", "back", ["utter_ask_reset_email_again"], []),
        ("code", "sent", [], ["ask_code"]),
        ("code", "code_result", [], ["code_result"]),
        ("code", "denied", ["utter_ask_other_address"], []),
        ("code", "resent", ["utter_code_resent"], ["ask_code"]),
        ("code", "resend_throttled", ["utter_resend_wait"], []),
        ("code", "affirmed", ["utter_affirm_code"], ["ask_code"]),
        ("code", "back", ["utter_back_to_reset"], ["ask_code"]),
        ("password", "after_reset_code", ["utter_email_confirmed"], ["steps", "ask_password"]),
        ("password", "affirmed", ["utter_affirm_password"], ["ask_password"]),
        ("password", "denied", ["utter_deny_password"], []),
        ("password", "status", ["utter_reset_under_way"], ["ask_password"]),
        ("return_code", "after_reset_password", [], ["ask_return_code"]),
        ("return_code", "code_result", [], ["code_result"]),
        ("confirmation", "after_reset_password", ["utter_password_confirmed"], ["steps", "ask_confirmation"]),
        ("confirmation", "after_reset_code", ["utter_proofs_confirmed"], ["steps", "ask_confirmation"]),
        ("confirmation", "affirmed", ["utter_affirm_confirmation"], ["ask_confirmation"]),
        ("confirmation", "denied", ["utter_nothing_changed"], ["ask_confirmation"]),
    ],
)
async def test_sentences(actions: Actions, step: str, news: str, said: list[str], moments: list[str]) -> None:
    answer = await actions.run(f"action_ask_reset_{step}", slots={"reset_news": news})
    assert (answer.said, answer.moments) == (said, moments)


@pytest.mark.parametrize("step", STEPS)
async def test_a_backend_that_is_away_is_said_the_same_way_everywhere(actions: Actions, step: str) -> None:
    answer = await actions.run(f"action_ask_reset_{step}", slots={"reset_news": "unreachable"})
    assert (answer.said, answer.moments) == (["utter_backend_down"], [])


@pytest.mark.parametrize("step", STEPS)
async def test_who_asked_for_a_moment_is_not_asked_again(actions: Actions, step: str) -> None:
    answer = await actions.run(f"action_ask_reset_{step}", slots={"reset_news": "wait"})
    assert (answer.said, answer.moments) == (["utter_take_your_time"], [])


async def test_after_a_person_the_step_follows_without_another_lead_in(actions: Actions) -> None:
    answer = await actions.run("action_ask_reset_code", slots={"reset_news": "returned"})
    assert (answer.said, answer.moments) == ([], ["ask_code"])


@pytest.mark.parametrize("step", STEPS)
async def test_nothing_new_is_not_said(actions: Actions, step: str) -> None:
    answer = await actions.run(f"action_ask_reset_{step}", slots={"reset_news": "silent"})
    assert (answer.said, answer.moments) == ([], [])


@pytest.mark.parametrize(
    ("step", "news", "before"),
    [
        ("email", "back", "utter_ask_reset_email_again"),
        ("code", "back", "utter_back_to_reset"),
        ("code", "affirmed", "utter_affirm_code"),
        ("password", "affirmed", "utter_affirm_password"),
    ],
)
async def test_no_sentence_twice_in_a_row(actions: Actions, step: str, news: str, before: str) -> None:
    earlier: list[dict[str, Any]] = [{"event": "user"}, {"event": "bot", "metadata": {"utter_action": before}}]
    answer = await actions.run(f"action_ask_reset_{step}", slots={"reset_news": news}, before=earlier)
    assert answer.said
    assert before not in answer.said
