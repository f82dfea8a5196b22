"""The short name of a reset or a notice, for people to quote; it opens nothing."""

import secrets

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.resets.models import Reset

REFERENCE_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""No letters that are taken for others on the telephone or on paper."""
REFERENCE_LENGTH = 6


def draw_reference() -> str:
    """A short name for people to quote. Used alone it stops nothing."""
    return "".join(secrets.choice(REFERENCE_LETTERS) for _ in range(REFERENCE_LENGTH))


async def new_reference(session: AsyncSession) -> str:
    """One that no reset has."""
    while True:
        reference = draw_reference()
        if await session.scalar(select(Reset.id).where(Reset.reference == reference)) is None:
            return reference
