"""What the rest of the backend tells and asks the resets."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.models import User
from auth_backend.audit.tags import Tag
from auth_backend.resets.events import ChatEvent, note, tell_chat
from auth_backend.resets.models import Reset, ResetState
from auth_backend.resets.queries import lock_reset, move
from auth_backend.services import Services


async def note_enrolled(session: AsyncSession, services: Services, user: User, *, now: datetime) -> None:
    """A new factor was confirmed: executed resets of this (locked) user are over, and their chats hear of it."""
    query = select(Reset.id).where(Reset.target_id == user.id, Reset.state == ResetState.EXECUTED)
    for reset_id in (await session.scalars(query.order_by(Reset.created_at, Reset.id))).all():
        reset = await lock_reset(session, reset_id)
        if await move(session, reset, ResetState.ENROLLED):
            await tell_chat(session, services, reset.conversation_id, ChatEvent.ENROLLED, now=now)
            await note(session, services, Tag.RESET_ENROLLED, reset, now=now, actor=f"user:{user.id}")
