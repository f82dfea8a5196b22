"""What a provider reports about an SMS, put down once: reports come late, twice and out of order."""

from datetime import datetime

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.keyring import Keyring
from auth_backend.outbox.bounces import clear_bounce, mark_bounced
from auth_backend.outbox.models import Channel, Delivery, OutboxMessage


async def note_by_id(
    session: AsyncSession, keys: Keyring, message_id: str, delivery: Delivery, *, reason: str, now: datetime
) -> bool:
    """The report names our own row; False when there is none."""
    return await _note(session, keys, OutboxMessage.id == message_id, delivery, reason=reason, now=now)


async def note_by_provider_id(
    session: AsyncSession, keys: Keyring, provider_id: str, delivery: Delivery, *, reason: str, now: datetime
) -> bool:
    """The report names the provider's id; False when we have not stored it."""
    return await _note(session, keys, OutboxMessage.provider_id == provider_id, delivery, reason=reason, now=now)


async def _note(
    session: AsyncSession,
    keys: Keyring,
    which: ColumnElement[bool],
    delivery: Delivery,
    *,
    reason: str,
    now: datetime,
) -> bool:
    """Stores the report unless the message is known as delivered, and marks the destination, or takes its mark away."""
    message = await session.scalar(
        update(OutboxMessage)
        .where(
            which,
            OutboxMessage.channel == Channel.SMS,
            or_(OutboxMessage.delivery.is_(None), OutboxMessage.delivery != Delivery.DELIVERED),
        )
        .values(delivery=delivery)
        .returning(OutboxMessage)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    if message is None:
        return await _exists(session, which)
    if message.destination is None:
        return True
    if delivery is Delivery.DELIVERED:
        await clear_bounce(session, message.destination)
        return True
    await mark_bounced(
        session,
        keys,
        destination=message.destination,
        channel=Channel.SMS,
        user_id=message.user_id,
        reason=reason,
        now=now,
    )
    return True


async def _exists(session: AsyncSession, which: ColumnElement[bool]) -> bool:
    return await session.scalar(select(OutboxMessage.id).where(which)) is not None
