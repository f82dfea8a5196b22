"""The chat's part of the database: the two kinds of sessions, migrations at start.

Write sessions hold SQLite's write lock from their start, so that reading and then writing can't lose a race; on
Postgres rows are locked with conditional updates and `FOR UPDATE`.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, MetaData, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession
from sqlalchemy.orm import DeclarativeBase

from dbkit.columns import UtcDateTime as UtcDateTime  # noqa: PLC0414 - migrations name it here
from dbkit.engines import reading

VERSION_TABLE = "bot_alembic_version"
_MIGRATIONS = Path(__file__).parent / "migrations"
_MIGRATION_LOCK = 7_046_029_254_386_353
"""The key of the Postgres advisory lock that one migrating instance holds; any constant of this package's own."""


class Base(DeclarativeBase):
    """What the tables of this package are declared on."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Database:
    """Sessions of one engine. `write()` commits at the end of its block and holds SQLite's write lock from its
    start.
    """

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self._reading = reading(engine)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncSession]:
        """A session for looking only; nothing is committed."""
        async with AsyncSession(self._reading, expire_on_commit=False) as session:
            yield session

    @asynccontextmanager
    async def write(self) -> AsyncIterator[AsyncSession]:
        """A transaction: committed when the block ends, rolled back when it raises."""
        async with AsyncSession(self.engine, expire_on_commit=False) as session, session.begin():
            yield session


async def upgrade(engine: AsyncEngine) -> None:
    """Brings the tables `bot_*` to this release's state; instances that start together wait for each other."""
    async with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            await connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _MIGRATION_LOCK})
            await connection.commit()
            try:
                await _migrate(connection)
            finally:
                await connection.rollback()
                await connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _MIGRATION_LOCK})
                await connection.commit()
        else:
            await _migrate(connection)


async def _migrate(connection: AsyncConnection) -> None:
    async with connection.begin():
        await connection.run_sync(_to_head)


def _to_head(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")
