"""A Postgres that went away while a connection lay unused is noticed before anybody's statement fails."""

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from dbkit import engines
from dbkit.engines import create_engine, reading
from tests.conftest import postgres_database

pytestmark = pytest.mark.postgres


@pytest.fixture
def postgres_url() -> Iterator[str]:
    yield from postgres_database()


async def test_connections_that_the_server_ended_are_replaced(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "PAUSE_S", 0.0)  # every connection has lain unused for so long
    engine = create_engine(postgres_url)
    async with engine.connect() as one, engine.connect() as other:
        ended = [await connection.scalar(text("SELECT pg_backend_pid()")) for connection in (one, other)]
    operators = create_engine(postgres_url)
    async with operators.connect() as operator:
        for pid in ended:
            await operator.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})
    async with engine.connect() as one, engine.connect() as other:
        fresh = [await connection.scalar(text("SELECT pg_backend_pid()")) for connection in (one, other)]
    assert not set(fresh) & set(ended)
    await engine.dispose()
    await operators.dispose()


async def test_who_only_looks_opens_no_transaction(postgres_url: str) -> None:
    engine = create_engine(postgres_url)
    async with reading(engine).connect() as connection:
        first = await connection.scalar(text("SELECT now()"))
        await connection.execute(text("SELECT pg_sleep(0.001)"))
        assert await connection.scalar(text("SELECT now()")) != first
    async with engine.begin() as connection:  # the same pool: a writer's transaction is one again
        assert await connection.scalar(text("SELECT now()")) == await connection.scalar(text("SELECT now()"))
    await engine.dispose()
