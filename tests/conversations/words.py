"""Which response or moment a sentence of Zoe's is, looked up in the project's own files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml

from bot.languages import LANGS
from bot.moments.wording import WORDING

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


@cache
def _sentences() -> dict[str, tuple[str, str]]:
    return read_sentences()


@cache
def _moments(lang: str) -> Mapping[str, re.Pattern[str]]:
    """Name → what the sentence looks like with its blanks filled; a reference may follow."""
    texts = WORDING[next(known for known in LANGS if known == lang)]
    reference = _pattern(texts["reference"])
    return {name: re.compile(rf"{_pattern(text)}(?: {reference})?") for name, text in texts.items()}


def _pattern(text: str) -> str:
    return re.sub(r"\\\{\w+\\\}", ".+", re.escape(text))


def name_of(text: str, lang: str, kind: str) -> str:
    """The name under which a sentence stands in the project's files: of a response without `utter_`, of a moment as
    its wording is called, else the kind of thing it is.
    """
    if kind in {"handoff", "ask_confirmation"}:
        return kind
    if (response := _response(text)) is not None:
        return response.removeprefix("utter_")
    fitting = (name for name, pattern in _moments(lang).items() if pattern.fullmatch(text))
    return next(fitting, f"{kind}: {text}")


def _response(text: str) -> str | None:
    sentences = _sentences()
    lead_ins = [sentence for sentence, (name, _) in sentences.items() if name == "utter_once_more"]
    bare = next((text.removeprefix(lead_in).strip() for lead_in in lead_ins if text.startswith(lead_in)), text)
    found = sentences.get(text) or sentences.get(bare)
    return found[0] if found else None
