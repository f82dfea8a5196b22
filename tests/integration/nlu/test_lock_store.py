"""One turn of a conversation at a time, in one process and in several that share a Redis."""

from __future__ import annotations

import asyncio
import uuid

import pytest
import redis
from rasa.core.lock_store import LockError
from rasa.utils.endpoints import EndpointConfig

from nlu.lock_store import UrlLockStore
from tests.conftest import REDIS, missing


@pytest.fixture
def shared() -> str:
    """A Redis, whenever it can be reached."""
    try:
        redis.Redis.from_url(REDIS, socket_connect_timeout=2).ping()
    except redis.RedisError:
        missing("Redis")
    return REDIS


@pytest.fixture(params=["memory", pytest.param("redis", marks=pytest.mark.redis)])
def url(request: pytest.FixtureRequest) -> str:
    """Both kinds of store."""
    return "memory://" if request.param == "memory" else str(request.getfixturevalue("shared"))


@pytest.fixture
def conversation() -> str:
    """An id that no other test uses."""
    return f"test-{uuid.uuid4().hex}"


async def test_turns_of_a_conversation_follow_each_other(url: str, conversation: str) -> None:
    store, order = UrlLockStore(EndpointConfig(url)), []

    async def turn(number: int) -> None:
        async with store.lock(conversation, wait_time_in_seconds=0.01):
            order.append(("begins", number))
            await asyncio.sleep(0)
            order.append(("ends", number))

    await asyncio.gather(*(turn(number) for number in range(4)))
    assert [what for what, _ in order] == ["begins", "ends"] * 4
    assert all(order[place][1] == order[place + 1][1] for place in range(0, 8, 2))


@pytest.mark.redis
async def test_two_processes_share_the_lock(shared: str, conversation: str) -> None:
    one, other = UrlLockStore(EndpointConfig(shared)), UrlLockStore(EndpointConfig(shared))
    async with one.lock(conversation, wait_time_in_seconds=0.01):
        held = other.get_lock(conversation)
        assert held is not None
        assert held.is_locked(held.issue_ticket(60))
        ticket = other.issue_ticket(conversation, 60)
        waiting = asyncio.create_task(other._acquire_lock(conversation, ticket, 0.01))
        await asyncio.sleep(0)
        assert not waiting.done()
    async with asyncio.timeout(20):
        await waiting


async def test_a_lock_whose_holder_died_runs_out(url: str, conversation: str) -> None:
    store = UrlLockStore(EndpointConfig(url))
    store.issue_ticket(conversation, lock_lifetime=0)
    async with asyncio.timeout(20), store.lock(conversation, wait_time_in_seconds=0.01):
        pass


async def test_a_redis_that_is_not_there_refuses_the_turn(unused_tcp_port: int) -> None:
    store = UrlLockStore(EndpointConfig(f"redis://127.0.0.1:{unused_tcp_port}/0"))
    with pytest.raises(LockError):
        async with store.lock("anybody"):
            pass


@pytest.mark.redis
async def test_locks_have_a_prefix_of_their_own(shared: str, conversation: str) -> None:
    UrlLockStore(EndpointConfig(shared)).issue_ticket(conversation, lock_lifetime=60)
    with redis.Redis.from_url(shared) as server:
        keys = server.keys(f"zoe:dialogue:lock:*{conversation}*")
        assert len(keys) == 1
        assert server.delete(keys[0]) == 1
