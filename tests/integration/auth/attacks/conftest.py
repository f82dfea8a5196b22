"""The public pages, on SQLite alone: what is tried here does not depend on the kind of database."""

from collections.abc import AsyncIterator

import pytest

from httpkit.clock import OffsetClock
from tests.support.auth_site import Site, running_site


@pytest.fixture
async def site(sqlite_url: str, clock: OffsetClock) -> AsyncIterator[Site]:
    """The public pages."""
    async with running_site(sqlite_url, clock) as running:
        yield running
