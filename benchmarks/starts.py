"""How long a start of Zoe takes on data that are already there."""

import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from tests.support.running_zoe import RunningZoe, free_port

_LOOK_EVERY_S = 0.02
_LONGEST_S = 180.0
_AS_MAKE_RUN = {"ZOE_DEMO_PASSWORD": ""}
"""`make run` chooses no password; a chosen one is compared with that of all demo users, which costs a second."""


@dataclass(frozen=True)
class Start:
    """Seconds from the command to the first page, and to a turn that went through everything."""

    first_page_s: float
    healthy_s: float


def measure_starts(folder: Path, times: int) -> list[Start]:
    """Starts once to make the data, then `times` times more; these are returned."""
    port = free_port()
    with RunningZoe(folder, port=port, settings=_AS_MAKE_RUN):
        pass
    return [_start(RunningZoe(folder, port=port, settings=_AS_MAKE_RUN)) for _ in range(times)]


def _start(zoe: RunningZoe) -> Start:
    began = time.perf_counter()
    zoe.start(ready=False)
    try:
        page = _until_ok(zoe, "/login", began)
        return Start(page, _until_ok(zoe, "/healthz", began))
    finally:
        zoe.stop()


def _until_ok(zoe: RunningZoe, path: str, began: float) -> float:
    """Seconds since `began` when the address first answered 200. Raises TimeoutError."""
    while (passed := time.perf_counter() - began) < _LONGEST_S:
        try:
            with urllib.request.urlopen(zoe.url + path, timeout=10):  # noqa: S310 - loopback
                return time.perf_counter() - began
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(_LOOK_EVERY_S)
    raise TimeoutError(f"{path} after {passed:.0f} s: {zoe.log()[-2000:]}")
