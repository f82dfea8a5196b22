"""How often codes may be sent, judged and recorded under one lock."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.codes.models import CodePurpose, OneTimeCode
from auth_backend.limits.destinations import Destination
from auth_backend.limits.failures import lock_counter
from auth_backend.limits.models import FailureCounter, Sending
from auth_backend.limits.policy import (
    SENDING_PAUSE,
    SENDINGS_AN_HOUR,
    UNUSED_CODES_BEFORE_PASSWORD,
    WINDOW,
    Caller,
)

HOUR = timedelta(hours=1)
HELD_FOR = HOUR
"""How long pages tell that SMS are held back; the ceilings themselves look back 24 h, so room comes by and by."""


ANSWERED_BY = {"email": CodePurpose.RESET_EMAIL, "forgotten_password": CodePurpose.FORGOTTEN_EMAIL}
"""Channels by which callers who have proven nothing have codes mailed to an address that they name."""


@dataclass(frozen=True)
class SendingAllowed:
    """The sending was recorded; the next one may follow at `next_at`."""

    next_at: datetime


@dataclass(frozen=True)
class SendingRefused:
    """Not before `until`. `reason`: `pause`, `hourly`, `destination`, or `password_first`."""

    until: datetime
    reason: str


@dataclass(frozen=True)
class SendingHeld:
    """The sending was counted like an allowed one, but nothing may leave: a ceiling of SMS is reached.

    `scope` is the country's code or `all`; `first` says that this is the first one in an hour, which the operator is
    told of.
    """

    next_at: datetime
    until: datetime
    scope: str
    first: bool


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
    destination: Destination,
    now: datetime,
    country: str | None = None,
    ceilings: SmsCeilings | None = None,
) -> SendingAllowed | SendingRefused | SendingHeld:
    """Judges one sending and, when allowed, records it.

    `destination` is made of the address or number, the same for an address that nobody has: known and unknown
    addresses are judged alike and cost the same writes. The destination's row is the lock, so that simultaneous asks
    are judged one by one. What a ceiling holds back is counted as if it had left: at the second step nobody may learn
    from the answer whether an SMS was due at all.
    """
    await lock_counter(session, f"destination:{destination.key}", "send")
    if ceilings is not None:
        await lock_counter(session, "sms", "ceiling")
    refused = await _refusal(session, subject, channel, caller, destination, now)
    if refused is not None:
        return refused
    scope = await _ceiling_reached(session, country, ceilings, now) if ceilings is not None else None
    sending = Sending(
        subject=subject,
        channel=channel,
        caller=caller.value,
        destination=destination.key,
        country=country,
        held=scope is not None,
        at=now,
    )
    session.add(sending)
    await session.flush()
    if scope is None:
        return SendingAllowed(now + SENDING_PAUSE)
    first = await _first_held(session, scope, now=now)
    return SendingHeld(now + SENDING_PAUSE, now + HELD_FOR, scope, first)


async def note_unasked_sms(session: AsyncSession, *, destination: str, country: str, now: datetime) -> None:
    """Counts an SMS that nobody asked for (a notice) towards the ceilings; a notice itself is never held back."""
    session.add(
        Sending(
            subject="notice",
            channel="sms",
            caller="notice",
            destination=destination,
            country=country,
            held=False,
            at=now,
        )
    )
    await session.flush()


async def sms_held_until(session: AsyncSession, *, now: datetime) -> datetime | None:
    """Until when some SMS are held back, if any are: what every second step tells everybody alike."""
    row = await session.get(FailureCounter, ("sms", "ceiling"), populate_existing=True)
    return row.blocked_until if row and row.blocked_until and now < row.blocked_until else None


async def _first_held(session: AsyncSession, scope: str, *, now: datetime) -> bool:
    """Whether this is the scope's first held SMS in an hour; the pages tell of it for that long."""
    whole = await lock_counter(session, "sms", "ceiling")
    whole.blocked_until = now + HELD_FOR
    row = await lock_counter(session, f"sms:{scope}", "ceiling")
    first = row.blocked_until is None or row.blocked_until <= now
    if first:
        row.blocked_until = now + HELD_FOR
    await session.flush()
    return first


async def _refusal(
    session: AsyncSession,
    subject: str,
    channel: str,
    caller: Caller,
    destination: Destination,
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
            .where(Sending.destination == destination.key, Sending.at > now - HOUR)
            .order_by(Sending.at.desc())
            .limit(destination.an_hour)
        )
    )
    if len(to_destination) >= destination.an_hour:
        return SendingRefused(to_destination[-1] + HOUR, "destination")
    if caller is Caller.ANONYMOUS and channel in ANSWERED_BY:
        unused = await unused_codes(session, subject, ANSWERED_BY[channel], now=now)
        if len(unused) >= UNUSED_CODES_BEFORE_PASSWORD:
            return SendingRefused(unused[-1] + WINDOW, "password_first")
    return None


async def _ceiling_reached(
    session: AsyncSession, country: str | None, ceilings: SmsCeilings, now: datetime
) -> str | None:
    """Which ceiling holds this SMS back: a country's code, `all`, or none."""
    day = (Sending.channel == "sms", Sending.held.is_(False), Sending.at > now - WINDOW)
    total = await session.scalar(select(func.count()).select_from(Sending).where(*day)) or 0
    there = await session.scalar(select(func.count()).select_from(Sending).where(*day, Sending.country == country)) or 0
    if there >= ceilings.per_country:
        return country or "ZZ"
    return "all" if total >= ceilings.total else None


async def unused_codes(session: AsyncSession, subject: str, purpose: CodePurpose, *, now: datetime) -> list[datetime]:
    """When the newest codes were made that anonymous callers had sent to `subject` in the last
    24 h and that nobody used; the newest first, no more than matter.
    """
    query = select(OneTimeCode.created_at).where(
        OneTimeCode.subject == subject,
        OneTimeCode.purpose == purpose,
        OneTimeCode.caller == Caller.ANONYMOUS.value,
        OneTimeCode.created_at > now - WINDOW,
        OneTimeCode.end_reason.is_distinct_from("used"),
    )
    newest = query.order_by(OneTimeCode.created_at.desc()).limit(UNUSED_CODES_BEFORE_PASSWORD)
    return list(await session.scalars(newest))
