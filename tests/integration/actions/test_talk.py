"""Yes, no, stop and the rest, by what was said before."""

import pytest

from tests.integration.actions.conftest import CONVERSATION, Actions


def after(response: str) -> list[dict[str, object]]:
    return [{"event": "user"}, {"event": "bot", "metadata": {"utter_action": response}}]


@pytest.mark.parametrize("said", ["utter_offer_reset", "utter_offer_continue"])
async def test_yes_to_an_offered_reset_begins_it(actions: Actions, said: str) -> None:
    assert (await actions.run("action_affirm", "affirm", before=after(said))).next_action == "reset_form"


@pytest.mark.parametrize("said", ["utter_offer_person", "utter_feedback_negative", "utter_angry"])
async def test_yes_to_an_offered_person_calls_one_and_nothing_follows(actions: Actions, said: str) -> None:
    answer = await actions.run("action_affirm", "affirm", before=after(said))
    assert (answer.said, answer.next_action) == (["utter_calling_person"], None)
    assert actions.backend.of(CONVERSATION).humans == 1


async def test_yes_to_nothing_is_asked_back(actions: Actions) -> None:
    assert (await actions.run("action_affirm", "affirm", before=after("utter_thanks"))).said == ["utter_affirm_nothing"]


@pytest.mark.parametrize(
    ("intent", "said"), [("anger", "utter_angry"), ("feedback_negative", "utter_feedback_negative")]
)
async def test_a_complaint_offers_a_person_and_the_next_one_calls_one(actions: Actions, intent: str, said: str) -> None:
    assert (await actions.run("action_complain", intent)).said == [said]
    answer = await actions.run("action_complain", intent, before=after(said))
    assert answer.said == ["utter_calling_person"]
    assert answer.customs[-1]["zoe"] == "handoff"


async def test_wait_is_no_stop(actions: Actions) -> None:
    assert (await actions.run("action_wait", "wait")).said == ["utter_take_your_time"]
    inside = await actions.run("action_wait", "wait", in_form=True)
    assert (inside.said, inside.slots) == ([], {"reset_news": "wait"})


async def test_yes_inside_the_form_confirms_nothing(actions: Actions) -> None:
    answer = await actions.run("action_affirm", "affirm", in_form=True, slots={"requested_slot": "reset_confirmation"})
    assert answer.slots == {"reset_news": "affirmed"}
    assert actions.backend.calls == []


async def test_a_second_no_at_the_confirmation_stops(actions: Actions) -> None:
    slots = {"requested_slot": "reset_confirmation"}
    first = await actions.run("action_deny", "deny", in_form=True, slots=slots)
    assert first.slots == {"reset_news": "denied"}
    second = await actions.run("action_deny", "deny", in_form=True, slots=slots | first.slots)
    assert second.said == ["utter_reset_stopped_proven"]


async def test_keep_it_on_the_card_stops(actions: Actions) -> None:
    slots = {"requested_slot": "reset_confirmation"}
    answer = await actions.run("action_deny", "deny", text="/deny", in_form=True, slots=slots)
    assert answer.said == ["utter_reset_stopped_proven"]


@pytest.mark.parametrize(
    ("in_form", "requested", "stage", "said"),
    [
        (True, "reset_code", "code", "utter_reset_stopped"),
        (True, "reset_confirmation", "ready", "utter_reset_stopped_proven"),
        (False, None, "scheduled", "utter_reset_confirmed_earlier"),
        (False, None, "none", "utter_stop_nothing"),
    ],
)
async def test_stop(actions: Actions, in_form: bool, requested: str | None, stage: str, said: str) -> None:
    answer = await actions.run("action_stop", "stop", in_form=in_form, slots={"requested_slot": requested}, stage=stage)
    assert answer.said == [said]


@pytest.mark.parametrize(
    ("standing", "stage", "said"),
    [
        ("anonymous", "none", "utter_offer_reset"),
        ("second_step", "none", "utter_offer_reset"),
        ("signed_in", "none", "utter_offer_reset_signed_in"),
        ("anonymous", "password", "utter_offer_continue"),
    ],
)
async def test_the_offer(actions: Actions, standing: str, stage: str, said: str) -> None:
    answer = await actions.run("action_offer_reset", "reset_2fa", standing=standing, stage=stage)
    assert answer.said == [said]


async def test_a_change_is_offered_as_a_replacement_first(actions: Actions) -> None:
    assert (await actions.run("action_offer_change", "change_2fa_method")).said == ["utter_offer_change"]


