"""The clock that a developer can move forward."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker

from auth_backend.installation.clock import add_offset, load_offset
from httpkit.clock import Now, OffsetClock, system_now


async def restore_clock(sessions: async_sessionmaker[AsyncSession], base: Now = system_now) -> OffsetClock:
    """The clock with the offset that the database remembers."""
    async with sessions.begin() as session:
        return OffsetClock(base, await load_offset(session))


async def advance_clock(sessions: async_sessionmaker[AsyncSession], clock: OffsetClock, seconds: int) -> datetime:
    """Moves the stored offset and this process's clock forward by `seconds` (≥ 0); returns the new present."""
    async with sessions.begin() as session:
        stored = await add_offset(session, seconds)
    clock.offset = max(clock.offset, stored)  # another request may have been faster
    return clock()
