"""The price of a turn at the 5th, 50th, 200th and 1,000th turn of a conversation, at the dialogue server alone.

Zoe plays every turn. Stock Rasa's price grows with the conversation, so that playing 1,000 turns thirty times takes
hours: its trackers are filled with the events of turns it has played, again and again with later times, and the turns
of each window are then played on top of them.
"""

import itertools
import json
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientSession

from benchmarks.engines import Engine
from benchmarks.figures import Figure, median, percentile
from benchmarks.processes import cpu_ms, wall_ms
from benchmarks.script import LANGUAGES, scripted
from tests.support.fake_backend import FakeBackend

MARKS = (5, 50, 200, 1_000)
AROUND = 5
_PLAYED = 40
"""Turns of stock Rasa whose events fill its longer trackers."""


@dataclass
class Window:
    """What the turns around one mark took, in milliseconds."""

    waited: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)


def turns_of(mark: int) -> range:
    """The turns around a mark, the first turn of a conversation left out where the window reaches it."""
    return range(max(1, mark - AROUND), mark + AROUND + 1)


async def measure_zoe(engine: Engine, backend: FakeBackend, conversations: int) -> dict[int, Window]:
    """All turns of so many conversations, one after another, played to the end of the last window."""
    windows = {mark: Window() for mark in MARKS}
    last = turns_of(MARKS[-1])[-1]
    async with ClientSession() as http:
        for number in range(conversations):
            language = LANGUAGES[number % len(LANGUAGES)]
            sender = f"long-{number}"
            for turn, text in enumerate(scripted(language, number, last), start=1):
                taken = await _turn(http, engine, backend, sender, language, turn, text)
                for mark in MARKS:
                    if turn in turns_of(mark):
                        windows[mark].waited.append(taken[0])
                        windows[mark].cpu.append(taken[1])
    return windows


async def measure_stock(
    engine: Engine, backend: FakeBackend, conversations: int, marks: Sequence[int] = MARKS
) -> dict[int, Window]:
    """The windows of so many conversations, each on a tracker that was filled up to it."""
    windows = {mark: Window() for mark in marks}
    async with ClientSession() as http:
        history = [await _history(http, engine, backend, language) for language in LANGUAGES]
        for number, mark in itertools.product(range(conversations), marks):
            language = LANGUAGES[number % len(LANGUAGES)]
            turns = turns_of(mark)
            sender = f"mark-{mark}-{number}"
            if turns[0] > 1:
                _fill(engine, sender, history[number % len(LANGUAGES)], turns[0] - 1)
            for turn, text in zip(turns, scripted(language, number, len(turns)), strict=True):
                taken = await _turn(http, engine, backend, sender, language, turn, text)
                windows[mark].waited.append(taken[0])
                windows[mark].cpu.append(taken[1])
    return windows


async def _turn(
    http: ClientSession, engine: Engine, backend: FakeBackend, sender: str, language: str, turn: int, text: str
) -> tuple[float, float]:
    """Milliseconds waited, and of the engine's CPU."""
    metadata = {"activity_id": f"{sender}-{turn}", "lang": language, "ticket": backend.ticket(sender)}
    before, began = cpu_ms(engine.pid), time.perf_counter()
    await engine.say(http, sender, text, metadata)
    waited = wall_ms(began)
    return waited, cpu_ms(engine.pid) - before


type Row = tuple[str, float, str | None, str | None, str]


async def _history(http: ClientSession, engine: Engine, backend: FakeBackend, language: str) -> list[list[Row]]:
    """Events of played turns, a list for each: type, time, intent, action and JSON."""
    sender = f"history-{language}"
    turns: list[list[Row]] = []
    for turn, text in enumerate(scripted(language, 0, _PLAYED), start=1):
        await _turn(http, engine, backend, sender, language, turn, text)
    with sqlite3.connect(engine.trackers) as database:
        rows = database.execute(
            "SELECT type_name, timestamp, intent_name, action_name, data FROM events WHERE sender_id = ? ORDER BY id",
            (sender,),
        ).fetchall()
    for row in rows:
        if row[0] == "user" or not turns:
            turns.append([])
        turns[-1].append(row)
    return turns[1:]  # what stands before the first message begins a session


def _fill(engine: Engine, sender: str, history: list[list[Row]], turns: int) -> None:
    """Stores `turns` turns under the sender, the last of them just before now."""
    rows = list(itertools.chain.from_iterable(itertools.islice(itertools.cycle(history), turns)))
    start = time.time() - len(rows) * 0.001 - 1
    with sqlite3.connect(engine.trackers) as database:
        database.executemany(
            "INSERT INTO events (sender_id, type_name, timestamp, intent_name, action_name, data)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            _moved(sender, rows, start),
        )


def _moved(sender: str, rows: Iterable[Row], start: float) -> Iterator[tuple[Any, ...]]:
    for index, (kind, _, intent, action, data) in enumerate(rows):
        at = start + index * 0.001
        yield sender, kind, at, intent, action, json.dumps(json.loads(data) | {"timestamp": at})


def flat_figures(name: str, windows: dict[int, Window], most: float | None = None) -> list[Figure]:
    """The figures of each mark, and the last p95 as a multiple of the first; that multiple may be `most`."""
    found = []
    for mark, window in windows.items():
        note = f"{len(window.waited)} turns; p50 {median(window.waited):.1f} ms, CPU p50 {median(window.cpu):.1f} ms"
        found.append(Figure(f"{name}, turn {mark:,}, p95", percentile(window.waited, 95), "ms", note=note))
    first, last = windows[min(windows)], windows[max(windows)]
    times = f"at {max(windows):,} over at {min(windows)}"
    found.append(Figure(f"{name}, p95 {times}", percentile(last.waited, 95) / percentile(first.waited, 95), "×", most))
    found.append(Figure(f"{name}, CPU p95 {times}", percentile(last.cpu, 95) / percentile(first.cpu, 95), "×", most))
    return found
