"""Databases of the backend's tests: copies of one that was migrated once; migrating takes longer than most tests."""

import asyncio
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from auth_backend.database import upgrade
from dbkit.engines import create_engine
from tests.conftest import postgres_database


async def _migrate(url: str) -> None:
    engine = create_engine(url)
    await upgrade(engine)
    await engine.dispose()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite database with this release's tables and no rows but theirs."""
    path = tmp_path_factory.mktemp("migrated") / "zoe.sqlite3"
    asyncio.run(_migrate(f"sqlite:///{path}"))
    return path


@pytest.fixture(scope="session")
def migrated_postgres() -> Iterator[str]:
    """The name of such a database in Postgres."""
    for url in postgres_database():
        asyncio.run(_migrate(url))
        yield url.rpartition("/")[2]


@pytest.fixture
def sqlite_url(tmp_path: Path, migrated_file: Path) -> str:
    """A SQLite database of the test's own, up to date."""
    path = shutil.copyfile(migrated_file, tmp_path / "zoe.sqlite3")
    return f"sqlite+aiosqlite:///{path}"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A database of the test's own, up to date: a SQLite file always, Postgres whenever it can be reached."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_url")
    else:
        yield from postgres_database(request.getfixturevalue("migrated_postgres"))
