"""What outside tools see: contract names only, escaped slashes, honest figures."""

from __future__ import annotations

import pytest

from nlu.contract import contract_parse
from nlu.evaluation import BadRowError, Judged, read_rows, summarise
from nlu.parsing import escaped
from nlu.understanding import Understanding


def parsed(*ranking: tuple[str, float], text: str = "x") -> dict[str, object]:
    listed = [{"name": name, "confidence": confidence} for name, confidence in ranking]
    entities = [{"entity": "language", "value": "pt", "start": 0, "end": 1}]
    return contract_parse(text, Understanding({"intent": {}, "intent_ranking": listed, "entities": entities}, "pt"))


def test_an_added_intent_is_reported_under_the_name_it_refines() -> None:
    line = parsed(("start_reset", 0.4), ("greet", 0.35), ("reset_2fa", 0.2))
    assert line["intent"] == "reset_2fa"
    assert line["confidence"] == pytest.approx(0.6)


def test_a_fallback_is_reported_as_the_best_real_intent() -> None:
    assert parsed(("nlu_fallback", 0.7), ("greet", 0.3))["intent"] == "greet"


def test_nothing_understood_is_out_of_scope() -> None:
    assert parsed()["intent"] == "out_of_scope"


def test_language_is_a_field_and_no_entity() -> None:
    line = parsed(("greet", 1.0))
    assert line["lang"] == "pt"
    assert line["entities"] == []


def test_positions_count_leading_space_that_rasa_strips() -> None:
    entities = [{"entity": "method", "value": "sms", "start": 0, "end": 3}]
    line = contract_parse("  sms", Understanding({"intent": {}, "entities": entities}, "en"))
    assert line["entities"] == [{"entity": "method", "value": "sms", "start": 2, "end": 5}]


@pytest.mark.parametrize("typed", ["/deny", " /deny", "\u00a0/deny", "\x1c/deny", "\u200b/deny"])
def test_a_slash_is_escaped_as_in_the_chat(typed: str) -> None:
    assert escaped(typed) == typed.replace("/", "∕")


@pytest.mark.parametrize("typed", ["and/or", "", " ", "ok", "a /deny"])
def test_other_texts_stay(typed: str) -> None:
    assert escaped(typed) == typed


def test_figures() -> None:
    rows = [
        Judged("hi", "greet", "en", "greet", "en", 0.001),
        Judged("hi", "greet", "pt", "out_of_scope", "pt", 0.002),
        Judged("hi", "out_of_scope", "es", "out_of_scope", "pt", 0.003),
        Judged("hi", "out_of_scope", "es", "greet", "es", 0.004),
    ]
    figures = summarise(rows)
    assert figures["n"] == 4
    assert figures["accuracy"] == 0.5
    assert figures["by_lang"] == {"en": 1.0, "es": 0.5, "pt": 0.0}
    assert figures["by_intent"] == {"greet": 0.5, "out_of_scope": 0.5}
    assert (figures["oos_recall"], figures["false_oos"], figures["lang_accuracy"]) == (0.5, 0.5, 0.75)
    assert figures["p50_ms"] == 3.0


def test_no_rows_no_figures() -> None:
    assert summarise([])["accuracy"] is None


@pytest.mark.parametrize("line", ["{", "[]", '{"text": "a"}', '{"text": 1, "intent": "a", "lang": "en"}'])
def test_a_bad_row_is_named(line: str) -> None:
    with pytest.raises(BadRowError, match="line 2"):
        read_rows(["", line])
