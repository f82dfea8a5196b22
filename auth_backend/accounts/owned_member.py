"""Another member of the account that somebody owns, locked for a change under step-up."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.models import Account, User
from auth_backend.accounts.queries import get_user, lock_account, lock_user
from auth_backend.login.change_right import ChangeRefused, lock_for_change
from auth_backend.login.sessions import CurrentSession


class NotOwned(StrEnum):
    """Why it is not theirs to decide."""

    NOT_OWNER = "not_owner"
    NOT_A_MEMBER = "not_a_member"


@dataclass(frozen=True)
class OwnedMember:
    """All three as they are now, locked until commit."""

    account: Account
    member: User
    live: CurrentSession


async def lock_owned_member(
    session: AsyncSession,
    current: CurrentSession,
    member_id: str,
    *,
    removed: bool = False,
    contact: bool = False,
    now: datetime,
) -> OwnedMember | NotOwned | ChangeRefused:
    """The member, if the person behind the session owns the account and may change sign-in data now.

    Never the owner's own row, so that no account is left without one. `removed`: somebody who was removed is meant, and
    nobody else. Locks in the order of `change_owner`: the account, then persons by id.
    """
    found = await get_user(session, member_id)
    if found is None or found.account_id is None or found.account_id != current.user.account_id:
        return NotOwned.NOT_A_MEMBER
    account = await lock_account(session, found.account_id)
    for person in sorted({current.user.id, found.id}):
        await lock_user(session, person)
    live = await lock_for_change(session, current, contact=contact, now=now)
    if isinstance(live, ChangeRefused):
        return live
    if account is None or account.owner_id != live.user.id or found.id == live.user.id:
        return NotOwned.NOT_OWNER
    if (found.removed_at is not None) is not removed or found.erased_at is not None:
        return NotOwned.NOT_A_MEMBER
    return OwnedMember(account, found, live)
