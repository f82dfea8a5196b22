"""A migrated database that every scene of the tour copies."""

import asyncio
from pathlib import Path

import pytest

from tests.e2e.tour.arriving import migrate


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite database with this release's tables."""
    path = tmp_path_factory.mktemp("migrated") / "zoe.sqlite3"
    asyncio.run(migrate(f"sqlite:///{path}"))
    return path
