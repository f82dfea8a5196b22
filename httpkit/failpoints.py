"""Points at which a test may kill a process, to see that nothing is lost there (development only)."""

import os
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path

type Failpoint = Callable[[str], Awaitable[None]]
"""Called with its name at a point that a test may choose."""


async def no_failpoint(_name: str) -> None:
    """Production's failpoint: nothing happens."""


def kill_when_armed(file: Path) -> Failpoint:
    """A failpoint that ends this process with SIGKILL when `file` holds its name, once: the file goes first."""

    async def pass_by(name: str) -> None:
        try:
            armed = file.read_text(encoding="utf-8").strip()  # noqa: ASYNC240 - a tiny local file, only in tests
        except FileNotFoundError:
            return
        if armed == name:
            file.unlink()  # noqa: ASYNC240
            os.kill(os.getpid(), signal.SIGKILL)

    return pass_by
