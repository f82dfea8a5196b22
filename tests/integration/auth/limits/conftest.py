"""The backend's services over SQLite and, where it can be reached, Postgres."""

from collections.abc import AsyncIterator

import pytest

from auth_backend.services import Services
from httpkit.clock import OffsetClock
from tests.support.auth_world import auth_services


@pytest.fixture
async def services(database_url: str, clock: OffsetClock) -> AsyncIterator[Services]:
    async with auth_services(database_url, clock) as made:
        yield made
