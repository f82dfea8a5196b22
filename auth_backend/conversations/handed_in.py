"""What bot hands in is judged once an activity, however often it is sent."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.conversations.models import HandedIn
from auth_backend.db import insert_if_absent, new_id


class ActivityReusedError(Exception):
    """The activity id belongs to another conversation or to something else that was handed in."""


async def judged_once(
    session: AsyncSession,
    *,
    activity_id: str,
    conversation_id: str,
    kind: str,
    judge: Callable[[], Awaitable[str]],
    now: datetime,
) -> str:
    """The outcome of `judge`, or the stored one when this activity was judged before. Raises ActivityReusedError.

    The row comes first: whoever sends the same activity at the same time waits for the first one's commit and reads
    its outcome.
    """
    mine = f"judging:{new_id()}"
    await insert_if_absent(
        session,
        HandedIn,
        activity_id=activity_id,
        conversation_id=conversation_id,
        kind=kind,
        outcome=mine,
        at=now,
    )
    query = select(HandedIn).where(HandedIn.activity_id == activity_id).execution_options(populate_existing=True)
    row = await session.scalar(query)
    assert row is not None
    if (row.conversation_id, row.kind) != (conversation_id, kind):
        raise ActivityReusedError
    if row.outcome == mine:
        row.outcome = await judge()
        await session.flush()
    return row.outcome
