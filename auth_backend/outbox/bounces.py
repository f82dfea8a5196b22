"""Destinations at which messages don't arrive: marked, shown to their owner and the operator, never dropped.

A mark changes nothing about where codes and notices go (docs/decisions, "A mark on a destination").
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, delete, literal_column, select
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.models import User
from auth_backend.audit.service import record
from auth_backend.audit.tags import Tag
from auth_backend.crypto import keyed_hash
from auth_backend.db import insert_if_absent
from auth_backend.factors.models import Factor
from auth_backend.keyring import Keyring
from auth_backend.outbox.models import BouncedDestination, Channel

_LIVE: ColumnElement[str] = literal_column("'live'")
"""A constant, so that the partial unique index over live numbers serves the query."""


@dataclass(frozen=True)
class Bounce:
    """For the owner of a destination: which one, and since when nothing arrives there."""

    address: str
    channel: Channel
    at: datetime


def destination_hash(keys: Keyring, address: str) -> str:
    """How an address or number is known in the memory of sendings and bounces."""
    return keyed_hash(keys.destinations, address)


async def holder_of(session: AsyncSession, channel: Channel, address: str) -> str | None:
    """The id of the user whose registered address, second notice address or live number this is.

    Several may have the same second address: one of them is named.
    """
    by_phone = select(Factor.user_id).where(Factor.phone == address, Factor.status == _LIVE)
    by_mail = select(User.id).where(User.email == address)
    second = select(User.id).where(User.notice_email == address).order_by(User.id).limit(1)
    found: str | None = await session.scalar(by_phone if channel is Channel.SMS else by_mail)
    return found if found is not None or channel is Channel.SMS else await session.scalar(second)


async def mark_bounced(
    session: AsyncSession,
    keys: Keyring,
    *,
    destination: str,
    channel: Channel,
    user_id: str | None,
    reason: str,
    now: datetime,
) -> None:
    """Marks a destination, unless it is marked, and records that. `destination` is the keyed hash."""
    marked = await session.get(BouncedDestination, destination, with_for_update=True)
    if marked is not None:
        return
    await insert_if_absent(
        session,
        BouncedDestination,
        destination=destination,
        channel=channel,
        user_id=user_id,
        reason=reason,
        bounced_at=now,
    )
    data = {"channel": channel.value, "reason": reason}
    await record(session, keys, Tag.DESTINATION_BOUNCED, now=now, actor="outbox", user_id=user_id, data=data)


async def clear_bounce(session: AsyncSession, destination: str) -> None:
    """Something arrived there."""
    await session.execute(delete(BouncedDestination).where(BouncedDestination.destination == destination))


async def bounces_of(session: AsyncSession, keys: Keyring, addresses: Iterable[str]) -> list[Bounce]:
    """Which of a user's own addresses and numbers are marked, in the order given."""
    hashed = {destination_hash(keys, address): address for address in addresses}
    query = select(BouncedDestination).where(BouncedDestination.destination.in_(hashed))
    found = {row.destination: row for row in await session.scalars(query)}
    return [
        Bounce(address, found[destination].channel, found[destination].bounced_at)
        for destination, address in hashed.items()
        if destination in found
    ]


async def list_bounces(session: AsyncSession, *, limit: int) -> list[tuple[BouncedDestination, User | None]]:
    """For the operator: the newest marks and whose they were."""
    query = (
        select(BouncedDestination, User)
        .outerjoin(User, User.id == BouncedDestination.user_id)
        .order_by(BouncedDestination.bounced_at.desc(), BouncedDestination.destination)
        .limit(limit)
    )
    return [(row, user) for row, user in await session.execute(query)]
