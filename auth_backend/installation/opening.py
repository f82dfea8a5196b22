"""The database of an installation and what works on it, opened and closed together."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import inspect
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncEngine

from auth_backend.accounts.passwords import Passwords
from auth_backend.database import upgrade
from auth_backend.db import create_engine, session_factory
from auth_backend.dev.clock import restore_clock
from auth_backend.installation.facts import claim_database
from auth_backend.keyring import Keyring
from auth_backend.services import Services
from auth_backend.settings import Settings
from auth_backend.settings_loader import load_settings
from httpkit.clock import system_now
from httpkit.environment import SettingsError


@asynccontextmanager
async def open_services(
    settings: Settings, *, wake_outbox: Callable[[], None] = lambda: None
) -> AsyncIterator[Services]:
    """Brings the database up to date, checks that it is of this environment, and in development takes up its clock.

    Raises SettingsError for a production that would run on a database of development, or the other way round.
    """
    file = sqlite_file(settings.database_url)
    if file is not None:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    engine = create_engine(settings.database_url)
    try:
        await upgrade(engine)
        async with _services(settings, engine, wake_outbox) as services:
            async with services.sessions.begin() as session:
                await claim_database(session, dev=settings.dev)
            yield services
    finally:
        await engine.dispose()


@asynccontextmanager
async def open_existing(variables: Mapping[str, str]) -> AsyncIterator[Services]:
    """For commands that only look: makes and changes nothing. Raises SettingsError when there is no database."""
    settings = load_settings(variables, with_tokens=False)
    file = sqlite_file(settings.database_url)
    if file is not None and not file.exists():
        raise SettingsError(f"there is no database at {file}")
    engine = create_engine(settings.database_url)
    try:
        async with engine.begin() as connection:
            if not await connection.run_sync(lambda bound: inspect(bound).has_table("auth_audit_events")):
                raise SettingsError("the database holds no tables of Zoe")
        async with _services(settings, engine, lambda: None) as services:
            yield services
    finally:
        await engine.dispose()


def sqlite_file(database_url: str) -> Path | None:
    """The file of an SQLite database; None for Postgres and for a database in memory."""
    url = make_url(database_url)
    return (
        Path(url.database)
        if url.get_backend_name() == "sqlite" and url.database not in {None, "", ":memory:"}
        else None
    )


@asynccontextmanager
async def _services(
    settings: Settings, engine: AsyncEngine, wake_outbox: Callable[[], None]
) -> AsyncIterator[Services]:
    sessions = session_factory(engine)
    passwords = Passwords()
    try:
        yield Services(
            settings=settings,
            keys=Keyring.of(settings.secret_keys),
            sessions=sessions,
            now=await restore_clock(sessions) if settings.dev else system_now,
            passwords=passwords,
            wake_outbox=wake_outbox,
        )
    finally:
        passwords.close()
