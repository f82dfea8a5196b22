"""The owner gives a member another name: how the Members page and notices call that person."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.freeze import frozen
from auth_backend.accounts.owned_member import NotOwned, OwnedMember, lock_owned_member
from auth_backend.audit.service import record
from auth_backend.audit.tags import Tag
from auth_backend.login.change_right import ChangeRefused
from auth_backend.login.sessions import CurrentSession
from auth_backend.services import Services


class Renamed(StrEnum):
    """What became of it."""

    RENAMED = "renamed"
    ON_HOLD = "on_hold"


async def rename_member(
    session: AsyncSession, services: Services, current: CurrentSession, member_id: str, name: str, *, now: datetime
) -> Renamed | NotOwned | ChangeRefused:
    """`name` is one line (accounts/names.py). The same name again changes nothing. Names stay out of the record."""
    owned = await lock_owned_member(session, current, member_id, now=now)
    if not isinstance(owned, OwnedMember):
        return owned
    member = owned.member
    if frozen(member, now=now) is not None:
        return Renamed.ON_HOLD
    if member.name != name:
        member.name = name
        await record(
            session,
            services.keys,
            Tag.MEMBER_RENAMED,
            now=now,
            actor=f"user:{owned.live.user.id}",
            user_id=member.id,
            account_id=owned.account.id,
        )
    return Renamed.RENAMED
