"""Dialogues as they are written in `dialogues/*.yml`: scenarios by topic, each in three languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

LANGUAGES = ("en", "pt", "es")
FOLDER = Path(__file__).parent / "dialogues"
OPENINGS = FOLDER / "openings.yml"


@dataclass(frozen=True)
class Dialogue:
    """One scenario in one language."""

    topic: str
    name: str
    lang: str
    turns: list[dict[str, Any]]
    rows: Mapping[str, Any] = field(default_factory=dict)
    """What has to be in the database afterwards, for the names that are given (`Player.rows`)."""
    who: str = "owner"
    """`owner`, `member`, or `stranger`, who writes an address that nobody has."""
    known: bool = True
    """The browser is one in which the user did a second step before: the reset need not wait."""

    def __str__(self) -> str:
        return f"{self.topic}: {self.name} ({self.lang})"


def read_dialogues() -> list[Dialogue]:
    """Every scenario of every file, once a language."""
    openings = yaml.safe_load(OPENINGS.read_text(encoding="utf-8"))
    return [
        Dialogue(
            file.stem,
            scenario["name"],
            lang,
            [*_up_to(scenario.get("from"), openings), *scenario["turns"]],
            scenario.get("rows", {}),
            scenario.get("who", "owner"),
            scenario.get("known", True),
        )
        for file in sorted(FOLDER.glob("*.yml"))
        if file != OPENINGS
        for scenario in yaml.safe_load(file.read_text(encoding="utf-8"))
        for lang in LANGUAGES
    ]


def _up_to(step: str | None, openings: Mapping[str, list[dict[str, Any]]]) -> list[dict[str, Any]]:
    """The turns of every opening until `step` is reached."""
    if step is None:
        return []
    names = list(openings)
    return [turn for name in names[: names.index(step) + 1] for turn in openings[name]]
