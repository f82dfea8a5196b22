"""The Rasa project's files agree with each other and with the actions."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from actions.registry import ACTIONS
from actions.topics import TITLES

ROOT = Path(__file__).parents[3]
LANGUAGES = {"en", "pt", "es"}
RASAS_OWN = {"utter_default"}
OF_WORDING = {"utter_once_more"}


def read(path: Path) -> dict[str, Any]:
    return dict(yaml.safe_load(path.read_text(encoding="utf-8")))


DOMAIN = read(ROOT / "domain.yml")
RESPONSES: dict[str, list[dict[str, Any]]] = {
    name: variations
    for file in sorted((ROOT / "nlu/data/responses").glob("*.yml"))
    for name, variations in read(file)["responses"].items()
}
RULES = [rule for file in sorted((ROOT / "nlu/data/rules").glob("*.yml")) for rule in read(file)["rules"]]


def language_of(variation: dict[str, Any]) -> str:
    conditions = variation.get("condition", [])
    assert all(condition["name"] == "language" for condition in conditions)
    return str(conditions[0]["value"]) if conditions else "en"


def test_every_action_of_the_domain_is_there_and_none_else() -> None:
    assert set(DOMAIN["actions"]) == set(ACTIONS)


def test_every_intent_has_a_rule_and_every_rule_an_intent_of_the_domain() -> None:
    ruled = [step["intent"] for rule in RULES for step in rule["steps"] if "intent" in step]
    assert sorted(ruled) == sorted(DOMAIN["intents"])


def test_rules_name_actions_and_responses_that_exist() -> None:
    named = {step["action"] for rule in RULES for step in rule["steps"] if "action" in step}
    assert named <= set(DOMAIN["actions"]) | set(RESPONSES) | set(DOMAIN["forms"])


def test_every_response_is_used() -> None:
    source = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "actions").glob("*.py"))
    ruled = {step["action"] for rule in RULES for step in rule["steps"] if "action" in step}
    made = {f"utter_cancel_{outcome}" for outcome in ("nothing_open", "too_late", "need_proof")}
    made |= {"utter_reset_throttled", "utter_reset_password_first"}
    unused = {name for name in RESPONSES if f'"{name}"' not in source} - ruled - made - RASAS_OWN - OF_WORDING
    assert not unused


@pytest.mark.parametrize("name", sorted(RESPONSES))
def test_a_response_exists_in_three_languages_with_the_same_next_steps(name: str) -> None:
    variations = RESPONSES[name]
    assert {language_of(variation) for variation in variations} == LANGUAGES
    pages = {lang: set[str | None]() for lang in LANGUAGES}
    for variation in variations:
        assert variation["text"].strip()
        assert "!" not in variation["text"]
        pages[language_of(variation)].add(variation.get("custom", {}).get("page"))
    assert pages["en"] == pages["pt"] == pages["es"]


def test_buttons_lead_to_intents_and_fit() -> None:
    for name, variations in RESPONSES.items():
        for button in [button for variation in variations for button in variation.get("buttons", [])]:
            assert button["payload"].removeprefix("/").partition("{")[0] in DOMAIN["intents"], name
            assert len(button["title"]) <= 30, button


def test_pages_are_those_that_bot_knows() -> None:
    pages = {v["custom"]["page"] for variations in RESPONSES.values() for v in variations if "custom" in v}
    assert pages <= {"login", "security", "help", "members", "login_methods", "not_me"}


def test_topics_offered_by_name_are_intents() -> None:
    assert set(TITLES) <= set(DOMAIN["intents"])


def test_no_sentence_is_said_for_two_things_or_in_two_languages() -> None:
    texts = [variation["text"] for variations in RESPONSES.values() for variation in variations]
    assert len(texts) == len(set(texts))
