"""Finds what harms the training data: duplicates, one text under two intents, near-duplicates across intents, leaks.

Run: `zoe nlu check`. Prints one finding a line and a count of each kind. The exit status is 1 when a text stands under
two intents of one language, or a training example is also a held-out row of five words or more.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from nlu.linear_text_model import TextFeatures, character_vectorizer
from nlu.text_forms import normalised

DATA = Path(__file__).parent / "data" / "nlu"
HELD_OUT = Path(__file__).parent / "held_out"
_NEAR = 0.9
"""Cosine of character n-grams from which on two texts are called near."""
_LEAK_WORDS = 5
"""Shorter texts ("hola", "thanks a lot") are what everybody writes; longer ones are written twice only by copying."""
_BLOCK = 1_000


@dataclass(frozen=True)
class Example:
    """One training example or held-out row."""

    text: str
    intent: str
    language: str

    @property
    def key(self) -> str:
        """What the model sees of the text, without punctuation."""
        return re.sub(r"[\s.,;:!¡¿'’\"]+", " ", normalised(self.text)).strip()


@dataclass(frozen=True)
class Finding:
    """`kind` is `duplicate`, `conflict`, `near` or `leak`."""

    kind: str
    first: Example
    second: Example


def read_examples(folder: Path = DATA) -> list[Example]:
    """All training examples, in the order of the files."""
    return [
        Example(line[2:].strip(), block["intent"], file.parent.name)
        for file in sorted(folder.glob("*/*.yml"))
        for block in yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"]
        for line in block.get("examples", "").splitlines()
        if line.startswith("- ")
    ]


def read_held_out(folder: Path = HELD_OUT) -> list[Example]:
    """All held-out rows."""
    lines = (
        line for file in sorted(folder.glob("*/*.jsonl")) for line in file.read_text(encoding="utf-8").splitlines()
    )
    return [Example(row["text"], row["intent"], row["lang"]) for row in map(json.loads, lines)]


def check(examples: Sequence[Example], held_out: Sequence[Example] = (), near: float = _NEAR) -> Iterator[Finding]:
    """All findings. The same text under two intents is a conflict within one language only: "no" is one word in two."""
    by_key: dict[str, Example] = {}
    distinct: list[Example] = []
    for example in examples:
        earlier = by_key.setdefault(example.key, example)
        if earlier is example:
            distinct.append(example)
        elif earlier.language == example.language:
            yield Finding("duplicate" if earlier.intent == example.intent else "conflict", earlier, example)
    yield from _near(distinct, near)
    for row in held_out:
        if len(row.key.split()) >= _LEAK_WORDS and row.key in by_key:
            yield Finding("leak", by_key[row.key], row)


def _near(examples: Sequence[Example], least: float) -> Iterator[Finding]:
    by_language: dict[str, list[Example]] = defaultdict(list)
    for example in examples:
        by_language[example.language].append(example)
    for group in by_language.values():
        keys = [example.key for example in group]
        rows = TextFeatures([character_vectorizer((2, 4))]).fit(keys).transform(keys)
        for start in range(0, len(group), _BLOCK):
            close = (rows[start : start + _BLOCK] @ rows.T).tocoo()
            for i, j, cosine in zip(close.row + start, close.col, close.data, strict=True):
                if i < j and cosine >= least and group[i].intent != group[j].intent:
                    yield Finding("near", group[i], group[j])


def report(say: Callable[[str], None], near: float = _NEAR) -> int:
    """Says each finding and the counts; 1 when there is a conflict or a leak, else 0."""
    findings = list(check(read_examples(), read_held_out(), near))
    for found in findings:
        first, second = found.first, found.second
        say(f"{found.kind:9} {first.language} {first.intent}: {first.text}  |  {second.intent}: {second.text}")
    counts = Counter(found.kind for found in findings)
    say("  ".join(f"{kind} {counts[kind]}" for kind in ("duplicate", "conflict", "near", "leak")))
    return 1 if counts["conflict"] or counts["leak"] else 0
