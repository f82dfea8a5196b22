"""`zoe nlu eval`: how often intent and language are right on labelled rows, and how long a parse takes."""

from __future__ import annotations

import asyncio
import json
import statistics
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nlu.contract import OUT_OF_SCOPE, refined_names
from nlu.parsing import Parser
from nlu.project import Project

_FIELDS = ("text", "intent", "lang")


class BadRowError(Exception):
    """A row of the file is not `{"text", "intent", "lang"}`; the message names the line."""


@dataclass(frozen=True)
class Judged:
    """One row with what was predicted and how long that took (seconds)."""

    text: str
    intent: str
    lang: str
    predicted_intent: str
    predicted_lang: str
    seconds: float

    @property
    def right(self) -> bool:
        """Whether the intent is right."""
        return self.intent == self.predicted_intent


def evaluate(path: Path, project: Project, timer: Callable[[], float] = time.perf_counter) -> dict[str, Any]:
    """Metrics over the JSON Lines file at `path`, in the shape of the contract. Raises BadRowError, NoModelError."""
    return summarise(judge(path, project, timer))


def judge(path: Path, project: Project, timer: Callable[[], float] = time.perf_counter) -> list[Judged]:
    """Each row of the file at `path` with its prediction. Raises BadRowError, NoModelError."""
    rows = read_rows(path.read_text(encoding="utf-8").splitlines())
    parser = Parser(project)
    with asyncio.Runner() as runner:
        return [runner.run(_judge(parser, row, timer)) for row in rows]


def read_rows(lines: Iterable[str]) -> list[dict[str, str]]:
    """The labelled rows; blank lines are skipped."""
    rows = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError:
            raise BadRowError(f"line {number}: not JSON") from None
        if not isinstance(row, Mapping) or not all(isinstance(row.get(name), str) for name in _FIELDS):
            raise BadRowError(f"line {number}: expected text, intent and lang")
        rows.append({name: row[name] for name in _FIELDS})
    return rows


async def _judge(parser: Parser, row: Mapping[str, str], timer: Callable[[], float]) -> Judged:
    started = timer()
    parsed = await parser.parse(row["text"])
    seconds = timer() - started
    expected = refined_names().get(row["intent"], row["intent"])
    return Judged(row["text"], expected, row["lang"][:2], parsed["intent"], parsed["lang"], seconds)


def summarise(judged: Sequence[Judged]) -> dict[str, Any]:
    """The contract's figures; None where there is nothing to count."""
    out_of_scope = [row for row in judged if row.intent == OUT_OF_SCOPE]
    in_scope = [row for row in judged if row.intent != OUT_OF_SCOPE]
    milliseconds = sorted(row.seconds * 1000 for row in judged)
    return {
        "n": len(judged),
        "accuracy": _share(row.right for row in judged),
        "by_lang": _by(judged, lambda row: row.lang),
        "by_intent": _by(judged, lambda row: row.intent),
        "oos_recall": _share(row.right for row in out_of_scope),
        "false_oos": _share(row.predicted_intent == OUT_OF_SCOPE for row in in_scope),
        "lang_accuracy": _share(row.lang == row.predicted_lang for row in judged),
        "p50_ms": _percentile(milliseconds, 0.50),
        "p95_ms": _percentile(milliseconds, 0.95),
    }


def _by(judged: Sequence[Judged], key: Callable[[Judged], str]) -> dict[str, float | None]:
    groups: dict[str, list[bool]] = defaultdict(list)
    for row in judged:
        groups[key(row)].append(row.right)
    return {name: _share(groups[name]) for name in sorted(groups)}


def _share(outcomes: Iterable[bool]) -> float | None:
    listed = list(outcomes)
    return round(statistics.fmean(listed), 4) if listed else None


def _percentile(ordered: Sequence[float], share: float) -> float | None:
    """Nearest rank."""
    if not ordered:
        return None
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 2)
