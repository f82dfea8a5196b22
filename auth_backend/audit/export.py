"""The record as JSON lines, for a store that only grows."""

import json
from collections.abc import AsyncIterator

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.audit.models import AuditEvent
from httpkit.clock import iso


async def export_lines(session: AsyncSession) -> AsyncIterator[str]:
    """One JSON object an event, oldest first, with everything that its MAC covers and the MAC itself."""
    query = select(AuditEvent).order_by(AuditEvent.seq).execution_options(yield_per=1000)
    async for event in await session.stream_scalars(query):
        row = {
            "seq": event.seq,
            "at": iso(event.at),
            "tag": event.tag,
            "actor": event.actor,
            "user_id": event.user_id,
            "account_id": event.account_id,
            "data": event.data,
            "request_id": event.request_id,
            "clock_offset_s": event.clock_offset_s,
            "mac": event.mac,
        }
        yield json.dumps(row, ensure_ascii=False, sort_keys=True)
