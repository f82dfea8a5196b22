"""Events of a handover: `zoe.state` for clients, and the Bot Framework's `handoff.initiate` and `handoff.status`.

The Python SDK has no helper for the latter two; their shapes are those of its other languages: a name, a value with
the context or the state, and on `handoff.initiate` the transcript as an attachment. The transcript stays where it is,
redacted as it was stored; the attachment says where it ends.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.facts import Proofs
from bot.handoff.states import State
from bot.identifiers import new_id
from bot.models import ActivityRow
from bot.transcript import take_numbers

STATE_EVENT = "zoe.state"
INITIATE = "handoff.initiate"
STATUS = "handoff.status"


class Status(StrEnum):
    """What a desk reports of a handover."""

    ACCEPTED = "accepted"
    FAILED = "failed"
    COMPLETED = "completed"


async def tell_state(
    session: AsyncSession,
    conversation_id: str,
    state: State,
    now: datetime,
    *,
    agent: str | None = None,
    position: int | None = None,
) -> None:
    """Tells clients who is in charge, in the transaction that changed it."""
    value = {"state": state.value, "agent": agent, "position": position}
    await _append(session, conversation_id, {"name": STATE_EVENT, "value": value}, now, kind="system")


async def tell_initiate(
    session: AsyncSession,
    conversation_id: str,
    now: datetime,
    *,
    lang: str,
    reason: str | None,
    proofs: Proofs | None,
    until: int,
) -> None:
    """`handoff.initiate`; `until` is the number of the last activity that belongs to the transcript."""
    context = {"language": lang, "reason": reason, "proofs": _given(proofs)}
    transcript = {
        "contentType": "application/json",
        "name": "Transcript",
        "content": {"conversationId": conversation_id, "watermark": str(until), "redacted": True},
    }
    wire = {"name": INITIATE, "value": context, "attachments": [transcript]}
    await _append(session, conversation_id, wire, now, kind="handoff")


async def tell_status(
    session: AsyncSession, conversation_id: str, status: Status, now: datetime, *, message: str | None = None
) -> None:
    """`handoff.status`."""
    value = {"state": status.value, "message": message}
    await _append(session, conversation_id, {"name": STATUS, "value": value}, now, kind="handoff")


def _given(proofs: Proofs | None) -> dict[str, bool | None]:
    """The proofs as true and false; null is unknown."""
    if proofs is None:
        return {"email": None, "password": None, "owner": None}
    return {"email": proofs.email is not None, "password": proofs.password is not None, "owner": proofs.owner}


async def _append(
    session: AsyncSession, conversation_id: str, wire: dict[str, Any], now: datetime, *, kind: str
) -> None:
    session.add(
        ActivityRow(
            id=new_id(),
            conversation_id=conversation_id,
            seq=await take_numbers(session, conversation_id, 1),
            author="system",
            type="event",
            kind=kind,
            text=None,
            wire=wire,
            created_at=now,
        )
    )
    await session.flush()
