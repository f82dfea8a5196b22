"""How many turns a second one dialogue process takes, and what CPU a turn costs it, engines side by side.

Several customers talk at once, each waiting for the answer before the next message. The engines take turns in short
rounds, so that a busy machine is busy for all of them alike.
"""

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from aiohttp import ClientSession

from benchmarks.engines import Engine
from benchmarks.figures import Figure, Result, percentile
from benchmarks.processes import cpu_ms, wall_ms
from benchmarks.script import LANGUAGES, scripted
from tests.support.fake_backend import FakeBackend

CUSTOMERS = 6
TURNS = 10
"""A customer's in a round: short conversations, in which stock Rasa's trackers are still small."""


@dataclass
class Load:
    """What one engine did in all its rounds."""

    waited: list[float] = field(default_factory=list)
    seconds: float = 0.0
    cpu_ms: float = 0.0

    @property
    def rate(self) -> float:
        """Turns a second."""
        return len(self.waited) / self.seconds

    @property
    def cpu_a_turn(self) -> float:
        """Milliseconds of CPU."""
        return self.cpu_ms / len(self.waited)


async def measure_throughput(engines: Sequence[Engine], backend: FakeBackend, rounds: int) -> list[Load]:
    """One load for each engine; a first round that is not counted warms each of them up."""
    loads = [Load() for _ in engines]
    async with ClientSession() as http:
        for turn in range(rounds + 1):
            for engine, load in zip(engines, loads, strict=True):
                await _round(http, engine, backend, turn, load if turn else Load())
    return loads


async def _round(http: ClientSession, engine: Engine, backend: FakeBackend, number: int, load: Load) -> None:
    cpu, began = cpu_ms(engine.pid), time.perf_counter()
    customers = range(number * CUSTOMERS, (number + 1) * CUSTOMERS)
    waited = await asyncio.gather(*(_customer(http, engine, backend, customer) for customer in customers))
    load.seconds += time.perf_counter() - began
    load.cpu_ms += cpu_ms(engine.pid) - cpu
    for some in waited:
        load.waited += some


async def _customer(http: ClientSession, engine: Engine, backend: FakeBackend, number: int) -> list[float]:
    language, sender = LANGUAGES[number % len(LANGUAGES)], f"load-{number}"
    waited = []
    for turn, text in enumerate(scripted(language, number, TURNS), start=1):
        metadata = {"activity_id": f"{sender}-{turn}", "lang": language, "ticket": backend.ticket(sender)}
        began = time.perf_counter()
        await engine.say(http, sender, text, metadata)
        waited.append(wall_ms(began))
    return waited


def throughput_figures(engines: Sequence[Engine], loads: Sequence[Load]) -> list[Result]:
    """Each engine's figures; Zoe is the first of them, and the others' also say by what factor it is faster."""
    found: list[Result] = []
    ours = loads[0]
    for engine, load in zip(engines, loads, strict=True):
        note = f"CPU {load.cpu_a_turn:.1f} ms a turn, p50 {percentile(load.waited, 50):.0f} ms with {CUSTOMERS} at once"
        if load is not ours:
            note += (
                f"; Zoe {ours.rate / load.rate:.1f} × the turns, 1/{load.cpu_a_turn / ours.cpu_a_turn:.1f} of the CPU"
            )
        found.append(Figure(f"{engine.name}: turns of one process", load.rate, "a second", note=note))
    return found