@pytest.mark.parametrize(
    ("entities", "said"),
    [
        ({"method": "sms"}, "utter_inform_sms"),
        ({"method": "app"}, "utter_inform_app"),
        ({"method": "recovery_code"}, "utter_without_phone"),
        ({"email": "ana@acme.example"}, "utter_inform_without_request"),
        ({}, "utter_inform_without_request"),
    ],
)
async def test_data_nobody_asked_for(actions: Actions, entities: dict[str, str], said: str) -> None:
    assert (await actions.run("action_inform", entities=entities)).said == [said]


async def test_an_address_right_after_the_offer_starts_the_reset(actions: Actions) -> None:
    entities = {"email": "ana@acme.example"}
    answer = await actions.run("action_inform", entities=entities, before=after("utter_offer_reset"))
    assert answer.next_action == "reset_form"


async def test_a_misunderstanding_asks_with_guesses_and_a_second_one_offers_a_person(actions: Actions) -> None:
    first = await actions.run("action_misunderstood", "nlu_fallback")
    assert first.said == ["utter_rephrase"]
    assert first.buttons[0]["payload"] == "/faq_activate"
    assert len(first.buttons) == 3
    earlier = [{"event": "user"}, {"event": "action", "name": "action_misunderstood"}]
    assert (await actions.run("action_misunderstood", "nlu_fallback", before=earlier)).said == ["utter_offer_person"]


async def test_a_person_is_called_even_when_the_backend_is_away(actions: Actions) -> None:
    for away in (False, True):
        actions.backend.away = away
        answer = await actions.run("action_request_human", "human_handoff", entities={"reason": "lost_device"})
        assert answer.customs == [{"zoe": "handoff", "reason": "lost_device"}]
    assert actions.backend.of(CONVERSATION).humans == 1


async def test_a_person_called_in_the_middle_puts_the_form_down(actions: Actions) -> None:
    answer = await actions.run("action_request_human", "human_handoff", in_form=True)
    assert answer.slots["requested_slot"] is None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("where is my invoice", "utter_out_of_scope_near"),
        ("tell me a joke", "utter_out_of_scope_far"),
    ],
)
async def test_out_of_scope(actions: Actions, text: str, said: str) -> None:
    assert (await actions.run("action_out_of_scope", "out_of_scope", text=text)).said == [said]


async def test_welcome_at_the_second_step_has_the_ways_in(actions: Actions) -> None:
    assert (await actions.run("action_welcome", standing="second_step")).said == ["utter_welcome_second_step"]
    assert (await actions.run("action_welcome")).said == ["utter_welcome"]


async def test_goodbye_puts_a_reset_down(actions: Actions) -> None:
    assert (await actions.run("action_goodbye", "goodbye")).said == ["utter_goodbye"]
    answer = await actions.run("action_goodbye", "goodbye", in_form=True, slots={"requested_slot": "reset_code"})
    assert answer.said == ["utter_reset_stopped"]


async def test_a_second_far_request_in_a_row_gets_another_answer(actions: Actions) -> None:
    answer = await actions.run(
        "action_out_of_scope", "out_of_scope", text="and a song?", before=after("utter_out_of_scope_far")
    )
    assert answer.said == ["utter_capabilities"]


async def test_torn_between_two_topics_both_are_offered_and_nothing_else(actions: Actions) -> None:
    ranking = {"reset_status": 0.5, "report_suspicious": 0.45, "faq_activate": 0.01}
    answer = await actions.run("action_misunderstood", "nlu_fallback", ranking=ranking)
    assert answer.said == ["utter_which_one"]
    assert [button["payload"] for button in answer.buttons] == ["/reset_status", "/report_suspicious"]


async def test_a_topic_without_a_name_is_not_offered(actions: Actions) -> None:
    answer = await actions.run("action_misunderstood", "nlu_fallback", ranking={"stop": 0.5, "reset_status": 0.45})
    assert answer.said == ["utter_rephrase"]
    assert answer.buttons[0]["payload"] == "/reset_status"


async def test_two_questions_are_answered_in_order_and_an_offer_comes_last(actions: Actions) -> None:
    asked = ["reset_2fa", "faq_after_reset"]
    answer = await actions.run("action_two_questions", "two_questions", questions=asked)
    assert answer.said == ["utter_faq_after_reset", "utter_offer_reset"]
    inside = await actions.run("action_two_questions", "two_questions", questions=asked, in_form=True)
    assert inside.said == ["utter_faq_after_reset"]


async def test_what_if_cancels_nothing(actions: Actions) -> None:
    answer = await actions.run("action_cancel_reset", "cancel_reset", text="what happens if I cancel it?")
    assert answer.said == ["utter_cancel_what_if"]
    doubtful = await actions.run("action_cancel_reset", "cancel_reset", text="cancel", ranking={"cancel_reset": 0.6})
    assert doubtful.said == ["utter_cancel_what_if"]
    assert actions.backend.calls == []
