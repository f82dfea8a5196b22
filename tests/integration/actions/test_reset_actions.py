"""Opening, executing, cancelling, resending, telling how it stands."""

import pytest

from tests.integration.actions.conftest import CONVERSATION, Actions
from tests.integration.actions.test_reset_form import open_claim, prove
from tests.support.fake_backend import CODE

ACCEPTED = {"kind": "code", "result": "accepted"}


async def test_without_an_address_it_is_asked_for(actions: Actions) -> None:
    answer = await actions.run("action_open_reset", "start_reset")
    assert answer.next_action == "reset_form"
    assert answer.slots["reset_news"] == "need_address"


async def test_the_sessions_address_needs_no_asking(actions: Actions) -> None:
    state = actions.backend.of(CONVERSATION)
    state.standing, state.session_address = "second_step", "ana@acme.example"
    answer = await actions.run("action_open_reset", "start_reset")
    assert answer.slots["reset_news"] == "sent"
    assert actions.backend.mails == ["ana@acme.example"]


async def test_only_known_reasons_are_passed_on(actions: Actions) -> None:
    address = {"email": "ana@acme.example"}
    await actions.run("action_open_reset", "start_reset", entities=address, slots={"reason": "stolen"})
    actions.backend.advance(2)
    await actions.run("action_open_reset", "start_reset", slots={"reset_stage": "code"})
    assert actions.backend.of(CONVERSATION).reasons == ["stolen"]
    await actions.run("action_cancel_reset", "cancel_reset")
    again = {"reason": "a dog ate it", "reset_stage": "cancelled"}
    await actions.run("action_open_reset", "start_reset", entities=address, slots=again)
    assert actions.backend.of(CONVERSATION).reasons == ["stolen", None]


async def test_what_is_under_way_is_resumed_and_sends_nothing(actions: Actions) -> None:
    await open_claim(actions)
    answer = await actions.run("action_open_reset", "start_reset")
    assert answer.next_action == "reset_form"
    assert actions.backend.mails == ["ana@acme.example"]


async def test_an_end_that_was_not_told_is_told_before_a_new_one_begins(actions: Actions) -> None:
    await prove(actions)
    actions.backend.advance(31)
    first = await actions.run("action_open_reset", "affirm")
    assert first.moments == ["outcome"]
    assert first.slots["reset_stage"] == "expired"
    second = await actions.run("action_open_reset", "start_reset", slots=first.slots)
    assert second.next_action == "reset_form"


async def test_after_a_told_end_the_form_begins_at_the_address(actions: Actions) -> None:
    await prove(actions)
    actions.backend.advance(31)
    answer = await actions.validate("start_reset", requested=None, slots={"reset_stage": "expired"})
    assert answer.slots["requested_slot"] == "reset_email"


async def test_a_backend_that_is_away_loses_nothing(actions: Actions) -> None:
    actions.backend.away = True
    answer = await actions.run("action_open_reset", "start_reset")
    assert answer.said == ["utter_backend_down"]
    assert answer.slots == {"reset_wanted": True}
    actions.backend.away = False
    assert (await actions.run("action_affirm", "affirm", slots=answer.slots)).next_action == "reset_form"


@pytest.mark.parametrize(("must_wait", "stage"), [(False, "executed"), (True, "scheduled")])
async def test_a_recorded_confirmation_is_carried_out(actions: Actions, must_wait: bool, stage: str) -> None:
    await prove(actions)
    actions.backend.people["ana@acme.example"].must_wait = must_wait
    actions.backend.confirm(CONVERSATION)
    answer = await actions.run("action_execute_reset", "EXTERNAL_confirmation_recorded")
    assert answer.moments == ["outcome"]
    assert answer.slots["reset_stage"] == stage
    assert actions.backend.executions == 1


async def test_without_a_recorded_confirmation_nothing_is_carried_out(actions: Actions) -> None:
    await prove(actions)
    answer = await actions.run("action_execute_reset", "EXTERNAL_confirmation_recorded")
    assert answer.next_action == "reset_form"
    assert actions.backend.executions == 0


async def test_an_unknown_outcome_is_said_and_its_truth_follows(actions: Actions) -> None:
    await prove(actions)
    actions.backend.confirm(CONVERSATION)
    actions.backend.lose_next = 2
    unknown = await actions.run("action_execute_reset", "EXTERNAL_confirmation_recorded")
    assert unknown.said == ["utter_outcome_unknown"]
    told = await actions.run("action_facts_changed", "EXTERNAL_facts_changed", slots=unknown.slots)
    assert told.moments == ["outcome"]
    assert told.slots["reset_pending"] is False
    assert actions.backend.executions == 1


async def test_continue_after_a_lost_confirmation_carries_it_out_once(actions: Actions) -> None:
    await prove(actions)
    actions.backend.confirm(CONVERSATION)
    actions.backend.away = True
    unknown = await actions.run("action_execute_reset", "EXTERNAL_confirmation_recorded")
    actions.backend.away = False
    for _ in range(2):
        assert (await actions.run("action_open_reset", "affirm", slots=unknown.slots)).moments == ["outcome"]
    assert actions.backend.executions == 1


