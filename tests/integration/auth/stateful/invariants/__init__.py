"""What must hold after every act, by the numbers of `security.md`; each message begins with its number."""

from tests.integration.auth.stateful.invariants.changes import check_changes
from tests.integration.auth.stateful.invariants.counters import check_counters
from tests.integration.auth.stateful.invariants.factors import check_factors
from tests.integration.auth.stateful.invariants.record import check_chain, check_record
from tests.integration.auth.stateful.invariants.resets import check_resets
from tests.integration.auth.stateful.invariants.secrets import check_secrets
from tests.integration.auth.stateful.invariants.sessions import check_sessions
from tests.integration.auth.stateful.invariants.told import check_told
from tests.integration.auth.stateful.rows import Snapshot
from tests.integration.auth.stateful.stage import Stage
from tests.integration.auth.stateful.witness import Doing, Witness

CHECKS = (
    check_sessions,
    check_factors,
    check_resets,
    check_changes,
    check_counters,
    check_record,
    check_told,
)


def check_all(before: Snapshot, after: Snapshot, act: Doing, witness: Witness) -> None:
    """Raises AssertionError for the first that doesn't hold."""
    for check in CHECKS:
        check(before, after, act, witness)


def check_last(stage: Stage, witness: Witness) -> None:
    """What is checked once, at the end of an example: the whole record, and that no secret lies in the rows."""
    check_chain(stage)
    check_secrets(stage, witness)
