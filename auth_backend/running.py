"""One running instance of the backend: its database up to date, its workers at work."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

import aiohttp
import structlog

from auth_backend.accounts.erasure import erase_removed_members
from auth_backend.accounts.passwords import Passwords
from auth_backend.audit.heartbeat import log_head_hourly
from auth_backend.database import upgrade
from auth_backend.db import session_factory
from auth_backend.dev.clock import restore_clock
from auth_backend.installation.facts import claim_database
from auth_backend.keyring import Keyring
from auth_backend.metrics import Metrics
from auth_backend.outbox.senders.choice import choose_senders
from auth_backend.outbox.worker import OutboxWorker
from auth_backend.pruning import prune
from auth_backend.resets.executing.schedule import run_due
from auth_backend.resets.undo.erasure import erase_what_undo_needed
from auth_backend.services import Services
from auth_backend.settings import Settings
from dbkit.engines import create_engine
from httpkit.clock import system_now
from httpkit.failpoints import Failpoint, no_failpoint

SCHEDULE_S = 5.0
"""How often due resets are looked for."""
ERASURE_S = 600.0
"""How often is erased what nobody can bring back any more."""
PRUNING_S = 3600.0
"""How often is deleted what no rule looks at any more."""

log = structlog.get_logger("auth")


@asynccontextmanager
async def open_auth(
    settings: Settings, *, run_tasks: bool = True, failpoint: Failpoint = no_failpoint
) -> AsyncIterator[Services]:
    """Brings the database up to date, refuses one of another environment, and runs the workers while the context is
    open.

    Raises SettingsError when the database belongs to another environment.
    """
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    engine = create_engine(settings.database_url)
    metrics = Metrics()
    passwords = Passwords(observe=metrics.hashed)
    try:
        await upgrade(engine)
        sessions = session_factory(engine, metrics.take)
        async with sessions.begin() as session:
            await claim_database(session, dev=settings.dev)
        now = await restore_clock(sessions) if settings.dev else system_now
        keys = Keyring.of(settings.secret_keys, settings.secret_key_id)
        async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as http:
            senders = choose_senders(settings, sessions, http)
            worker = OutboxWorker(sessions, keys, senders, now, failpoint=failpoint)
            services = Services(
                settings=settings,
                keys=keys,
                sessions=sessions,
                now=now,
                passwords=passwords,
                wake_outbox=worker.wake,
                metrics=metrics,
            )
            async with _working(services, worker, failpoint) if run_tasks else _idle():
                yield services
    finally:
        passwords.close()
        await engine.dispose()


@asynccontextmanager
async def _working(services: Services, worker: OutboxWorker, failpoint: Failpoint) -> AsyncIterator[None]:
    sending = asyncio.create_task(worker.run())
    others = [
        asyncio.create_task(_forever(lambda: _due(services, failpoint), SCHEDULE_S)),
        asyncio.create_task(_forever(lambda: _erase(services), ERASURE_S)),
        asyncio.create_task(_forever(lambda: _prune(services), PRUNING_S)),
        asyncio.create_task(log_head_hourly(services.sessions)),
    ]
    try:
        yield
    finally:
        worker.stop()
        for task in others:
            task.cancel()
        for task in (sending, *others):
            with suppress(asyncio.CancelledError):
                await task


@asynccontextmanager
async def _idle() -> AsyncIterator[None]:
    yield


async def _due(services: Services, failpoint: Failpoint) -> None:
    await run_due(services, failpoint=failpoint)


async def _erase(services: Services) -> None:
    await erase_what_undo_needed(services)
    await erase_removed_members(services)


async def _prune(services: Services) -> None:
    gone = {table: rows for table, rows in (await prune(services)).items() if rows}
    if gone:
        log.info("old rows deleted", **gone)


async def _forever(work: Callable[[], Awaitable[None]], every_s: float) -> None:
    """Runs `work` again and again; a run that fails is logged and the next one tried."""
    while True:
        try:
            await work()
        except Exception:
            log.exception("a periodic task failed")
        await asyncio.sleep(every_s)
