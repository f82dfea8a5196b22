"""How often codes may be sent, judged and recorded under one lock."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.codes.models import CodePurpose, OneTimeCode
from auth_backend.limits.failures import lock_counter
from auth_backend.limits.models import Sending
from auth_backend.limits.policy import (
    DESTINATION_SENDINGS_AN_HOUR,
    SENDING_PAUSE,
    SENDINGS_AN_HOUR,
    UNUSED_CODES_BEFORE_PASSWORD,
    WINDOW,
    Caller,
)

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class SendingAllowed:
    """The sending was recorded; the next one may follow at `next_at`."""

    next_at: datetime


@dataclass(frozen=True)
class SendingRefused:
    """Not before `until`. `reason`: `pause`, `hourly`, `destination`, `ceiling`, or `password_first`."""

    until: datetime
    reason: str


@dataclass(frozen=True)
class SmsCeilings:
    """How many SMS leave in a day: in all, and to one country."""

    total: int
    per_country: int


async def ask_to_send(
    session: AsyncSession,
    *,
    subject: str,
    channel: str,
    caller: Caller,
    destination: str,
    now: datetime,
    country: str | None = None,
    ceilings: SmsCeilings | None = None,
) -> SendingAllowed | SendingRefused:
    """Judges one sending and, when allowed, records it.

    `destination` is the keyed hash of the address or number, the same for an address that nobody has: known and
    unknown addresses are
    judged alike and cost the same writes. The destination's row is the lock, so that simultaneous asks are judged
    one by one.
    """
    await lock_counter(session, f"destination:{destination}", "send")
    if ceilings is not None:
        await lock_counter(session, "sms", "ceiling")
    refused = await _refusal(session, subject, channel, caller, destination, country, ceilings, now)
    if refused is not None:
        return refused
    session.add(
        Sending(subject=subject, channel=channel, caller=caller.value, destination=destination, country=country, at=now)
    )
    await session.flush()
    return SendingAllowed(now + SENDING_PAUSE)


async def _refusal(
    session: AsyncSession,
    subject: str,
    channel: str,
    caller: Caller,
    destination: str,
    country: str | None,
    ceilings: SmsCeilings | None,
    now: datetime,
) -> SendingRefused | None:
    own = (Sending.subject == subject, Sending.channel == channel, Sending.caller == caller.value)
    mine = list(
        await session.scalars(
            select(Sending.at).where(*own, Sending.at > now - HOUR).order_by(Sending.at.desc()).limit(SENDINGS_AN_HOUR)
        )
    )
    if mine and now < mine[0] + SENDING_PAUSE:
        return SendingRefused(mine[0] + SENDING_PAUSE, "pause")
    if len(mine) >= SENDINGS_AN_HOUR:
        return SendingRefused(mine[-1] + HOUR, "hourly")
    to_destination = list(
        await session.scalars(
            select(Sending.at)
            .where(Sending.destination == destination, Sending.at > now - HOUR)
            .order_by(Sending.at.desc())
            .limit(DESTINATION_SENDINGS_AN_HOUR)
        )
    )
    if len(to_destination) >= DESTINATION_SENDINGS_AN_HOUR:
        return SendingRefused(to_destination[-1] + HOUR, "destination")
    if ceilings is not None and await _ceiling_reached(session, country, ceilings, now):
        return SendingRefused(now + HOUR, "ceiling")
    if caller is Caller.ANONYMOUS and await unused_codes(session, subject, now=now) >= UNUSED_CODES_BEFORE_PASSWORD:
        return SendingRefused(now + WINDOW, "password_first")
    return None


async def _ceiling_reached(session: AsyncSession, country: str | None, ceilings: SmsCeilings, now: datetime) -> bool:
    day = (Sending.channel == "sms", Sending.at > now - WINDOW)
    total = await session.scalar(select(func.count()).select_from(Sending).where(*day)) or 0
    there = await session.scalar(select(func.count()).select_from(Sending).where(*day, Sending.country == country)) or 0
    return total >= ceilings.total or there >= ceilings.per_country


async def unused_codes(session: AsyncSession, subject: str, *, now: datetime) -> int:
    """Reset codes that anonymous callers had sent to `subject` in the last 24 h and that nobody used."""
    return (
        await session.scalar(
            select(func.count())
            .select_from(OneTimeCode)
            .where(
                OneTimeCode.subject == subject,
                OneTimeCode.purpose == CodePurpose.RESET_EMAIL,
                OneTimeCode.caller == Caller.ANONYMOUS.value,
                OneTimeCode.created_at > now - WINDOW,
                OneTimeCode.end_reason.is_distinct_from("used"),
            )
        )
        or 0
    )
