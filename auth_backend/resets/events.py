"""What is recorded about a reset, and what its chat is told."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.audit.service import record
from auth_backend.audit.tags import Tag
from auth_backend.outbox.models import Channel
from auth_backend.outbox.service import Envelope, enqueue
from auth_backend.resets.models import Reset
from auth_backend.services import Services


class ChatEvent(StrEnum):
    """What happened outside the chat (docs/interfaces.md, `chat/events`); what a turn does, that turn tells."""

    PROOF_GIVEN = "proof_given"
    RESET_CHANGED = "reset_changed"
    ENROLLED = "enrolled"


async def note(
    session: AsyncSession,
    services: Services,
    tag: Tag,
    reset: Reset,
    *,
    now: datetime,
    data: Mapping[str, Any] | None = None,
    actor: str | None = None,
) -> None:
    """Records an event of a reset; the actor is its conversation, or who asked on a page, unless said otherwise."""
    origin = f"conversation:{reset.conversation_id}" if reset.conversation_id else f"user:{reset.requester_id}"
    await record(
        session,
        services.keys,
        tag,
        now=now,
        actor=actor or origin,
        user_id=reset.target_id,
        account_id=reset.account_id,
        data={"reset": reset.id, "reference": reset.reference, **(data or {})},
    )


async def tell_chat(
    session: AsyncSession, services: Services, conversation_id: str | None, event: ChatEvent, *, now: datetime
) -> None:
    """Queues an event for the chat server, in the transaction that causes it. None: no chat is about it."""
    if conversation_id is None:
        return
    await enqueue(
        session,
        services.keys.cipher,
        channel=Channel.CHAT,
        kind=f"chat:{event.value}",
        envelope=Envelope(to=conversation_id, text=event.value),
        now=now,
    )
