"""What time is spent: by the clock, and by the processors."""

import time
from pathlib import Path


def wall_ms(began: float) -> float:
    """Milliseconds since `began` (`time.perf_counter()`)."""
    return (time.perf_counter() - began) * 1000


def cpu_ms(pid: int) -> float:
    """CPU time that a process has used, all threads, in milliseconds (Linux' schedstat, nanoseconds)."""
    total = 0
    for stat in Path(f"/proc/{pid}/task").glob("*/schedstat"):
        try:
            total += int(stat.read_text(encoding="ascii").split()[0])
        except (FileNotFoundError, ProcessLookupError):  # a thread that ended meanwhile
            continue
    return total / 1e6
