"""The price of a turn in a long conversation, from the Direct Line POST to the reply on the socket.

The chat slows down who writes more than 15 messages in 10 seconds. The limit stays on: the development clock is moved
past its window instead.
"""

from collections import defaultdict
from ipaddress import IPv4Address

from aiohttp import ClientSession

from benchmarks.long_dialogues import MARKS, Window, turns_of
from benchmarks.processes import cpu_ms
from benchmarks.script import LANGUAGES, scripted
from benchmarks.turns import visiting
from tests.support.running_zoe import RunningZoe

_PARTS = ("web", "dialogue", "actions")
_BURST = 14
_WINDOW_S = 11
_CUSTOMERS = IPv4Address("10.30.0.1")


async def measure_visits(zoe: RunningZoe, conversations: int) -> dict[int, Window]:
    """So many conversations, one after another, to the end of the last window; the CPU is that of all three parts."""
    windows: dict[int, Window] = defaultdict(Window)
    pids = [zoe.pid_of(part) for part in _PARTS]
    last = turns_of(MARKS[-1])[-1]
    async with ClientSession() as http:
        for number in range(conversations):
            language = LANGUAGES[number % len(LANGUAGES)]
            async with visiting(http, zoe.url, language, str(_CUSTOMERS + number)) as visit:
                for turn, text in enumerate(scripted(language, number, last), start=1):
                    if turn % _BURST == 0:
                        zoe.advance(_WINDOW_S)
                    before = sum(map(cpu_ms, pids))
                    waited = await visit.ask(text)
                    for mark in MARKS:
                        if turn in turns_of(mark):
                            windows[mark].waited.append(waited)
                            windows[mark].cpu.append(sum(map(cpu_ms, pids)) - before)
    return dict(windows)
