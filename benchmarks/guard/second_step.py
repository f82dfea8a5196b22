"""Second-step verifications a second, over HTTP: Zoe beside django-allauth's MFA login and privacyIDEA."""

import asyncio
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path

from aiohttp import ClientSession

from benchmarks.figures import Figure, Result, median
from benchmarks.guard.crowd import Served, client_core, serve_all
from benchmarks.guard.servers import Send, Server, allauth, privacyidea, zoe

USERS = 1_000
AT_ONCE = 8
TOTP_STEP_S = 30


def measure_second_step(environments: Path, *, rounds: int, a_round: int) -> list[Result]:
    """Verifications a second of each, the median of rounds in which they take turns; and Zoe's as a multiple of the
    better peer's.
    """
    served = asyncio.run(_in_turns(environments, rounds, a_round))
    rates = {name: median([one.per_second for one in some]) for name, some in served.items()}
    figures: list[Result] = [
        Figure(f"second steps: {name}", rates[name], "/s", note=_note(some)) for name, some in served.items()
    ]
    better = max(rate for name, rate in rates.items() if name != "Zoe")
    return [*figures, Figure("Zoe to the better of the two", rates["Zoe"] / better, "×", 3, at_least=True)]


def _note(some: Sequence[Served]) -> str:
    each = ", ".join(f"{one.per_second:.0f}" for one in some)
    times = [ms for one in some for ms in one.times_ms]
    return f"rounds: {each}; {AT_ONCE} at once, p50 {median(times):.0f} ms"


async def _in_turns(environments: Path, rounds: int, a_round: int) -> dict[str, list[Served]]:
    served: dict[str, list[Served]] = defaultdict(list)
    async with AsyncExitStack() as stack:
        folders = [Path(stack.enter_context(tempfile.TemporaryDirectory())) for _ in range(3)]
        servers = [
            await stack.enter_async_context(zoe(USERS, folders[0])),
            await stack.enter_async_context(allauth(USERS, folders[1], environments)),
            await stack.enter_async_context(privacyidea(USERS, folders[2], environments)),
        ]
        stack.enter_context(client_core())
        await _one_round(servers, 20, served)
        served.clear()
        for _ in range(rounds):
            await _one_round(servers, a_round, served)
    return served


async def _one_round(servers: Sequence[Server], count: int, served: dict[str, list[Served]]) -> None:
    for server in servers:
        ready = await server.prepare(count)
        await _next_step()
        served[server.name].append(await serve_all(_send, ready, at_once=AT_ONCE))


async def _send(http: ClientSession, send: Send) -> None:
    await send(http)


async def _next_step() -> None:
    """Until codes begin that nobody has used; a moment after, for clocks that are read twice."""
    await asyncio.sleep(TOTP_STEP_S - time.time() % TOTP_STEP_S + 0.2)
