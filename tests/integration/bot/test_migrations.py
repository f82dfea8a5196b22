"""The tables in the database are those of the code, also when several instances start at once."""

import asyncio

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from bot.db import VERSION_TABLE, Base, upgrade
from bot.tables import TABLES
from dbkit.engines import create_engine


def _differences(connection: Connection) -> list[object]:
    options = {
        "version_table": VERSION_TABLE,
        "include_name": lambda name, kind, _parents: kind != "table" or name in TABLES,
    }
    return list(compare_metadata(MigrationContext.configure(connection, opts=options), Base.metadata))


async def test_migrations_lead_to_the_tables_of_the_code(database_url: str) -> None:
    engines = [create_engine(database_url) for _ in range(4)]
    try:
        await asyncio.gather(*(upgrade(engine) for engine in engines))
        await upgrade(engines[0])
        async with engines[0].connect() as connection:
            assert await connection.run_sync(_differences) == []
    finally:
        for engine in engines:
            await engine.dispose()


async def test_all_tables_have_the_packages_prefix() -> None:
    assert all(name.startswith("bot_") for name in TABLES)
