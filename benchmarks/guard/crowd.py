"""Many requests at once from one loop, and how long each took."""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from aiohttp import ClientSession, DummyCookieJar, TCPConnector

from benchmarks.guard.web import CLIENT_CORE


@dataclass(frozen=True)
class Served:
    """How many requests a second were served, and the milliseconds of each."""

    per_second: float
    times_ms: list[float]


@contextmanager
def client_core() -> Iterator[None]:
    """Keeps this process on the core that the server does not have."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {CLIENT_CORE} & before or before)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


async def serve_all[T](
    send: Callable[[ClientSession, T], Awaitable[None]], requests: Sequence[T], *, at_once: int
) -> Served:
    """Sends every request once, `at_once` of them open at a time, over connections that stay open.

    `send` raises when the answer is not what it should be: a refused request is no throughput.
    """
    waiting, times = iter(requests), []

    async def visitor(http: ClientSession) -> None:
        for request in waiting:
            began = time.perf_counter()
            await send(http, request)
            times.append((time.perf_counter() - began) * 1000)

    async with ClientSession(cookie_jar=DummyCookieJar(), connector=TCPConnector(limit=at_once)) as http:
        began = time.perf_counter()
        await asyncio.gather(*(visitor(http) for _ in range(at_once)))
        return Served(len(requests) / (time.perf_counter() - began), times)
