"""The development clock: its offset is a fact of the installation, so it survives restarts."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.db import insert_if_absent
from auth_backend.installation.facts import get_fact
from auth_backend.installation.models import InstallationFact

OFFSET = "clock_offset_s"


async def load_offset(session: AsyncSession) -> timedelta:
    """How far the clock was moved forward so far."""
    return timedelta(seconds=int(await get_fact(session, OFFSET) or 0))


async def add_offset(session: AsyncSession, seconds: int) -> timedelta:
    """Moves the stored offset forward by `seconds` (≥ 0) under the row's lock and returns the whole of it."""
    if seconds < 0:
        raise ValueError("the clock only goes forward")
    await insert_if_absent(session, InstallationFact, key=OFFSET, value="0")
    row = await session.scalar(select(InstallationFact).where(InstallationFact.key == OFFSET).with_for_update())
    assert row is not None
    row.value = str(int(row.value) + seconds)
    await session.flush()
    return timedelta(seconds=int(row.value))
