"""The owner makes another member the owner, on the Members page."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.freeze import frozen
from auth_backend.accounts.models import Account, EnrolmentState, User
from auth_backend.accounts.owner_change import change_owner
from auth_backend.accounts.owner_disputes import is_disputable
from auth_backend.accounts.queries import get_user, lock_user
from auth_backend.login.change_right import ChangeRefused, lock_for_change
from auth_backend.login.sessions import CurrentSession
from auth_backend.services import Services


class HandedOver(StrEnum):
    """What became of it."""

    HANDED_OVER = "handed_over"
    NOT_OWNER = "not_owner"
    NOT_A_MEMBER = "not_a_member"
    UNPROTECTED = "unprotected"
    """The other person has no second factor: an account is not handed to a password alone."""
    ON_HOLD = "on_hold"
    TOO_SOON = "too_soon"
    """The former owner may still dispute how this one became the owner: nobody hands on what may have to go back."""


async def hand_over(
    session: AsyncSession, services: Services, current: CurrentSession, member_id: str, *, now: datetime
) -> HandedOver | ChangeRefused:
    """Changes the owner, if the person behind the session owns the account and may change sign-in data now."""
    member = await get_user(session, member_id)
    if member is None or member.account_id is None or member.account_id != current.user.account_id:
        return HandedOver.NOT_A_MEMBER
    # The order of `change_owner`: the account, then persons by id.
    query = select(Account).where(Account.id == member.account_id).with_for_update()
    account = await session.scalar(query.execution_options(populate_existing=True))
    for person in sorted({current.user.id, member.id}):
        await lock_user(session, person)
    live = await lock_for_change(session, current, contact=True, now=now)
    if isinstance(live, ChangeRefused):
        return live
    if account is None or account.owner_id != live.user.id or member.id == live.user.id:
        return HandedOver.NOT_OWNER
    obstacle = await _obstacle(session, account, member, now=now)
    if obstacle is not None:
        return obstacle
    await change_owner(
        session, services, account_id=account.id, user_id=member.id, now=now, actor=f"user:{live.user.id}"
    )
    return HandedOver.HANDED_OVER


async def _obstacle(session: AsyncSession, account: Account, member: User, *, now: datetime) -> HandedOver | None:
    """Why this member can't become the owner now."""
    if await is_disputable(session, account, now=now, but_to=member.id):
        return HandedOver.TOO_SOON
    if member.state is not EnrolmentState.ENROLLED:
        return HandedOver.UNPROTECTED
    return HandedOver.ON_HOLD if frozen(member, now=now) is not None else None
