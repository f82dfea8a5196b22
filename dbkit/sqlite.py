"""SQLite on the event loop: aiosqlite's connection, without its thread for what takes microseconds.

aiosqlite does everything in a thread of the connection's own, and a statement takes four hand-overs there and back:
cursor, execute, fetch, close. Each costs more than most statements here do (docs/decisions/0007-sqlite-on-the-loop.md
has the figures). So statements run at once; only what may wait leaves the loop:

* a lock that another connection holds: tried again after a pause, while the loop goes on;
* the commit of a transaction that wrote, which waits for the disk: in the connection's thread.

Connections must be opened with `timeout=0`, else SQLite itself would wait for a lock, and the loop with it.
"""

import asyncio
import sqlite3
from collections import deque
from collections.abc import Callable
from typing import Any

from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.aiosqlite import (
    AsyncAdapt_aiosqlite_connection,
    AsyncAdapt_aiosqlite_cursor,
    AsyncAdapt_aiosqlite_dbapi,
    SQLiteDialect_aiosqlite,
)
from sqlalchemy.exc import OperationalError
from sqlalchemy.util import EMPTY_DICT
from sqlalchemy.util.concurrency import await_

DRIVER = "onloop"
LOCK_WAIT_S = 30.0
"""How long a statement waits for another connection's lock before it fails with `database is locked`."""
_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.0005, 0.02

registry.register(f"sqlite.{DRIVER}", __name__, "OnLoopDialect")


async def _nothing() -> None:
    """SQLAlchemy's asyncio takes a statement that awaits nothing for the mistake of a driver that blocks."""


def _patiently(run: Callable[[str, Any], Any], operation: str, parameters: Any) -> Any:
    """Runs a statement; one that met a lock did nothing and is run again."""
    pause, waited = _FIRST_PAUSE_S, 0.0
    while True:
        try:
            return run(operation, parameters)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or waited >= LOCK_WAIT_S:
                raise
        await_(asyncio.sleep(pause))
        waited += pause
        pause = min(pause * 2, _LONGEST_PAUSE_S)


class _Cursor(AsyncAdapt_aiosqlite_cursor):
    """A plain sqlite3 cursor whose rows are fetched when the statement ran."""

    __slots__ = ()

    _awaitable_cursor_close = False

    def __init__(self, adapt_connection: AsyncAdapt_aiosqlite_connection) -> None:
        self._adapt_connection = adapt_connection
        self._connection = adapt_connection._connection  # noqa: SLF001 - the base class's own protocol
        self._cursor: Any = self._connection._conn.cursor()  # noqa: SLF001 - aiosqlite has no public way to its connection
        self._soft_closed_memoized = EMPTY_DICT
        self._rows: deque[Any] = deque()

    def execute(self, operation: Any, parameters: Any = None) -> Any:
        await_(_nothing())
        try:
            _patiently(self._cursor.execute, operation, () if parameters is None else parameters)
            if self._cursor.description:
                self._rows = deque(self._cursor.fetchall())
        except Exception as error:  # noqa: BLE001 - translated by the base class
            self._adapt_connection._handle_exception(error)  # noqa: SLF001
        return self._cursor

    def executemany(self, operation: Any, seq_of_parameters: Any) -> Any:
        await_(_nothing())
        try:
            return _patiently(self._cursor.executemany, operation, seq_of_parameters)
        except Exception as error:  # noqa: BLE001 - translated by the base class
            self._adapt_connection._handle_exception(error)  # noqa: SLF001


class _Connection(AsyncAdapt_aiosqlite_connection):
    __slots__ = ("_changes",)

    _cursor_cls: type[AsyncAdapt_aiosqlite_cursor] = _Cursor

    def __init__(self, dbapi: Any, connection: Any) -> None:
        super().__init__(dbapi, connection)
        self._changes = 0

    def begin(self, *, writes: bool) -> None:
        """Begins a transaction; one that writes has the write lock from its start. Raises OperationalError."""
        statement = "BEGIN IMMEDIATE" if writes else "BEGIN"
        try:
            _patiently(self._connection._conn.execute, statement, ())  # noqa: SLF001
        except sqlite3.OperationalError as error:
            raise OperationalError(statement, None, error) from error

    def commit(self) -> None:
        """Waits for the disk in the connection's thread; a transaction that wrote nothing has nothing to wait for."""
        plain = self._connection._connection  # noqa: SLF001
        if plain is None:
            return
        if plain.total_changes != self._changes:
            super().commit()
        else:
            plain.commit()
        self._changes = plain.total_changes

    def rollback(self) -> None:
        """Never waits: what is rolled back was not written yet. After a commit that was cancelled SQLite's own mutex
        makes it wait for that commit, and there is nothing left to roll back.
        """
        plain = self._connection._connection  # noqa: SLF001
        if plain is not None:
            plain.rollback()
            self._changes = plain.total_changes


class _Driver(AsyncAdapt_aiosqlite_dbapi):
    def connect(self, *arg: Any, **kw: Any) -> AsyncAdapt_aiosqlite_connection:
        opened = super().connect(*arg, **kw)
        return _Connection(self, opened._connection)  # noqa: SLF001


class OnLoopDialect(SQLiteDialect_aiosqlite):
    """`sqlite+onloop:///path`."""

    driver = DRIVER
    supports_statement_cache = True

    @classmethod
    def import_dbapi(cls) -> AsyncAdapt_aiosqlite_dbapi:
        """aiosqlite's module behind this file's connection."""
        return _Driver(__import__("aiosqlite"), sqlite3)
