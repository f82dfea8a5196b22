"""What every handler and worker of the backend is given."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from auth_backend.accounts.passwords import Passwords
from auth_backend.db import session_factory
from auth_backend.keyring import Keyring
from auth_backend.metrics import Metrics
from auth_backend.settings import Settings
from dbkit.engines import reading
from httpkit.clock import Now


@dataclass(frozen=True)
class Services:
    """Made once by the command line (or a test) and put into the applications under `SERVICES`."""

    settings: Settings
    keys: Keyring
    sessions: async_sessionmaker[AsyncSession]
    """Transactions that may write."""
    now: Now
    passwords: Passwords
    wake_outbox: Callable[[], None]
    """Tells the worker that a transaction has put something into the outbox; called after the commit."""
    metrics: Metrics = field(default_factory=Metrics)

    @cached_property
    def reading(self) -> async_sessionmaker[AsyncSession]:
        """Transactions that only look: on SQLite no writer waits for them."""
        return session_factory(reading(self.sessions.kw["bind"]))


SERVICES: web.AppKey[Services] = web.AppKey("auth_services", Services)
