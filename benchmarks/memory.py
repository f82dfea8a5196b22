"""Memory of a process and all its descendants: proportional set size, so that shared pages count once."""

from pathlib import Path


def family(pid: int) -> list[int]:
    """The process and everything it started that still runs."""
    found = [pid]
    for tasks in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = tasks.read_text().split()
        except OSError:  # a thread or child that ended meanwhile
            continue
        for child in children:
            found += family(int(child))
    return found


def pss_mb(pid: int) -> float:
    """PSS of one process in MB (10^6 bytes); 0 when it has ended."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii")
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    for line in text.splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024 / 1e6
    return 0.0


def name_of(pid: int) -> str:
    """The word that tells Zoe's parts apart, such as `dialogue`."""
    words = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
    parts = [word for word in words if word in {"up", "web", "dialogue", "actions"}]
    return parts[0] if parts else Path(words[0]).name


def family_pss_mb(pid: int) -> dict[str, float]:
    """PSS by part."""
    total: dict[str, float] = {}
    for member in family(pid):
        name = name_of(member)
        total[name] = total.get(name, 0.0) + pss_mb(member)
    return total
