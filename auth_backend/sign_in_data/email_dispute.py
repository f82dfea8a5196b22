"""Who reads an address that was left stops the change, once, for 14 days; the link alone brings nothing back.

Whoever reads a mailbox must not be able to take a sign-in, just to stop the clock: factors bound since are suspended,
changes are on hold, no mailed code counts. Which address is the right one is shown by password and an older factor
(`email_answer.py`), or decided by the operator.
"""

from datetime import datetime
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.queries import lock_user
from auth_backend.resets.not_me.dispute import stop
from auth_backend.services import Services
from auth_backend.sign_in_data.former_addresses import former_of_token, is_disputable
from auth_backend.sign_in_data.models import FormerAddress


class Disputed(StrEnum):
    """What became of the press."""

    DISPUTED = "disputed"
    ALREADY = "already"
    GONE = "gone"


async def dispute_change(session: AsyncSession, services: Services, token: str | None, *, now: datetime) -> Disputed:
    """Disputes the change that a link is about. Sixteen presses at once are one."""
    found = await former_of_token(session, token)
    if found is None:
        return Disputed.GONE
    user = await lock_user(session, found.user_id)
    row = await session.get(FormerAddress, found.id, populate_existing=True)
    assert user is not None  # users are never deleted
    assert row is not None
    if user.removed_at is not None:
        return Disputed.GONE
    if not is_disputable(row, now=now):
        return Disputed.ALREADY if row.disputed_at is not None else Disputed.GONE
    row.link_used_at = now
    await stop(
        session,
        services,
        user,
        None,
        about=row.at,
        ends_right=False,
        reference=row.reference,
        by="link",
        address=row,
        now=now,
    )
    return Disputed.DISPUTED
