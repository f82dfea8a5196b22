"""What an action reads from Rasa's tracker."""

from typing import Any

from rasa_sdk.interfaces import Tracker

from actions.turn import Turn


def tracker(
    events: list[dict[str, Any]] | None = None,
    *,
    intent: str = "inform",
    text: str = "",
    entities: list[dict[str, Any]] | None = None,
    slots: dict[str, Any] | None = None,
    metadata: dict[str, Any] | None = None,
    loop: str | None = None,
) -> Tracker:
    message = {"intent": {"name": intent}, "text": text, "entities": entities or [], "metadata": metadata or {}}
    return Tracker("c", slots or {}, message, events or [], False, None, {"name": loop}, "action_listen")


def test_language_of_the_message_comes_before_the_conversations() -> None:
    assert Turn.of(tracker(slots={"language": "es"}, metadata={"lang": "pt"})).lang == "es"


def test_language_falls_back_to_the_conversation_and_then_to_english() -> None:
    assert Turn.of(tracker(metadata={"lang": "pt-BR"})).lang == "pt"
    assert Turn.of(tracker(metadata={"lang": "fr"})).lang == "en"


def test_an_address_is_found_as_entity_or_as_something_meant_as_one() -> None:
    entity = [{"entity": "email", "value": "ana@acme.example"}]
    assert Turn.of(tracker(text="ana@acme.example", entities=entity)).typed_address == "ana@acme.example"
    assert Turn.of(tracker(text="it is ana@acme")).typed_address == "ana@acme"
    assert Turn.of(tracker(text="no address here")).typed_address is None


def test_a_refused_code_is_told_from_an_accepted_one() -> None:
    wrong = Turn.of(tracker(metadata={"outcome": {"kind": "code", "result": "wrong"}}))
    right = Turn.of(tracker(metadata={"outcome": {"kind": "code", "result": "accepted"}}))
    none = Turn.of(tracker(metadata={"outcome": None}))
    assert (wrong.code_refused, right.code_refused, none.code_refused) == (True, False, False)
    assert (wrong.carried_code, right.carried_code, none.carried_code) == (True, True, False)


def test_only_slots_set_since_the_message_are_new() -> None:
    events = [
        {"event": "slot", "name": "reset_news", "value": "sent"},
        {"event": "user"},
        {"event": "slot", "name": "reset_news", "value": "denied"},
    ]
    assert Turn.of(tracker(events)).set_now == {"reset_news": "denied"}


def test_the_last_sentence_is_the_newest_response_before_the_message() -> None:
    events: list[dict[str, Any]] = [
        {"event": "user"},
        {"event": "bot", "metadata": {"utter_action": "utter_offer_reset"}},
        {"event": "bot", "metadata": {}},
        {"event": "user"},
        {"event": "bot", "metadata": {"utter_action": "utter_thanks"}},
    ]
    assert Turn.of(tracker(events)).last_said == "utter_offer_reset"


def test_a_message_that_a_rule_answered_is_told_from_a_fresh_one() -> None:
    rejected = {"event": "action_execution_rejected", "name": "reset_form"}
    assert Turn.of(tracker([{"event": "user"}, rejected])).answered
    assert not Turn.of(tracker([rejected, {"event": "user"}])).answered


def test_a_misunderstanding_counts_only_for_the_message_before() -> None:
    asked = {"event": "action", "name": "action_misunderstood"}
    assert Turn.of(tracker([{"event": "user"}, asked, {"event": "user"}])).misunderstood_before
    assert not Turn.of(tracker([{"event": "user"}, asked, {"event": "user"}, {"event": "user"}])).misunderstood_before


def test_several_reasons_leave_the_first() -> None:
    assert Turn.of(tracker(slots={"reason": ["stolen", "new_phone"]})).reason == "stolen"
    assert Turn.of(tracker(slots={"reason": []})).reason is None


def test_the_ticket_is_not_printed() -> None:
    assert "secret" not in repr(Turn.of(tracker(metadata={"ticket": "secret"})).caller)
