"""Password hashing: argon2id in a bounded thread pool, the same cost for users who don't exist."""

import asyncio
import time
import unicodedata
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

MAX_PASSWORD_BYTES = 1024


def normalise_password(password: str) -> str:
    """NFKC, as SP 800-63B-4 3.1.1.2 asks before hashing; nothing is cut or trimmed."""
    return unicodedata.normalize("NFKC", password)


class Passwords:
    """Hashes and verifies off the event loop; at most `threads` at a time, so that a flood of logins can't take all
    memory. `observe` is told how many seconds each took, without the wait for a thread.
    """

    def __init__(
        self,
        hasher: PasswordHasher | None = None,
        *,
        threads: int = 2,
        observe: Callable[[float], None] = lambda _seconds: None,
    ) -> None:
        self._hasher = hasher or PasswordHasher()
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix="argon2")
        self._observe = observe
        self._nobody = self._pool.submit(self._hasher.hash, "nobody has this password")

    async def hash(self, password: str) -> str:
        """The encoded argon2id hash of the normalised password."""
        return await self._run(self._hasher.hash, normalise_password(password))

    async def verify(self, encoded: str | None, password: str) -> bool:
        """Whether `password` is right; for `encoded` None (no such user) it costs the same and is never right."""
        if len(password.encode("utf-8", "surrogatepass")) > MAX_PASSWORD_BYTES:
            password = ""
        nobody = await asyncio.wrap_future(self._nobody)
        right = await self._run(self._verify, encoded or nobody, normalise_password(password))
        return right and encoded is not None

    def needs_rehash(self, encoded: str) -> bool:
        """Whether the hash was made with weaker parameters than today's."""
        return self._hasher.check_needs_rehash(encoded)

    def close(self) -> None:
        """Ends the threads."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _verify(self, encoded: str, password: str) -> bool:
        try:
            return self._hasher.verify(encoded, password)
        except (VerificationError, InvalidHashError):
            return False

    async def _run[**P, T](self, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        def timed() -> T:
            started = time.perf_counter()
            try:
                return call(*args, **kwargs)
            finally:
                self._observe(time.perf_counter() - started)

        return await asyncio.get_running_loop().run_in_executor(self._pool, timed)
