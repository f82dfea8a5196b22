"""Bringing a database up to date at start, once, however many processes start together."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import text
from sqlalchemy.engine import Connection
from sqlalchemy.ext.asyncio import AsyncEngine

MIGRATIONS = Path(__file__).parent / "migrations"
ADVISORY_LOCK = 0x5A6F6501
"""An arbitrary number that is this package's alone."""


async def upgrade(engine: AsyncEngine) -> None:
    """Applies what is missing of this package's Alembic history.

    The lock: on Postgres an advisory one of this transaction; on SQLite the transaction itself is immediate, so a
    second process waits.
    """
    async with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
        await connection.run_sync(_upgrade)


def migration_config() -> Config:
    """Alembic's configuration, made here instead of in an ini file."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    return config


def _upgrade(connection: Connection) -> None:
    config = migration_config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
