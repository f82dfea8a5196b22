"""5: a failure is counted and committed, and stays counted; a code dies with its tries."""

from collections import Counter
from datetime import timedelta

from tests.integration.auth.stateful.rows import Snapshot
from tests.integration.auth.stateful.witness import Doing, Witness

DAY = timedelta(hours=24)


def check_counters(before: Snapshot, after: Snapshot, act: Doing, witness: Witness) -> None:
    """By the rows."""
    if act.failed_by is not None:
        prefix = "address:" if act.failed_by == "address" else f"user:{witness.cast.people[act.failed_by].id}"
        assert _failures(after, prefix) != _failures(before, prefix), f"5: a failure was not counted in: {act.what}"
    for key, old in before.counters.items():
        if not key[1].startswith("code:"):
            continue
        young = [at for at in old.failed_at if after.at - at < DAY]
        kept = after.counters[key].failed_at
        assert all(at in kept for at in young) or len(kept) >= 10, "5: failures were forgotten"
    for code in after.codes.values():
        assert code.attempts <= 5, "5: more than five tries at one code"
        assert code.attempts < 5 or code.ended_at is not None, "5: a code outlived its tries"
    waiting = Counter((code.purpose, code.binding) for code in after.codes.values() if code.ended_at is None)
    assert all(count == 1 for count in waiting.values()), "3: two codes of one page are good"


def _failures(rows: Snapshot, prefix: str) -> list[object]:
    counted = [(key, row) for key, row in rows.counters.items() if key[0].startswith(prefix) and row.failed_at]
    return sorted((key, row.in_a_row, tuple(row.failed_at)) for key, row in counted)
