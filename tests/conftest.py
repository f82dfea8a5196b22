"""What every test may ask for: a database, a clock, and the rule about what may be missing."""

import os
import shutil
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from httpkit.clock import OffsetClock

START = datetime(2026, 3, 2, 14, 2, tzinfo=UTC)
"""When tests begin unless they say otherwise: a Monday in working hours."""

POSTGRES = os.environ.get("ZOE_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432/postgres")
REDIS = os.environ.get("ZOE_TEST_REDIS", "redis://127.0.0.1:6379/15")
CHROMIUM = os.environ.get("ZOE_TEST_CHROMIUM", "/usr/bin/chromium")


def missing(what: str) -> None:
    """Skips a test that needs something which is not there; fails it where everything must be there
    (`ZOE_REQUIRE_ALL=1`).
    """
    if os.environ.get("ZOE_REQUIRE_ALL") == "1":
        pytest.fail(f"{what} is required here")
    pytest.skip(f"{what} is not there")


@pytest.fixture
def clock() -> OffsetClock:
    """A clock that stands still at START until a test moves it."""
    return OffsetClock(base=lambda: START)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of the test's own: a SQLite file always, Postgres whenever it can be reached."""
    if request.param == "sqlite":
        yield f"sqlite+aiosqlite:///{tmp_path / 'zoe.sqlite3'}"
    else:
        yield from postgres_database()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """An empty SQLite database, for tests in which the kind of database changes nothing."""
    return f"sqlite+aiosqlite:///{tmp_path / 'zoe.sqlite3'}"


def postgres_database(template: str = "template1") -> Iterator[str]:
    """Makes a database with a random name, a copy of `template`, and drops it afterwards."""
    name = f"zoe_test_{uuid.uuid4().hex[:12]}"
    try:
        admin = psycopg.connect(POSTGRES, autocommit=True, connect_timeout=3)
    except psycopg.OperationalError:
        missing("PostgreSQL")
        return
    with admin:
        admin.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')  # type: ignore[arg-type, call-overload, unused-ignore]
        try:
            parts = urlsplit(POSTGRES)
            yield f"postgresql+psycopg://{parts.netloc}/{name}"
        finally:
            admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')  # type: ignore[arg-type, call-overload, unused-ignore]
    admin.close()


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a Chromium that Playwright drives."""
    path = CHROMIUM if Path(CHROMIUM).exists() else shutil.which("chromium") or ""
    if not path:
        missing("Chromium")
    return path


@pytest.fixture(scope="session")
def tool() -> "ToolFinder":
    """Finds an independent program (`oathtool`, `zbarimg`) that checks what Zoe made."""
    return ToolFinder()


class ToolFinder:
    """Paths of programs that a test needs beside Python."""

    def __call__(self, name: str) -> str:
        """The program's path; without it the test is skipped or fails."""
        path = shutil.which(name)
        if path is None:
            missing(name)
            return ""
        return path
