"""The owner makes another member the owner, on the Members page."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.freeze import frozen
from auth_backend.accounts.models import Account, EnrolmentState, User
from auth_backend.accounts.owned_member import NotOwned, OwnedMember, lock_owned_member
from auth_backend.accounts.owner_change import change_owner
from auth_backend.accounts.owner_disputes import is_disputable
from auth_backend.login.change_right import ChangeRefused
from auth_backend.login.sessions import CurrentSession
from auth_backend.services import Services


class HandedOver(StrEnum):
    """What became of it."""

    HANDED_OVER = "handed_over"
    UNPROTECTED = "unprotected"
    """The other person has no second factor: an account is not handed to a password alone."""
    ON_HOLD = "on_hold"
    TOO_SOON = "too_soon"
    """The former owner may still dispute how this one became the owner: nobody hands on what may have to go back."""


async def hand_over(
    session: AsyncSession, services: Services, current: CurrentSession, member_id: str, *, now: datetime
) -> HandedOver | NotOwned | ChangeRefused:
    """Changes the owner, if the person behind the session owns the account and may change sign-in data now."""
    owned = await lock_owned_member(session, current, member_id, contact=True, now=now)
    if not isinstance(owned, OwnedMember):
        return owned
    account, member = owned.account, owned.member
    obstacle = await _obstacle(session, account, member, now=now)
    if obstacle is not None:
        return obstacle
    await change_owner(
        session, services, account_id=account.id, user_id=member.id, now=now, actor=f"user:{owned.live.user.id}"
    )
    return HandedOver.HANDED_OVER


async def _obstacle(session: AsyncSession, account: Account, member: User, *, now: datetime) -> HandedOver | None:
    """Why this member can't become the owner now."""
    if await is_disputable(session, account, now=now, but_to=member.id):
        return HandedOver.TOO_SOON
    if member.state is not EnrolmentState.ENROLLED:
        return HandedOver.UNPROTECTED
    return HandedOver.ON_HOLD if frozen(member, now=now) is not None else None
