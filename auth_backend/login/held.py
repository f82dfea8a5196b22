"""A sign-in with a second factor while a reset waits is held until its user has said whether the reset was theirs."""

from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.models import User
from auth_backend.login.models import SessionLevel
from auth_backend.resets.models import ResetState
from auth_backend.resets.queries import list_open_resets

SCHEDULED = frozenset({ResetState.SCHEDULED})


async def level_after(session: AsyncSession, user: User, before: SessionLevel | None) -> SessionLevel:
    """What a second factor other than a mailed code opens for a locked user: `full`, or `held` while a reset waits.

    `before`: the level until now. Whoever is in already is not held; the banner tells them.
    """
    if before is SessionLevel.FULL or not await list_open_resets(session, user.id, SCHEDULED):
        return SessionLevel.FULL
    return SessionLevel.HELD
