"""A smaller copy of the training data, for comparisons that take too long on all of it.

Of each intent and language the same number of examples stays (out of scope three times as many), chosen evenly over the
order in which they are written, so that every topic of a file is still there. The same copy is given to both systems.
"""

import shutil
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml

OUT_OF_SCOPE_TIMES = 3
"""Out of scope is many things; everywhere in the project it has about three times the examples of an intent."""


def write_subset(data: Path, target: Path, examples: int) -> int:
    """Copies the Rasa training data under `data` to `target` (replaced) and returns how many examples it holds."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(data, target)
    blocks = {file: yaml.safe_load(file.read_text(encoding="utf-8")) for file in sorted(target.glob("nlu/*/*.yml"))}
    lines: dict[tuple[str, str], list[str]] = defaultdict(list)
    for file, content in blocks.items():
        for block in content["nlu"]:
            if "intent" in block:
                lines[file.parent.name, block["intent"]] += _lines(block)
    kept = {key: set(evenly(list(dict.fromkeys(written)), share(key[1], examples))) for key, written in lines.items()}
    count = sum(len(chosen) for chosen in kept.values())
    for file, content in blocks.items():
        content["nlu"] = [_cut(block, kept[file.parent.name, block["intent"]]) for block in _intents(content)]
        content["nlu"] = [block for block in content["nlu"] if block["examples"]]
        file.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return count


def share(intent: str, examples: int) -> int:
    """How many of an intent are taken where `examples` of the others are."""
    return examples * OUT_OF_SCOPE_TIMES if intent == "out_of_scope" else examples


def _intents(content: dict[str, Any]) -> list[dict[str, Any]]:
    return [block for block in content["nlu"] if "intent" in block]


def _lines(block: dict[str, Any]) -> list[str]:
    return [line for line in block["examples"].splitlines() if line.startswith("- ")]


def _cut(block: dict[str, Any], kept: set[str]) -> dict[str, Any]:
    """The block with those of its lines that stay; each stays once."""
    chosen = []
    for line in _lines(block):
        if line in kept:
            kept.discard(line)
            chosen.append(line)
    return block | {"examples": "".join(f"{line}\n" for line in chosen)}


def evenly[T](written: Sequence[T], most: int) -> list[T]:
    """At most `most` of them, at even distances."""
    if len(written) <= most:
        return list(written)
    return [written[index * len(written) // most] for index in range(most)]
