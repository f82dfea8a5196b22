"""Which response a sentence of Zoe's is, looked up in the project's own files."""

from __future__ import annotations

from pathlib import Path

import yaml

RESPONSES = Path(__file__).parents[2] / "nlu" / "data" / "responses"


def read_sentences() -> dict[str, tuple[str, str]]:
    """Sentence → (response, language)."""
    sentences: dict[str, tuple[str, str]] = {}
    for file in sorted(RESPONSES.glob("*.yml")):
        for name, variations in yaml.safe_load(file.read_text(encoding="utf-8"))["responses"].items():
            for variation in variations:
                conditions = variation.get("condition") or [{"value": "en"}]
                sentences[variation["text"]] = (name, conditions[0]["value"])
    return sentences


def without_lead_in(text: str, sentences: dict[str, tuple[str, str]]) -> str:
    """The sentence itself, when `utter_once_more` stands before it."""
    if text in sentences:
        return text
    lead_ins = [sentence for sentence, (name, _) in sentences.items() if name == "utter_once_more"]
    return next(text.removeprefix(lead_in).strip() for lead_in in lead_ins if text.startswith(lead_in))
