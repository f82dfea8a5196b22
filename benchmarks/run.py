"""All figures of Zoe in one run: `make bench`, or `.venv/bin/python -m benchmarks.run --help`.

Prints tables and writes `benchmarks/results/bench.json`. Exit status 1 when a target is missed.
"""

import argparse
import asyncio
import json
import os
import signal
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from benchmarks.beside_stock import measure_accuracy, measure_long
from benchmarks.environments import UnavailableError
from benchmarks.figures import Figure, Result, Skipped, as_json, machine, median, percentile, table
from benchmarks.guard.password_logins import measure_password_logins
from benchmarks.guard.scale import measure_scale
from benchmarks.guard.second_step import measure_second_step
from benchmarks.guard.timing import measure_timing
from benchmarks.memory import family_pss_mb
from benchmarks.peer import Effort, measure_peer
from benchmarks.starts import measure_starts
from benchmarks.stateful import measure_stateful
from benchmarks.training import measure_training
from benchmarks.turns import Question, faq_questions, measure_turns
from tests.support.running_zoe import RunningZoe

RESULTS = Path(__file__).resolve().parent / "results"
TURNS_BEFORE_MEMORY = 1_000
PARTS = ("training", "start", "turns", "peer", "stateful", "timing", "second-step", "logins", "scale")
LONG_PARTS = ("long", "accuracy")
"""Not measured unless they are named: with stock Rasa's training they take hours."""


def main() -> int:
    """Measures and reports."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # ends what it started, drops its databases
    options = _options()
    before = machine()
    groups: list[tuple[str, list[Result]]] = []
    for title, measure in _groups(options):
        groups.append((title, _measured(title, measure)))
    print(_headline(before))
    for title, results in groups:
        print(table(title, results))
    RESULTS.mkdir(exist_ok=True)
    report = {"at": datetime.now(UTC).isoformat(), "machine": before, "load_1m_after": machine()["load_1m"]}
    report |= {title: [as_json(result) for result in results] for title, results in groups}
    (RESULTS / "bench.json").write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    missed = [r.name for _, results in groups for r in results if isinstance(r, Figure) and r.met is False]
    print(f"Missed: {', '.join(missed)}" if missed else "All targets met.")
    return 1 if missed else 0


def _headline(on: dict[str, Any]) -> str:
    """When and on what."""
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    return f"{today}, {on['cpu']}, {on['cores']} cores, {on['memory_gb']} GB, load {on['load_1m']} at the start\n"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--starts", type=int, default=5, help="how many second starts (default 5)")
    parser.add_argument("--questions", type=int, default=500, help="how many distinct questions (default 500)")
    parser.add_argument(
        "--peer",
        choices=[effort.value for effort in Effort],
        default=Effort.QUICK.value,
        help="stock Rasa: quick (default; 1 epoch instead of 100), full (its default pipeline; an hour or so), off",
    )
    parser.add_argument(
        "--part", action="append", choices=PARTS + LONG_PARTS, help="only this part; may be given again"
    )
    parser.add_argument("--conversations", type=int, default=30, help="of the long part (default 30)")
    parser.add_argument("--subset", type=int, default=20, help="examples an intent and language of the accuracy part")
    parser.add_argument("--rounds", type=int, default=220, help="requests of each sort of people (default 220)")
    parser.add_argument("--seed", type=int, help="of the stateful part (default: a random one, which is printed)")
    parser.add_argument("--examples", type=int, default=200, help="of the stateful part, 50 steps each (default 200)")
    return parser.parse_args()


def _groups(options: argparse.Namespace) -> list[tuple[str, Callable[[], list[Result]]]]:
    parts: dict[str, tuple[str, Callable[[], list[Result]]]] = {
        "training": ("Training", _training),
        "start": ("Start", lambda: _starts(options.starts)),
        "turns": ("Turns and memory", lambda: _turns(options.questions)),
        "peer": ("Stock Rasa 3.6.21", lambda: measure_peer(Effort(options.peer), RESULTS / "peer")),
        "long": ("Long conversations", lambda: measure_long(RESULTS / "peer", options.conversations)),
        "accuracy": ("Accuracy on the same data", lambda: measure_accuracy(RESULTS / "peer", options.subset)),
        "stateful": ("Stateful test at random", lambda: measure_stateful(options.seed, options.examples)),
        "timing": ("Who has an address: largest difference of medians", lambda: measure_timing(options.rounds)),
        "second-step": ("Second steps", lambda: measure_second_step(RESULTS / "peers", rounds=3, a_round=300)),
        "logins": ("Password logins", lambda: measure_password_logins(rounds=3, a_round=60)),
        "scale": ("A million users, ten million events", lambda: measure_scale(options.rounds)),
    }
    return [parts[name] for name in options.part or PARTS]


def _measured(title: str, measure: Callable[[], list[Result]]) -> list[Result]:
    """What can't be measured here is said, with the reason; it hides nothing of the rest."""
    print(f"bench: {title} …", file=sys.stderr, flush=True)
    try:
        return [*measure(), Figure("load of the machine at the end", os.getloadavg()[0], "")]
    except (UnavailableError, psycopg.OperationalError) as error:
        return [Skipped(title, " ".join(str(error).split())[:300])]


def _training() -> list[Result]:
    return [Figure("training from nothing", measure_training(), "s", 60)]


def _starts(times: int) -> list[Result]:
    with tempfile.TemporaryDirectory() as folder:
        starts = measure_starts(Path(folder), times)
    note = f"median of {times}"
    return [
        Figure("second start to the first page", median([s.first_page_s for s in starts]), "s", 2, note),
        Figure("second start to /healthz ok", median([s.healthy_s for s in starts]), "s", 15, note),
    ]


def _turns(most: int) -> list[Result]:
    questions = faq_questions(most)
    with tempfile.TemporaryDirectory() as folder:
        # Trusted as a proxy, the client can be as many customers as it opens conversations: the limits stay on.
        zoe = RunningZoe(Path(folder), settings={"ZOE_TRUSTED_PROXIES": "127.0.0.1,::1"})
        with zoe:
            asyncio.run(measure_turns(zoe.url, questions[:30]))
            times = asyncio.run(measure_turns(zoe.url, questions))
            asyncio.run(measure_turns(zoe.url, _filling(questions, TURNS_BEFORE_MEMORY - 30 - len(times))))
            assert zoe.process is not None
            memory = family_pss_mb(zoe.process.pid)
    short: list[Result] = []
    if len(questions) < most:
        short.append(Skipped("more questions", f"the examples hold {len(questions)} distinct FAQ sentences"))
    note = f"{len(times)} distinct questions, 3 languages, 10 a conversation"
    parts = ", ".join(f"{name} {size:.0f}" for name, size in sorted(memory.items()))
    return [
        Figure("FAQ turn, POST to reply on the socket, p50", percentile(times, 50), "ms", 25, note),
        Figure("FAQ turn, p95", percentile(times, 95), "ms", 60, note),
        Figure("memory of all processes after 1,000 turns (PSS)", sum(memory.values()), "MB", 600, parts),
        *short,
    ]


def _filling(questions: list[Question], turns: int) -> list[Question]:
    """The questions again and again, until there are `turns`."""
    return [questions[number % len(questions)] for number in range(max(0, turns))]


if __name__ == "__main__":
    sys.exit(main())
