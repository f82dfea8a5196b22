"""Engines: SQLite by default, Postgres by one setting. A transaction says whether it is going to write."""

import time
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry

from dbkit import sqlite

_READS = "zoe_reads"
_RETURNED = "zoe_returned"
PAUSE_S = 1.0
"""How long a connection may lie unused before it is looked at. A server that restarts takes longer."""


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
        engine = create_async_engine(parsed, pool_size=10, max_overflow=10, hide_parameters=True)
        _look_after_pauses(engine)
        return engine
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
    """The same engine for transactions that only look: on SQLite they wait for no writer and no writer for them.

    On Postgres each statement is its own transaction, as it practically is anyway (READ COMMITTED); that saves the
    round trips of BEGIN and COMMIT.
    """
    if engine.dialect.name == "postgresql":
        return engine.execution_options(isolation_level="AUTOCOMMIT")
    return engine.execution_options(**{_READS: True})


def _look_after_pauses(engine: AsyncEngine) -> None:
    """Asks a connection that lay unused for a while whether its server is still there, and if not, makes new ones.

    The pool's own `pool_pre_ping` asks each time, which costs every transaction a round trip.
    """
    dialect = engine.dialect

    @event.listens_for(engine.sync_engine, "checkin")
    def note(_connection: Any, record: ConnectionPoolEntry) -> None:
        record.info[_RETURNED] = time.monotonic()

    @event.listens_for(engine.sync_engine, "checkout")
    def look(connection: Any, record: ConnectionPoolEntry, _proxy: Any) -> None:
        returned = record.info.get(_RETURNED)
        if returned is None or time.monotonic() - returned < PAUSE_S:
            return
        try:
            dialect.do_ping(connection)
        except dialect.loaded_dbapi.Error as error:
            raise InvalidatePoolError from error
