"""The questions that passkeys answer: random, stored here, for one session and purpose, five minutes, once."""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.factors.base import Challenge
from auth_backend.factors.models import PasskeyChallenge

LIVES_FOR = timedelta(minutes=5)


async def issue_challenge(session: AsyncSession, asked: Challenge, challenge: bytes, *, now: datetime) -> None:
    """Stores a fresh `challenge` for the (locked) user's session and purpose; an older one ends."""
    await session.execute(
        delete(PasskeyChallenge).where(
            PasskeyChallenge.user_id == asked.user.id,
            (PasskeyChallenge.expires_at <= now)
            | ((PasskeyChallenge.binding == asked.binding) & (PasskeyChallenge.purpose == asked.occasion.value)),
        )
    )
    session.add(
        PasskeyChallenge(
            binding=asked.binding,
            purpose=asked.occasion.value,
            user_id=asked.user.id,
            challenge=challenge,
            expires_at=now + LIVES_FOR,
        )
    )
    await session.flush()


async def take_challenge(session: AsyncSession, asked: Challenge, *, now: datetime) -> bytes | None:
    """Takes away what this session was asked for this purpose; of many racers one gets it. None when it is too old."""
    taken = await session.execute(
        delete(PasskeyChallenge)
        .where(
            PasskeyChallenge.binding == asked.binding,
            PasskeyChallenge.purpose == asked.occasion.value,
            PasskeyChallenge.user_id == asked.user.id,
        )
        .returning(PasskeyChallenge.challenge, PasskeyChallenge.expires_at)
    )
    row = taken.one_or_none()
    return row.challenge if row is not None and now < row.expires_at else None
