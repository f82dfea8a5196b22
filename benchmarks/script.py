"""What a customer of the long conversations says: four questions that rules alone answer, then one action's."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import yaml

_DATA = Path(__file__).resolve().parent.parent / "nlu" / "data" / "nlu"
LANGUAGES = ("en", "pt", "es")
BY_RULE = ("faq_", "greet", "thanks", "bot_challenge", "capabilities", "feedback_positive")
BY_ACTION = ("out_of_scope",)
"""`action_out_of_scope` is called at the actions server and needs no backend."""
ACTION_EVERY = 5
_STRIDE = 37
"""Where the next conversation begins in the list, so that no two say the same at the same turn."""


def sentences(language: str, intents: tuple[str, ...]) -> list[str]:
    """Distinct examples of the intents whose names begin so, a sentence of each intent in turn."""
    by_intent: dict[str, list[str]] = {}
    for file in sorted((_DATA / language).glob("*.yml")):
        for block in yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"]:
            if block.get("intent", "").startswith(intents):
                lines = [line[2:].strip() for line in block["examples"].splitlines() if line.startswith("- ")]
                by_intent.setdefault(block["intent"], []).extend(lines)
    mixed = (text for row in itertools.zip_longest(*by_intent.values()) for text in row if text is not None)
    return list({text.casefold(): text for text in mixed}.values())


def scripted(language: str, number: int, turns: int) -> Iterator[str]:
    """The texts of conversation `number`, all distinct as long as the examples last (1,000 turns do)."""
    questions = _from(sentences(language, BY_RULE), number)
    others = _from(sentences(language, BY_ACTION), number)
    for turn in range(1, turns + 1):
        yield next(others if turn % ACTION_EVERY == 0 else questions)


def _from(texts: list[str], number: int) -> Iterator[str]:
    start = number * _STRIDE % len(texts)
    return itertools.cycle([*texts[start:], *texts[:start]])
