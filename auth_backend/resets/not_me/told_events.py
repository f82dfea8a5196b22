"""Changes that a notice tells, each with a link that says "this was not me": its own token, good for 7 days."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.models import User
from auth_backend.crypto import new_token, token_hash
from auth_backend.resets.not_me.models import ToldEvent

DISPUTABLE_FOR = timedelta(days=7)


async def remember_told(
    session: AsyncSession, user: User, kind: str, *, reset_id: str | None, reference: str, now: datetime
) -> str:
    """Writes down what a notice is about to tell; returns the token for its link, which exists in the mail only."""
    token = new_token()
    session.add(
        ToldEvent(
            user_id=user.id,
            kind=kind,
            reset_id=reset_id,
            reference=reference,
            token=token_hash(token),
            at=now,
            expires_at=now + DISPUTABLE_FOR,
        )
    )
    await session.flush()
    return token


async def event_of_token(session: AsyncSession, token: str | None) -> ToldEvent | None:
    """What a link is about, used or not, expired or not."""
    if not token:
        return None
    query = select(ToldEvent).where(ToldEvent.token == token_hash(token)).execution_options(populate_existing=True)
    event: ToldEvent | None = await session.scalar(query)
    return event


async def lock_event(session: AsyncSession, event_id: str) -> ToldEvent:
    """The same as it is now, locked. Its user's row is locked before it."""
    query = select(ToldEvent).where(ToldEvent.id == event_id).with_for_update()
    event = await session.scalar(query.execution_options(populate_existing=True))
    assert event is not None  # events are never deleted
    return event
