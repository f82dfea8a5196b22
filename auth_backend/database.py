"""Bringing a database up to date at start, once, however many processes start together."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import text
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

MIGRATIONS = Path(__file__).parent / "migrations"
ADVISORY_LOCK = 0x5A6F6501
"""An arbitrary number that is this package's alone."""


async def upgrade(engine: AsyncEngine) -> None:
    """Applies what is missing of this package's Alembic history.

    The lock: on Postgres an advisory one of this transaction; on SQLite the transaction itself is immediate, so a
    second process waits. SQLite can't change a column but by making the table anew, during which nothing may refer to
    it: foreign keys are off meanwhile and checked before the commit (https://sqlite.org/lang_altertable.html, 7).
    """
    async with engine.connect() as connection:
        await _keep_foreign_keys(connection, on=False)
        try:
            async with connection.begin():
                if engine.dialect.name == "postgresql":
                    await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
                await connection.run_sync(_upgrade)
                await _check_foreign_keys(connection)
        finally:
            await _keep_foreign_keys(connection, on=True)


async def _keep_foreign_keys(connection: AsyncConnection, *, on: bool) -> None:
    """Outside a transaction, where alone SQLite listens to it."""
    if connection.dialect.name == "sqlite":
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None
        await (await driver.execute(f"PRAGMA foreign_keys={'ON' if on else 'OFF'}")).close()


async def _check_foreign_keys(connection: AsyncConnection) -> None:
    if connection.dialect.name == "sqlite" and (await connection.execute(text("PRAGMA foreign_key_check"))).all():
        raise RuntimeError("a migration left rows that refer to nothing; it was rolled back")


def migration_config() -> Config:
    """Alembic's configuration, made here instead of in an ini file."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def _upgrade(connection: Connection) -> None:
    config = migration_config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
