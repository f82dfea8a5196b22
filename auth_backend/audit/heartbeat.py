"""The head of the record, logged at start and every hour.

Logs are kept elsewhere than the database. `zoe audit verify --head H` with a head from them notices a tail that was cut
off and a record that was written anew.
"""

import asyncio

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from auth_backend.audit.service import read_head

HOUR_S = 3600.0

log = structlog.get_logger("audit")


async def log_head(sessions: async_sessionmaker[AsyncSession]) -> None:
    """Writes one line. A database that can't be reached is said so, not raised: the next hour may be better."""
    try:
        async with sessions.begin() as session:
            head = await read_head(session)
    except (SQLAlchemyError, OSError):
        log.exception("the audit head can't be read")
        return
    log.info("audit head", seq=head.seq, head=head.mac)


async def log_head_hourly(sessions: async_sessionmaker[AsyncSession], *, every_s: float = HOUR_S) -> None:
    """Runs until cancelled."""
    while True:
        await log_head(sessions)
        await asyncio.sleep(every_s)
