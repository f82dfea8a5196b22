"""The world of the resets' tests, on SQLite."""

from collections.abc import AsyncIterator

import pytest

from httpkit.clock import OffsetClock
from tests.integration.auth.resets.world import World, close_world, make_world


@pytest.fixture
async def world(sqlite_url: str, clock: OffsetClock) -> AsyncIterator[World]:
    world = await make_world(sqlite_url, clock)
    yield world
    await close_world(world)
