"""What a benchmark says: figures with their targets, as a table for people and as JSON for programs."""

import os
import platform
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Figure:
    """One measured value; `target` is the most it may be (with `at_least` the least), None: nothing is promised."""

    name: str
    value: float
    unit: str
    target: float | None = None
    note: str = ""
    at_least: bool = False

    @property
    def met(self) -> bool | None:
        """Whether the target holds; None without one."""
        if self.target is None:
            return None
        return self.value >= self.target if self.at_least else self.value <= self.target


@dataclass(frozen=True)
class Skipped:
    """Something that was not measured, and why."""

    name: str
    reason: str


type Result = Figure | Skipped


def percentile(values: Sequence[float], percent: float) -> float:
    """The nearest-rank percentile. Raises ValueError when there are no values."""
    if not values:
        raise ValueError("no values")
    ordered = sorted(values)
    rank = max(1, -(-len(ordered) * percent // 100))
    return ordered[int(rank) - 1]


def median(values: Sequence[float]) -> float:
    """The median."""
    return float(statistics.median(values))


def table(title: str, results: Sequence[Result]) -> str:
    """A Markdown table."""
    lines = [f"### {title}", "", "| what | measured | target | |", "|---|---:|---:|---|"]
    lines += [_row(result) for result in results]
    return "\n".join(lines) + "\n"


def _row(result: Result) -> str:
    if isinstance(result, Skipped):
        return f"| {result.name} | not measured | | {result.reason} |"
    target = "" if result.target is None else f"{'≥' if result.at_least else '≤'} {result.target:g} {result.unit}"
    verdict = {None: "", True: "met", False: "**missed**"}[result.met]
    remark = "; ".join(part for part in (verdict, result.note) if part)
    return f"| {result.name} | {_number(result.value)} {result.unit} | {target} | {remark} |"


def _number(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def as_json(result: Result) -> dict[str, Any]:
    """The same for a program."""
    if isinstance(result, Skipped):
        return {"name": result.name, "skipped": result.reason}
    return {
        "name": result.name,
        "value": round(result.value, 3),
        "unit": result.unit,
        "target": result.target,
        "at_least": result.at_least,
        "met": result.met,
        "note": result.note,
    }


def machine() -> dict[str, Any]:
    """What the figures were measured on; the load says how busy it was with other work."""
    return {
        "cpu": _cpu(),
        "cores": os.cpu_count(),
        "memory_gb": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9, 1),
        "system": platform.platform(),
        "python": platform.python_version(),
        "load_1m": round(os.getloadavg()[0], 2),
    }


def _cpu() -> str:
    file = Path("/proc/cpuinfo")
    for line in file.read_text(encoding="utf-8").splitlines() if file.exists() else ():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()
