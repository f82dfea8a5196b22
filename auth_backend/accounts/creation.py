"""Making accounts and the people in them."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.models import Account, EnrolmentState, EnrolReason, User, UserKind
from auth_backend.audit.service import record
from auth_backend.audit.tags import Tag
from auth_backend.db import new_id
from auth_backend.keyring import Keyring


async def create_account(session: AsyncSession, keys: Keyring, name: str, *, now: datetime, actor: str) -> Account:
    """An account without people; it gets its owner by `owner_change.change_owner`."""
    account = Account(id=new_id(), name=name, created_at=now)
    session.add(account)
    await session.flush()
    await record(session, keys, Tag.ACCOUNT_CREATED, now=now, actor=actor, account_id=account.id)
    return account


async def create_user(
    session: AsyncSession,
    keys: Keyring,
    *,
    account_id: str | None,
    name: str,
    address: str,
    language: str,
    password_hash: str,
    now: datetime,
    actor: str,
) -> User:
    """A member of an account, in `none`; or, for `account_id` None, somebody of the desk, who has to enrol before
    anything else.

    `address` is normalised and free; the password's rules were judged before it was hashed.
    """
    desk = account_id is None
    user = User(
        id=new_id(),
        account_id=account_id,
        kind=UserKind.DESK if desk else UserKind.MEMBER,
        name=name,
        email=address,
        language=language,
        password_hash=password_hash,
        password_changed_at=now,
        state=EnrolmentState.MUST_ENROL if desk else EnrolmentState.NONE,
        enrol_reason=EnrolReason.ACTIVATION if desk else None,
        created_at=now,
    )
    session.add(user)
    await session.flush()
    data = {"kind": user.kind.value, "state": user.state.value}
    await record(
        session, keys, Tag.USER_CREATED, now=now, actor=actor, user_id=user.id, account_id=account_id, data=data
    )
    return user
