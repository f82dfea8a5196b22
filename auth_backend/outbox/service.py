"""Putting messages into the outbox, in the transaction that causes them."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.crypto import Cipher
from auth_backend.db import new_id
from auth_backend.outbox.models import Channel, OutboxMessage

CODE_USEFUL_FOR = timedelta(minutes=7)
"""A mailed code lives 10 minutes; with under 3 left it is not sent any more."""


@dataclass(frozen=True)
class Envelope:
    """What leaves. `to` is an address, a number, or for chat events a conversation id; `subject` and `html` are for
    e-mail.
    """

    to: str
    text: str
    subject: str = ""
    html: str | None = None


def body_context(message_id: str) -> str:
    """What a body's encryption is bound to."""
    return f"auth_outbox:{message_id}:body"


def open_body(cipher: Cipher, message: OutboxMessage) -> Envelope:
    """The envelope of a message that was not sent yet."""
    assert message.body is not None
    return Envelope(**json.loads(cipher.decrypt(message.body, context=body_context(message.id))))


async def enqueue(
    session: AsyncSession,
    cipher: Cipher,
    *,
    channel: Channel,
    kind: str,
    envelope: Envelope,
    now: datetime,
    useless_after: datetime | None = None,
) -> str:
    """Adds one message to the caller's transaction and returns its id. `kind` is for metrics and operators
    (`notice:reset_executed`).
    """
    message_id = new_id()
    plain = json.dumps(envelope.__dict__).encode()
    session.add(
        OutboxMessage(
            id=message_id,
            channel=channel,
            kind=kind,
            body=cipher.encrypt(plain, context=body_context(message_id)),
            due_at=now,
            useless_after=useless_after,
            created_at=now,
        )
    )
    await session.flush()
    return message_id
