"""A migrated database that every scene of the tour copies."""

import asyncio
from pathlib import Path

import pytest

from auth_backend.database import upgrade
from dbkit.engines import create_engine


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite database with this release's tables."""
    path = tmp_path_factory.mktemp("migrated") / "zoe.sqlite3"
    asyncio.run(_migrate(f"sqlite:///{path}"))
    return path


async def _migrate(url: str) -> None:
    engine = create_engine(url)
    await upgrade(engine)
    await engine.dispose()
