"""Opening the record of an installation to look at it, and nothing more."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import inspect
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.db import session_factory
from auth_backend.settings import Settings
from dbkit.engines import create_engine
from httpkit.environment import SettingsError


@asynccontextmanager
async def open_record(settings: Settings) -> AsyncIterator[AsyncSession]:
    """A session on a database that is there; nothing is made or brought up to date. Raises SettingsError when there
    is none.

    A wrong data directory must not look like an empty, whole record.
    """
    _refuse_absent_file(settings.database_url)
    engine = create_engine(settings.database_url)
    if engine.dialect.name == "postgresql":  # one snapshot for events and head, while `web` goes on writing
        engine = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    try:
        async with engine.begin() as connection:
            if not await connection.run_sync(lambda bound: inspect(bound).has_table("auth_audit_events")):
                raise SettingsError("the database holds no tables of Zoe")
        async with session_factory(engine).begin() as session:
            yield session
    finally:
        await engine.dispose()


def _refuse_absent_file(database_url: str) -> None:
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        raise SettingsError(f"there is no database at {url.database}")
