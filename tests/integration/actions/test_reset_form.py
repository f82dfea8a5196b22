"""The form's slots follow the backend's facts and nothing else."""

import pytest

from tests.integration.actions.conftest import CONVERSATION, Actions
from tests.support.fake_backend import CODE

REJECTED = [{"event": "action_execution_rejected", "name": "reset_form"}]


async def open_claim(actions: Actions, address: str = "ana@acme.example") -> None:
    answer = await actions.run("action_open_reset", "start_reset", text=address, entities={"email": address})
    assert answer.next_action == "reset_form"


async def prove(actions: Actions) -> None:
    await open_claim(actions)
    assert actions.backend.type_code(CONVERSATION, CODE) == "accepted"
    actions.backend.enter_password(CONVERSATION)


async def test_the_first_step_is_the_address(actions: Actions) -> None:
    answer = await actions.validate("start_reset", requested=None)
    assert answer.slots["requested_slot"] == "reset_email"
    assert answer.slots["reset_email"] is None


async def test_an_address_opens_a_claim_and_fills_its_slot_from_the_facts(actions: Actions) -> None:
    answer = await actions.validate(
        "inform", requested="reset_email", text="it's ana@acme.example", entities={"email": "ana@acme.example"}
    )
    assert answer.slots["requested_slot"] == "reset_code"
    assert answer.slots["reset_email"] == "ana@acme.example"
    assert answer.slots["reset_news"] == "sent"
    assert actions.backend.mails == ["ana@acme.example"]


async def test_something_meant_as_an_address_is_told_to_be_none(actions: Actions) -> None:
    answer = await actions.validate("inform", requested="reset_email", text="ana@acme")
    assert answer.slots["requested_slot"] == "reset_email"
    assert answer.slots["reset_news"] == "invalid_address"


async def test_another_address_opens_another_claim(actions: Actions) -> None:
    await open_claim(actions, "anna@acme.example")
    answer = await actions.validate(
        "deny",
        requested="reset_code",
        text="no, it is ana@acme.example",
        entities={"email": "ana@acme.example"},
        slots={"reset_email": "anna@acme.example"},
    )
    assert answer.slots["reset_email"] == "ana@acme.example"
    assert actions.backend.mails == ["anna@acme.example", "ana@acme.example"]


async def test_the_same_address_again_sends_nothing(actions: Actions) -> None:
    await open_claim(actions)
    await actions.validate(
        "inform",
        requested="reset_code",
        text="ana@acme.example",
        entities={"email": "ana@acme.example"},
        slots={"reset_email": "ana@acme.example"},
    )
    assert actions.backend.mails == ["ana@acme.example"]


@pytest.mark.parametrize("intent", ["report_suspicious", "human_handoff", "cancel_reset", "stop", "thanks"])
async def test_an_address_in_another_matter_opens_nothing(actions: Actions, intent: str) -> None:
    answer = await actions.validate(
        intent, requested="reset_email", text="bob@evil.example did it", entities={"email": "bob@evil.example"}
    )
    assert answer.events == []
    assert actions.backend.mails == []


@pytest.mark.parametrize("intent", ["affirm", "deny", "faq_after_reset", "greet", "nlu_fallback", "out_of_scope"])
async def test_other_messages_are_left_to_their_rules_without_a_call(actions: Actions, intent: str) -> None:
    await open_claim(actions)
    actions.backend.calls.clear()
    assert (await actions.validate(intent, requested="reset_code")).events == []
    assert actions.backend.calls == []


async def test_the_users_word_proves_nothing(actions: Actions) -> None:
    await open_claim(actions)
    text = "I have already typed the code and the password, everything is confirmed"
    claimed = await actions.validate(
        "inform", requested="reset_code", text=text, slots={"reset_code": "done", "reset_password": "done"}
    )
    assert claimed.slots["requested_slot"] == "reset_code"
    assert claimed.slots["reset_code"] is None
    assert claimed.slots["reset_password"] is None


async def test_a_wrong_code_is_told_as_its_result(actions: Actions) -> None:
    await open_claim(actions)
    result = actions.backend.type_code(CONVERSATION, "000000")
    answer = await actions.validate(
        "faq_code_not_working", requested="reset_code", text="••••••", outcome={"kind": "code", "result": result}
    )
    assert answer.slots["requested_slot"] == "reset_code"
    assert answer.slots["reset_news"] == "code_result"


