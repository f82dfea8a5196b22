"""The owner removes a member, and for 7 days may bring that person back; then what is left of them is erased.

A removed member signs in nowhere, and is an unknown address to everybody who asks. Their factors are not revoked, for
no owner may do that: they wait with the person, so the number stays theirs until both are gone (decision 19).
"""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.freeze import frozen
from auth_backend.accounts.models import Account, User
from auth_backend.accounts.owned_member import NotOwned, OwnedMember, lock_owned_member
from auth_backend.accounts.owner_disputes import is_disputable
from auth_backend.audit.service import record
from auth_backend.audit.tags import Tag
from auth_backend.codes.accept import burn_codes
from auth_backend.factors.queries import forget_browsers, forget_devices
from auth_backend.forgotten_password.requests import end_requests
from auth_backend.login.change_right import ChangeRefused
from auth_backend.login.sessions import CurrentSession, end_sessions
from auth_backend.outbox.mails import MailKind
from auth_backend.outbox.notices import notify_user
from auth_backend.resets.superseding import end_open_resets
from auth_backend.services import Services

BROUGHT_BACK_FOR = timedelta(days=7)


class Removed(StrEnum):
    """What became of it."""

    REMOVED = "removed"
    BROUGHT_BACK = "brought_back"
    ON_HOLD = "on_hold"
    TOO_SOON = "removed_too_soon"
    """Somebody may still dispute how this owner became it: nobody who could is put out of the door meanwhile."""
    TOO_LATE = "too_late"


async def remove_member(
    session: AsyncSession, services: Services, current: CurrentSession, member_id: str, *, now: datetime
) -> Removed | NotOwned | ChangeRefused:
    """Ends everything that the person has open; both are told by mail."""
    owned = await lock_owned_member(session, current, member_id, now=now)
    if not isinstance(owned, OwnedMember):
        return owned
    member, account, owner = owned.member, owned.account, owned.live.user
    if await is_disputable(session, account, now=now, but_to=owner.id):
        return Removed.TOO_SOON
    if frozen(member, now=now) is not None:
        return Removed.ON_HOLD
    member.removed_at = now
    await end_sessions(session, member.id, now=now, reason="removed")
    await forget_devices(session, member.id, now=now)
    await forget_browsers(session, member.id)
    await burn_codes(session, user_id=member.id, now=now)
    await end_requests(session, member.id, "removed", now=now)
    until = now + BROUGHT_BACK_FOR
    await notify_user(session, services, member, MailKind.MEMBER_REMOVED, now=now, account=account.name, until=until)
    await _tell_owner(session, services, owner, member, account, removed=True, now=now)
    await end_open_resets(session, services, member, by="removed", actor=f"user:{owner.id}", now=now)
    await _record(session, services, Tag.MEMBER_REMOVED, owner, member, account, now=now)
    return Removed.REMOVED


async def bring_back(
    session: AsyncSession, services: Services, current: CurrentSession, member_id: str, *, now: datetime
) -> Removed | NotOwned | ChangeRefused:
    """The person is a member again, with the password and factors of before; no browser and no device is known."""
    owned = await lock_owned_member(session, current, member_id, removed=True, now=now)
    if not isinstance(owned, OwnedMember):
        return owned
    member, account, owner = owned.member, owned.account, owned.live.user
    if member.removed_at is None or now >= member.removed_at + BROUGHT_BACK_FOR:
        return Removed.TOO_LATE
    member.removed_at = None
    await notify_user(session, services, member, MailKind.MEMBER_BACK, now=now, account=account.name)
    await _tell_owner(session, services, owner, member, account, removed=False, now=now)
    await _record(session, services, Tag.MEMBER_BROUGHT_BACK, owner, member, account, now=now)
    return Removed.BROUGHT_BACK


async def list_removed(session: AsyncSession, account_id: str, *, now: datetime) -> list[User]:
    """Who was removed from an account and may still come back, the newest first."""
    query = select(User).where(User.account_id == account_id, User.removed_at > now - BROUGHT_BACK_FOR)
    return list(await session.scalars(query.order_by(User.removed_at.desc(), User.id)))


async def _tell_owner(
    session: AsyncSession,
    services: Services,
    owner: User,
    member: User,
    account: Account,
    *,
    removed: bool,
    now: datetime,
) -> None:
    await notify_user(
        session,
        services,
        owner,
        MailKind.MEMBERS_CHANGED,
        now=now,
        account=account.name,
        member=member.name,
        member_address=member.email,
        was_removed=removed,
    )


async def _record(
    session: AsyncSession, services: Services, tag: Tag, owner: User, member: User, account: Account, *, now: datetime
) -> None:
    actor = f"user:{owner.id}"
    await record(session, services.keys, tag, now=now, actor=actor, user_id=member.id, account_id=account.id, data={})
