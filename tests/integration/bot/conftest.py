"""Databases for the chat's integration tests: SQLite always, Postgres when it can be reached."""

import os
import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import psycopg
import pytest

POSTGRES = os.environ.get("ZOE_TEST_POSTGRES", "postgresql://postgres@127.0.0.1:5432")


def _create(name: str) -> str | None:
    try:
        with psycopg.connect(f"{POSTGRES}/postgres", autocommit=True, connect_timeout=2) as connection:
            connection.execute(f'CREATE DATABASE "{name}"'.encode())
    except psycopg.OperationalError as error:
        return str(error).partition("\n")[0]
    return None


def _drop(name: str) -> None:
    with psycopg.connect(f"{POSTGRES}/postgres", autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
async def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """A fresh database of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/chat.sqlite3"
        return
    name = f"zoe_bot_test_{uuid.uuid4().hex[:12]}"
    problem = _create(name)
    if problem is not None:
        if os.environ.get("ZOE_REQUIRE_ALL") == "1":
            pytest.fail(f"PostgreSQL is required: {problem}")
        pytest.skip(f"no PostgreSQL: {problem}")
    try:
        yield f"{POSTGRES}/{name}"
    finally:
        _drop(name)


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A fresh SQLite file."""
    return f"sqlite:///{tmp_path}/chat.sqlite3"
