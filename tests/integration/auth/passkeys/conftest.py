"""The pages on SQLite and Postgres."""

from collections.abc import AsyncIterator

import pytest

from httpkit.clock import OffsetClock
from tests.support.auth_site import Site, running_site


@pytest.fixture
async def site(database_url: str, clock: OffsetClock) -> AsyncIterator[Site]:
    """The public pages."""
    async with running_site(database_url, clock) as running:
        yield running


@pytest.fixture
async def sqlite_site(sqlite_url: str, clock: OffsetClock) -> AsyncIterator[Site]:
    """The same for tests in which the kind of database changes nothing."""
    async with running_site(sqlite_url, clock) as running:
        yield running
