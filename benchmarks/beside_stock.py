"""Zoe and stock Rasa 3.6.21 on the same data and machine, in the same run: long conversations, and accuracy."""

import asyncio
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from benchmarks.engines import Engine, actions_server, stock_engine, zoe_engine
from benchmarks.figures import Figure, Result, Skipped, table
from benchmarks.held_out import measure_ours, measure_theirs
from benchmarks.long_dialogues import MARKS, flat_figures, measure_stock, measure_zoe
from benchmarks.long_visits import measure_visits
from benchmarks.stock_rasa import DEFAULT_CONFIG, LIGHT_CONFIG, ROOT, UnavailableError, installed, trained
from benchmarks.subset import write_subset
from benchmarks.throughput import measure_throughput, throughput_figures
from httpkit.logs import configure_logs
from tests.support.running_zoe import RunningZoe

_FLAT = 1.2
"""The p95 of a turn at the last mark is at most this many times the one at the first."""
_ROUNDS = 8
_TRAIN_S = 3 * 3_600
_SUBSET = 20
"""Examples an intent and language that stock Rasa's default pipeline is trained on to the end, half an hour or more."""
_STOCK_SHARE = 3
"""Stock Rasa plays a third of the conversations, and of the default pipeline none at the last mark: it takes hours."""


def measure_long(folder: Path, conversations: int) -> list[Result]:
    """Turns of long conversations and of one process, Zoe's and stock Rasa's."""
    configure_logs(process="bench", as_json=False, level="ERROR")
    return [*_said(_visits(conversations)), *asyncio.run(_dialogues(folder, conversations))]


def measure_accuracy(folder: Path, examples: int) -> list[Result]:
    """Both systems trained on the same part of the data and asked the same held-out rows."""
    data = folder / f"data-{examples}"
    count = write_subset(ROOT / "nlu" / "data", data, examples)
    note = f"{count} examples: {examples} an intent and language, three times as many out of scope"
    try:
        rasa = installed(folder)
        made = trained(rasa, folder, DEFAULT_CONFIG.read_text(encoding="utf-8"), data, _TRAIN_S)
        theirs = measure_theirs(rasa, folder, made, note)
    except (UnavailableError, OSError, subprocess.SubprocessError, TimeoutError) as error:
        theirs = [Skipped("stock Rasa", " ".join(str(error).split())[:300])]
    return [*measure_ours(data, note), *theirs]


def _visits(conversations: int) -> list[Figure]:
    trusting = {"ZOE_TRUSTED_PROXIES": "127.0.0.1,::1"}
    with tempfile.TemporaryDirectory() as folder, RunningZoe(Path(folder), settings=trusting) as zoe:
        return flat_figures("Direct Line to socket", asyncio.run(measure_visits(zoe, conversations)), _FLAT)


async def _dialogues(folder: Path, conversations: int) -> list[Result]:
    found: list[Result] = []
    async with actions_server() as (backend, url):
        with tempfile.TemporaryDirectory() as scratch, ExitStack() as running:
            ours = running.enter_context(zoe_engine(Path(scratch) / "zoe", url))
            try:
                stocks = _stocks(running, folder, Path(scratch), url)
            except (UnavailableError, OSError, subprocess.SubprocessError, TimeoutError) as error:
                stocks = []
                found.append(Skipped("stock Rasa", " ".join(str(error).split())[:300]))
            loads = await measure_throughput([ours, *stocks], backend, _ROUNDS)
            found += _said(throughput_figures([ours, *stocks], loads))
            found += _said(flat_figures("Zoe's dialogue", await measure_zoe(ours, backend, conversations), _FLAT))
            for engine, marks in zip(stocks, (MARKS, MARKS[:-1]), strict=False):
                windows = await measure_stock(engine, backend, max(1, conversations // _STOCK_SHARE), marks)
                found += _said(flat_figures(engine.name, windows))
    return found


def _said[R: Result](results: list[R]) -> list[R]:
    """The results; on standard error at once, so that a run of hours that is cut leaves what it found."""
    print(table("so far", results), file=sys.stderr, flush=True)
    return results


def _stocks(running: ExitStack, folder: Path, scratch: Path, url: str) -> list[Engine]:
    rasa = installed(folder)
    part = folder / f"data-{_SUBSET}"
    write_subset(ROOT / "nlu" / "data", part, _SUBSET)
    kinds: list[tuple[str, Path, Path]] = [
        ("stock Rasa, light", LIGHT_CONFIG, ROOT / "nlu" / "data"),
        ("stock Rasa, default", DEFAULT_CONFIG, part),
    ]
    found: list[Engine] = []
    for name, config, data in kinds:
        made = trained(rasa, folder, config.read_text(encoding="utf-8"), data, _TRAIN_S)
        started: Any = stock_engine(name, rasa, scratch / config.stem, made.model, url)
        found.append(running.enter_context(started))
    return found
