"""Any order of operations, by anybody: the invariants hold after every step, on SQLite and on Postgres."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.conftest import postgres_database
from tests.integration.auth.stateful.cast import assemble
from tests.integration.auth.stateful.machine import AuthMachine, only_errors_logged

EXAMPLES, STEPS = 200, 50
LEAST = 8_000
"""How many steps are executed at least, so that a machine that stands still is noticed."""


def _settings(examples: int, *, steps: int = STEPS) -> settings:
    return settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        derandomize=True,
        database=None,
        phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )


@pytest.mark.slow
@pytest.mark.timeout(5400)
def test_any_order_of_operations(tmp_path: Path) -> None:
    path = tmp_path / "cast.sqlite3"

    class OnSqlite(AuthMachine):
        cast = assemble(f"sqlite:///{path}", str(path))

    with only_errors_logged():
        run_state_machine_as_test(OnSqlite, settings=_settings(EXAMPLES))
    assert OnSqlite.steps >= LEAST


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.timeout(1800)
def test_any_order_of_operations_on_postgres() -> None:
    for url in postgres_database():

        class OnPostgres(AuthMachine):
            cast = assemble(url, url.rpartition("/")[2])
            postgres = True

        with only_errors_logged():
            run_state_machine_as_test(OnPostgres, settings=_settings(20))
        assert OnPostgres.steps >= 800
