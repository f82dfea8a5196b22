"""The world of the resets' tests."""

from collections.abc import AsyncIterator

import pytest

from httpkit.clock import OffsetClock
from tests.integration.auth.resets.world import World, close_world, make_world


@pytest.fixture
async def world(database_url: str, clock: OffsetClock) -> AsyncIterator[World]:
    """On SQLite, and on Postgres when there is one."""
    world = await make_world(database_url, clock)
    yield world
    await close_world(world)


@pytest.fixture
async def lite(sqlite_url: str, clock: OffsetClock) -> AsyncIterator[World]:
    """On SQLite only, where the database makes no difference."""
    world = await make_world(sqlite_url, clock)
    yield world
    await close_world(world)
