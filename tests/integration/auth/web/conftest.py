"""The pages over a real SQLite database."""

from collections.abc import AsyncIterator

import pytest

from auth_backend.services import Services
from httpkit.clock import OffsetClock
from tests.support.auth_world import Browser, auth_services, open_browser


@pytest.fixture
async def services(sqlite_url: str, clock: OffsetClock) -> AsyncIterator[Services]:
    async with auth_services(sqlite_url, clock) as made:
        yield made


@pytest.fixture
async def browser(services: Services) -> AsyncIterator[Browser]:
    async with open_browser(services) as opened:
        yield opened
