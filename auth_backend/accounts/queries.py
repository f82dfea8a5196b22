"""Reading accounts and users."""

from sqlalchemy import Select, select
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.models import Account, User, UserKind

NOBODY = "nobody"
"""An id that no user has: who has found nobody goes on with it, so that the number of statements tells nothing."""


async def get_user(session: AsyncSession, user_id: str) -> User | None:
    """A user by id."""
    return await session.get(User, user_id)


async def get_user_by_email(session: AsyncSession, address: str) -> User | None:
    """A user by the normalised address. Who was removed is nobody, to everybody who asks by address."""
    return await session.scalar(select(User).where(User.email == address, User.removed_at.is_(None)))


async def lock_user(session: AsyncSession, user_id: str) -> User | None:
    """A user as the row is now, locked until the transaction ends.

    The one lock for factors, enrolment, resets and sessions.
    """
    return await session.scalar(locking(select(User).where(User.id == user_id)))


async def lock_account(session: AsyncSession, account_id: str) -> Account | None:
    """An account as the row is now, locked until the transaction ends. Accounts are locked before their people."""
    return await session.scalar(locking(select(Account).where(Account.id == account_id)))


def locking[T](query: Select[T]) -> Select[T]:
    """The same query, locking what it finds and reading it anew.

    On Postgres `FOR NO KEY UPDATE`: one holder at a time, but rows that point to the locked one are written meanwhile.
    `FOR UPDATE` would hold those up too, and deadlock with whoever writes them and waits for another lock.
    """
    return query.with_for_update(key_share=True).execution_options(populate_existing=True)


async def lock_member_by_email(session: AsyncSession, address: str) -> User | None:
    """The member who signs in with a normalised address, locked: whose codes anybody may ask for.

    Desk users look like nobody; the operator sets their passwords. The statements are the same for everybody.
    """
    user_id = await session.scalar(select(User.id).where(User.email == address))
    user = await lock_user(session, user_id or NOBODY)
    if user is None or user.kind is not UserKind.MEMBER or user.email != address or user.removed_at is not None:
        return None
    return user


async def get_account(session: AsyncSession, account_id: str) -> Account | None:
    """An account by id."""
    return await session.get(Account, account_id)


async def owner_of(session: AsyncSession, account_id: str) -> User | None:
    """Who owns an account now."""
    return await session.scalar(select(User).join(Account, Account.owner_id == User.id).where(Account.id == account_id))


async def list_members(session: AsyncSession, account_id: str) -> list[User]:
    """The people of an account, by name."""
    query = select(User).where(User.account_id == account_id, User.removed_at.is_(None))
    return list(await session.scalars(query.order_by(User.name, User.id)))