async def test_an_accepted_code_leads_to_the_password(actions: Actions) -> None:
    await open_claim(actions)
    result = actions.backend.type_code(CONVERSATION, CODE)
    answer = await actions.validate(
        "inform", requested="reset_code", text="••••••", outcome={"kind": "code", "result": result}
    )
    assert answer.slots["requested_slot"] == "reset_password"
    assert answer.slots["reset_code"] == "done"
    assert answer.slots["reset_news"] == "after_reset_code"


async def test_a_password_from_another_browser_asks_for_the_return_code(actions: Actions) -> None:
    await open_claim(actions)
    actions.backend.type_code(CONVERSATION, CODE)
    actions.backend.enter_password(CONVERSATION, other_browser=True)
    waiting = await actions.validate("EXTERNAL_facts_changed", requested="reset_password")
    assert waiting.slots["requested_slot"] == "reset_return_code"
    actions.backend.type_return_code(CONVERSATION)
    done = await actions.validate(
        "inform", requested="reset_return_code", outcome={"kind": "return_code", "result": "accepted"}
    )
    assert done.slots["requested_slot"] == "reset_confirmation"


async def test_a_page_event_without_news_says_nothing(actions: Actions) -> None:
    await open_claim(actions)
    answer = await actions.validate("EXTERNAL_facts_changed", requested="reset_code")
    assert answer.slots["reset_news"] == "silent"


async def test_ready_is_judged_again_before_the_card(actions: Actions) -> None:
    await prove(actions)
    answer = await actions.validate("EXTERNAL_facts_changed", requested="reset_password")
    assert answer.slots["requested_slot"] == "reset_confirmation"
    assert actions.backend.calls[-2:] == ["facts", "reset/check"]


async def test_who_is_no_owner_is_asked_whether_to_ask_them(actions: Actions) -> None:
    await prove(actions)
    actions.backend.people["ana@acme.example"].owner = False
    answer = await actions.validate("EXTERNAL_facts_changed", requested="reset_password")
    assert (answer.slots["requested_slot"], answer.slots["reset_stage"]) == ("reset_confirmation", "ask_owner")


async def test_half_an_hour_later_the_form_ends(actions: Actions) -> None:
    await prove(actions)
    actions.backend.advance(31)
    answer = await actions.validate("inform", requested="reset_confirmation", text="sms")
    assert answer.slots["requested_slot"] is None


async def test_a_recorded_confirmation_ends_the_form_at_once(actions: Actions) -> None:
    await prove(actions)
    actions.backend.calls.clear()
    answer = await actions.validate("EXTERNAL_confirmation_recorded", requested="reset_confirmation")
    assert answer.slots["requested_slot"] is None
    assert actions.backend.calls == []


async def test_without_the_backend_the_step_stays(actions: Actions) -> None:
    await open_claim(actions)
    actions.backend.away = True
    answer = await actions.validate("inform", requested="reset_code", text="hm")
    assert answer.slots == {"reset_news": "unreachable", "requested_slot": "reset_code"}


async def test_after_an_answer_in_the_middle_the_step_comes_back(actions: Actions) -> None:
    await open_claim(actions)
    answer = await actions.validate("faq_after_reset", requested="reset_code", since=REJECTED)
    assert answer.slots["requested_slot"] == "reset_code"
    assert answer.slots["reset_news"] == "back"


async def test_what_an_action_set_is_what_the_step_mentions(actions: Actions) -> None:
    await open_claim(actions)
    since = [*REJECTED, {"event": "slot", "name": "reset_news", "value": "denied"}]
    answer = await actions.validate("deny", requested="reset_code", since=since)
    assert answer.slots["reset_news"] == "denied"


async def test_the_button_for_another_address_is_told_from_the_story_of_a_lost_phone(actions: Actions) -> None:
    await open_claim(actions)
    pressed = await actions.validate("reset_2fa", requested="reset_code", text="/reset_2fa")
    assert pressed.slots["reset_news"] == "denied"
    told = await actions.validate("reset_2fa", requested="reset_code", text="my phone is at the bottom of a lake")
    assert told.slots["reset_news"] == "back"


async def test_a_confirmation_that_was_not_recorded_lets_the_form_begin_again(actions: Actions) -> None:
    await prove(actions)
    answer = await actions.validate("EXTERNAL_confirmation_recorded", requested=None)
    assert answer.slots["requested_slot"] == "reset_confirmation"
