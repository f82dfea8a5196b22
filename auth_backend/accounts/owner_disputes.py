"""The former owner's way back, for 7 days: a dispute puts the new owner on hold, a proof takes the account back.

The link alone reverses nothing: whoever reads a mailbox must not be able to take an account, just to stop the clock.
"""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.freeze import freeze
from auth_backend.accounts.models import Account, OwnerChange, User
from auth_backend.accounts.owner_change import change_owner
from auth_backend.accounts.queries import lock_account, lock_user
from auth_backend.audit.service import record
from auth_backend.audit.tags import Tag
from auth_backend.crypto import token_hash
from auth_backend.login.change_right import ChangeRefused, lock_for_change
from auth_backend.login.sessions import CurrentSession
from auth_backend.outbox.mails import MailKind
from auth_backend.outbox.notices import notify_user
from auth_backend.services import Services

DISPUTABLE_FOR = timedelta(days=7)


class Disputed(StrEnum):
    """What became of it."""

    DISPUTED = "disputed"
    ALREADY = "already"
    GONE = "gone"


async def change_of_token(session: AsyncSession, token: str | None, *, now: datetime) -> OwnerChange | None:
    """The change that a link disputes, while it can; a used link still shows how it stands."""
    if not token:
        return None
    query = select(OwnerChange).where(
        OwnerChange.dispute_token == token_hash(token), OwnerChange.at > now - DISPUTABLE_FOR
    )
    change: OwnerChange | None = await session.scalar(query.execution_options(populate_existing=True))
    return change


async def dispute(session: AsyncSession, services: Services, token: str | None, *, now: datetime) -> Disputed:
    """Records the dispute once and puts the new owner's changes and decisions on hold for 72 h; both are told."""
    found = await change_of_token(session, token, now=now)
    if found is None:
        return Disputed.GONE
    account = await lock_account(session, found.account_id)
    assert account is not None  # accounts are never deleted
    persons = {person: await lock_user(session, person) for person in sorted({found.former_id, found.owner_id})}
    change = await session.get(OwnerChange, found.id, populate_existing=True)
    former, owner = persons[found.former_id], persons[found.owner_id]
    assert change is not None
    assert former is not None  # users are never deleted
    assert owner is not None
    if change.disputed_at is not None:
        return Disputed.ALREADY
    if account.owner_epoch != change.epoch or account.owner_id != owner.id:
        return Disputed.GONE
    change.disputed_at = now
    freeze(owner, about=change.at, now=now)
    await session.flush()
    for person in (former, owner):
        await notify_user(session, services, person, MailKind.OWNER_DISPUTED, now=now, account=account.name)
    data = {"change": change.id, "owner": owner.id}
    actor = f"user:{former.id}"
    await record(
        session,
        services.keys,
        Tag.ACCOUNT_OWNER_DISPUTED,
        now=now,
        actor=actor,
        user_id=former.id,
        account_id=account.id,
        data=data,
    )
    return Disputed.DISPUTED


async def change_to_take_back(session: AsyncSession, user: User, *, now: datetime) -> OwnerChange | None:
    """The newest change by which this person lost the account, while it stands and can be taken back.

    Never one that the operator made: a person looked at that one, and a person decides about it.
    """
    query = (
        select(OwnerChange)
        .join(Account, Account.id == OwnerChange.account_id)
        .where(
            OwnerChange.former_id == user.id,
            OwnerChange.at > now - DISPUTABLE_FOR,
            OwnerChange.epoch == Account.owner_epoch,
            OwnerChange.actor == f"user:{user.id}",
            OwnerChange.dispute_token.is_not(None),
            OwnerChange.taken_back_at.is_(None),
        )
    )
    change: OwnerChange | None = await session.scalar(query.order_by(OwnerChange.at.desc()).limit(1))
    return change


async def is_disputable(session: AsyncSession, account: Account, *, now: datetime, but_to: str) -> bool:
    """Whether somebody other than `but_to` may still dispute or take back how the account got its present owner.

    A second change would end both ways back: they hold for the owner that a change made, not for the next.
    """
    query = select(OwnerChange.id).where(
        OwnerChange.account_id == account.id,
        OwnerChange.epoch == account.owner_epoch,
        OwnerChange.at > now - DISPUTABLE_FOR,
        OwnerChange.dispute_token.is_not(None),
        OwnerChange.taken_back_at.is_(None),
        OwnerChange.former_id != but_to,
    )
    return await session.scalar(query.limit(1)) is not None


async def take_back(
    session: AsyncSession, services: Services, current: CurrentSession, *, now: datetime
) -> bool | ChangeRefused:
    """Gives the account back to the former owner, who shows the password and a factor that are older than the change.

    The password is this sign-in's: it is older when it was not changed since. False: nothing to take back, or what was
    shown is not older.
    """
    found = await change_to_take_back(session, current.user, now=now)
    if found is None:
        return False
    await lock_account(session, found.account_id)
    for person in sorted({found.former_id, found.owner_id}):
        await lock_user(session, person)
    live = await lock_for_change(session, current, contact=True, now=now)
    if isinstance(live, ChangeRefused):
        return live
    change = await change_to_take_back(session, live.user, now=now)
    shown_since = live.row.shown_since
    older = shown_since is not None and change is not None and shown_since < change.at
    if change is None or not older or live.user.password_changed_at >= change.at:
        return False
    change.taken_back_at = now
    await session.flush()
    return await change_owner(
        session,
        services,
        account_id=change.account_id,
        user_id=live.user.id,
        now=now,
        actor=f"user:{live.user.id}",
        disputable=False,
    )
