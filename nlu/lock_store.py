"""The lock store that `endpoints.yml` names: in memory for one process, Redis for several."""

# Rasa has no types, and its interfaces ask for parameters that not every implementation needs.
# mypy: disallow-subclassing-any=False

from __future__ import annotations

import redis
from rasa.core.lock import TicketLock
from rasa.core.lock_store import DEFAULT_SOCKET_TIMEOUT_IN_SECONDS, InMemoryLockStore, LockStore, RedisLockStore
from rasa.utils.endpoints import EndpointConfig

_PREFIX = "zoe:dialogue:lock:"


class _RedisByUrl(RedisLockStore):
    """Rasa's Redis lock store, told where Redis is by one URL."""

    def __init__(self, url: str) -> None:
        self.red = redis.Redis.from_url(url, socket_timeout=DEFAULT_SOCKET_TIMEOUT_IN_SECONDS)
        self.key_prefix = _PREFIX


class UrlLockStore(LockStore):
    """`memory://` or `redis://…` / `rediss://…`."""

    def __init__(self, endpoint_config: EndpointConfig) -> None:
        url = endpoint_config.url or "memory://"
        self._store: LockStore = InMemoryLockStore() if url.startswith("memory:") else _RedisByUrl(url)

    def get_lock(self, conversation_id: str) -> TicketLock | None:
        """The stored lock of a conversation."""
        return self._store.get_lock(conversation_id)

    def delete_lock(self, conversation_id: str) -> None:
        """Forgets a conversation's lock."""
        self._store.delete_lock(conversation_id)

    def save_lock(self, lock: TicketLock) -> None:
        """Stores a lock."""
        self._store.save_lock(lock)