async def test_an_event_of_a_page_is_told_once_outside_the_form(actions: Actions) -> None:
    await open_claim(actions)
    actions.backend.type_code(CONVERSATION, CODE)
    first = await actions.run("action_facts_changed", "EXTERNAL_facts_changed", slots={"reset_stage": "code"})
    assert first.said == ["utter_offer_continue"]
    second = await actions.run("action_facts_changed", "EXTERNAL_facts_changed", slots=first.slots)
    assert (second.said, second.moments) == ([], [])


async def test_status(actions: Actions) -> None:
    assert (await actions.run("action_reset_status", "reset_status")).said == ["utter_no_reset_here"]
    await prove(actions)
    assert (await actions.run("action_reset_status", "reset_status")).said == ["utter_offer_continue"]
    actions.backend.confirm(CONVERSATION)
    await actions.run("action_execute_reset", "EXTERNAL_confirmation_recorded")
    assert (await actions.run("action_reset_status", "reset_status")).moments == ["status"]
    actions.backend.away = True
    assert (await actions.run("action_reset_status", "reset_status")).said == ["utter_status_unknown"]


async def test_cancel(actions: Actions) -> None:
    assert (await actions.run("action_cancel_reset", "cancel_reset")).said == ["utter_cancel_nothing_open"]
    await open_claim(actions)
    cancelled = await actions.run("action_cancel_reset", "cancel_reset", in_form=True)
    assert cancelled.moments == ["outcome"]
    assert {"event": "active_loop", "name": None, "timestamp": None} in cancelled.events
    assert cancelled.slots["reset_wanted"] is False


async def test_a_cancel_whose_answer_was_lost_is_not_called_done(actions: Actions) -> None:
    await open_claim(actions)
    actions.backend.away = True
    answer = await actions.run("action_cancel_reset", "cancel_reset")
    assert answer.said == ["utter_cancel_unknown"]


async def test_too_late_to_cancel(actions: Actions) -> None:
    await prove(actions)
    actions.backend.confirm(CONVERSATION)
    await actions.run("action_execute_reset", "EXTERNAL_confirmation_recorded")
    assert (await actions.run("action_cancel_reset", "cancel_reset")).said == ["utter_cancel_too_late"]


async def test_resend(actions: Actions) -> None:
    assert (await actions.run("action_resend_code", "resend_code")).said == ["utter_resend_code_login"]
    await open_claim(actions)
    early = await actions.run("action_resend_code", "resend_code", in_form=True)
    assert early.slots["reset_news"] == "resend_throttled"
    actions.backend.advance(2)
    later = await actions.run("action_resend_code", "resend_code", in_form=True)
    assert later.slots["reset_news"] == "resent"
    assert len(actions.backend.mails) == 2


async def test_back_from_a_person_the_reset_goes_on_where_it_was(actions: Actions) -> None:
    await open_claim(actions)
    answer = await actions.run("action_check_requester", "EXTERNAL_back_from_human")
    assert answer.said == ["utter_back_to_reset_from_person"]
    assert answer.moments == ["steps"]
    assert answer.next_action == "reset_form"


async def test_back_from_a_person_without_a_reset(actions: Actions) -> None:
    answer = await actions.run("action_check_requester", "EXTERNAL_back_from_human")
    assert answer.said == ["utter_back_from_person"]


async def test_an_address_that_strangers_flooded_takes_the_password_first(actions: Actions) -> None:
    actions.backend.password_first = True
    answer = await actions.run("action_open_reset", "start_reset", entities={"email": "ana@acme.example"})
    assert answer.said == ["utter_reset_password_first"]
    assert answer.next_action is None
    inside = await actions.validate("inform", requested="reset_email", entities={"email": "ana@acme.example"})
    assert inside.slots["reset_news"] == "password_first"


async def test_a_waiting_reset_is_cancelled_with_a_fresh_code_and_nothing_more(actions: Actions) -> None:
    await prove(actions)
    actions.backend.people["ana@acme.example"].must_wait = True
    actions.backend.confirm(CONVERSATION)
    await actions.run("action_execute_reset", "EXTERNAL_confirmation_recorded")
    actions.backend.advance(60)
    refused = await actions.run("action_cancel_reset", "cancel_reset")
    assert refused.said == ["utter_cancel_need_proof"]
    slots = refused.slots
    assert slots["reset_cancelling"] is True
    opened = await actions.run("action_open_reset", "start_reset", entities={"email": "ana@acme.example"}, slots=slots)
    assert opened.next_action == "reset_form"
    actions.backend.type_code(CONVERSATION, CODE)
    proven = await actions.validate("inform", requested="reset_code", slots=slots, text="••••••", outcome=ACCEPTED)
    assert proven.slots["requested_slot"] is None
    done = await actions.run("action_execute_reset", "inform", slots=slots)
    assert done.moments == ["outcome"]
    assert done.slots["reset_cancelling"] is None
    assert not actions.backend.of(CONVERSATION).waiting


async def test_an_end_that_was_told_is_not_told_again_by_an_event(actions: Actions) -> None:
    await prove(actions)
    actions.backend.confirm(CONVERSATION)
    first = await actions.run("action_execute_reset", "EXTERNAL_facts_changed")
    assert first.moments == ["outcome"]
    second = await actions.run("action_execute_reset", "EXTERNAL_confirmation_recorded", slots=first.slots)
    assert second.moments == []


async def test_a_claim_whose_code_is_awaited_is_offered_as_status(actions: Actions) -> None:
    await open_claim(actions)
    assert (await actions.run("action_reset_status", "reset_status")).said == ["utter_offer_continue"]
