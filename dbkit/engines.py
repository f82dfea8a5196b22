"""Engines: SQLite by default, Postgres by one setting. A transaction says whether it is going to write."""

from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from dbkit import sqlite

_READS = "zoe_reads"


def async_url(url: str) -> URL:
    """`url` with the driver this project uses. Raises ValueError for other databases than SQLite and Postgres."""
    parsed = make_url(url)
    match parsed.get_backend_name():
        case "sqlite":
            return parsed.set(drivername=f"sqlite+{sqlite.DRIVER}")
        case "postgresql" | "postgres":
            return parsed.set(drivername="postgresql+psycopg")
        case other:
            raise ValueError(f"unsupported database: {other}")


def create_engine(url: str, *, outlives_power_cuts: bool = True) -> AsyncEngine:
    """An engine for `sqlite:///…` or `postgresql://…`, whichever driver the address names.

    On SQLite every transaction begins with BEGIN IMMEDIATE, so that what was read is still true when it is written:
    there is one writer at a time, and reads before a write can't go stale. Values never appear in error messages.
    Whatever was committed outlives the end of any process; without `outlives_power_cuts` SQLite may lose the last
    moments when the machine itself stops (synchronous=NORMAL), which saves a wait for the disk a commit.
    """
    parsed = async_url(url)
    if parsed.get_backend_name() != "sqlite":
        return create_async_engine(parsed, pool_size=10, max_overflow=10, pool_pre_ping=True, hide_parameters=True)
    engine = create_async_engine(
        parsed, connect_args={"timeout": 0}, pool_size=10, max_overflow=20, hide_parameters=True
    )

    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # SQLAlchemy begins, not the driver
        cursor = connection.cursor()
        synchronous = "FULL" if outlives_power_cuts else "NORMAL"
        for pragma in ("journal_mode=WAL", f"synchronous={synchronous}", "foreign_keys=ON"):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Connection) -> None:
        opened: Any = connection.connection.dbapi_connection
        opened.begin(writes=not connection.get_execution_options().get(_READS, False))

    return engine


def reading(engine: AsyncEngine) -> AsyncEngine:
    """The same engine for transactions that only look: on SQLite they wait for no writer and no writer for them."""
    return engine.execution_options(**{_READS: True})
