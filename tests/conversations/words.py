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
