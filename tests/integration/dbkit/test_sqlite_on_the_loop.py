"""SQLite on the event loop: locks are waited for without stopping the loop, and nothing is half done."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine

from dbkit import sqlite
from dbkit.engines import create_engine, reading


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncEngine:
    made = create_engine(f"sqlite:///{tmp_path}/some.sqlite3")
    async with made.begin() as connection:
        await connection.execute(text("CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL)"))
        await connection.execute(text("INSERT INTO counters VALUES ('one', 0)"))
    return made


async def value_of(engine: AsyncEngine) -> int:
    async with reading(engine).connect() as connection:
        return int((await connection.execute(text("SELECT value FROM counters"))).scalar_one())


async def test_writers_wait_for_each_other_and_the_loop_goes_on(engine: AsyncEngine) -> None:
    holding, go_on = asyncio.Event(), asyncio.Event()

    async def hold() -> None:
        async with engine.begin() as connection:
            await connection.execute(text("UPDATE counters SET value = value + 1"))
            holding.set()
            await go_on.wait()

    async def add() -> None:
        async with engine.begin() as connection:
            before = (await connection.execute(text("SELECT value FROM counters"))).scalar_one()
            await connection.execute(text("UPDATE counters SET value = :value"), {"value": before + 1})

    holder = asyncio.create_task(hold())
    await holding.wait()
    adders = [asyncio.create_task(add()) for _ in range(16)]
    await asyncio.sleep(0)
    assert await value_of(engine) == 0  # a reader waits for nobody, and does not see what is not committed
    assert not any(adder.done() for adder in adders)
    go_on.set()
    await asyncio.gather(holder, *adders)
    assert await value_of(engine) == 17


async def test_a_lock_that_is_never_given_back_is_an_error(
    engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "LOCK_WAIT_S", 0.002)
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE counters SET value = 5"))
        with pytest.raises(OperationalError, match="database is locked"):
            async with engine.begin():
                pass
    assert await value_of(engine) == 5


async def test_what_failed_is_rolled_back_and_the_connection_serves_on(engine: AsyncEngine) -> None:
    async def fail() -> None:
        async with engine.begin() as connection:
            await connection.execute(text("UPDATE counters SET value = 9"))
            await connection.execute(text("INSERT INTO counters VALUES ('one', 1)"))

    for _ in range(30):
        with pytest.raises(IntegrityError):
            await fail()
    assert await value_of(engine) == 0


async def test_a_commit_that_is_cancelled_is_there_or_not_and_leaves_no_lock(engine: AsyncEngine) -> None:
    async def add(started: asyncio.Event) -> None:
        async with engine.begin() as connection:
            await connection.execute(text("UPDATE counters SET value = value + 1"))
            started.set()

    for _ in range(20):
        started = asyncio.Event()
        task = asyncio.create_task(add(started))
        await started.wait()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE counters SET value = value + 100"))
    assert 100 <= await value_of(engine) <= 120


async def test_values_stay_out_of_error_messages(engine: AsyncEngine) -> None:
    async def fail() -> None:
        async with engine.begin() as connection:
            await connection.execute(text("INSERT INTO counters VALUES (:name, NULL)"), {"name": "ana@acme.example"})

    with pytest.raises(IntegrityError) as caught:
        await fail()
    assert "ana@acme.example" not in str(caught.value)


def test_another_database_is_refused() -> None:
    with pytest.raises(ValueError, match="unsupported database"):
        create_engine("mysql://localhost/zoe")
