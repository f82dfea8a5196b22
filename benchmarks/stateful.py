"""Any order of operations, at random: the stateful test of the auth backend with a seed of its own, printed."""

import secrets
import sys
import tempfile
import time
from pathlib import Path

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from benchmarks.figures import Figure, Result
from tests.integration.auth.stateful.cast import assemble
from tests.integration.auth.stateful.machine import AuthMachine, only_errors_logged

STEPS = 50


def measure_stateful(chosen: int | None, examples: int) -> list[Result]:
    """Runs `examples` of 50 steps. Raises AssertionError, with the steps that led there, where an invariant fails."""
    number = secrets.randbelow(2**32) if chosen is None else chosen
    print(f"stateful: --part stateful --seed {number} --examples {examples}", file=sys.stderr, flush=True)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cast.sqlite3"

        class AtRandom(AuthMachine):
            cast = assemble(f"sqlite:///{path}", str(path))

        begun = time.perf_counter()
        with only_errors_logged():
            run_state_machine_as_test(
                seed(number)(AtRandom),
                settings=settings(
                    max_examples=examples,
                    stateful_step_count=STEPS,
                    deadline=None,
                    database=None,
                    phases=(Phase.generate,),
                    suppress_health_check=list(HealthCheck),
                ),
            )
        took = time.perf_counter() - begun
    note = f"seed {number}, no invariant failed"
    return [
        Figure("steps in any order, invariants after each act", AtRandom.steps, "steps", note=note),
        Figure("a step", 1000 * took / AtRandom.steps, "ms"),
    ]
