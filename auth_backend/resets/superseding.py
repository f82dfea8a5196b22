"""Ending a user's open resets because what their proofs stood on was changed."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.models import User
from auth_backend.audit.tags import Tag
from auth_backend.resets.events import ChatEvent, note, tell_chat
from auth_backend.resets.judging import close
from auth_backend.resets.models import ResetState
from auth_backend.resets.notices import tell_stopped
from auth_backend.resets.queries import list_open_resets, lock_reset, move
from auth_backend.resets.states import CONFIRMED_NOT_DONE
from auth_backend.services import Services


async def end_open_resets(
    session: AsyncSession, services: Services, user: User, *, by: str, actor: str, now: datetime
) -> int:
    """Cancels every reset of a locked user that is not executed; tells how many. Their chats hear of it.

    Whoever had confirmed one is told by mail that nothing comes of it. `by` is the change, for the record.
    """
    ended = 0
    # All rows are locked before the first event is recorded: the audit head's lock comes last, always.
    for reset in [await lock_reset(session, row.id) for row in await list_open_resets(session, user.id)]:
        was_confirmed = reset.state in CONFIRMED_NOT_DONE
        if not await move(session, reset, ResetState.CANCELLED, ended_at=now):
            continue
        ended += 1
        await close(session, reset, now=now)
        if was_confirmed:
            await tell_stopped(session, services, reset, user, now=now)
        await tell_chat(session, services, reset.conversation_id, ChatEvent.RESET_CHANGED, now=now)
        await note(session, services, Tag.RESET_CANCELLED, reset, now=now, data={"by": by}, actor=actor)
    return ended
