"""Remembered devices: 14 days without second step while factors, password, administrator and address stay (A5)."""

from datetime import datetime, timedelta
from zlib import crc32

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.models import Account, User
from auth_backend.crypto import new_token, token_hash
from auth_backend.login.models import RememberedDevice

REMEMBERED_FOR = timedelta(days=14)


async def remember_device(session: AsyncSession, user: User, *, ip: str, now: datetime) -> str:
    """Remembers a device that just showed app or SMS; returns the token for its cookie. `user` is locked."""
    token = new_token()
    session.add(
        RememberedDevice(
            token=token_hash(token),
            user_id=user.id,
            factor_epoch=user.factor_epoch,
            owner_epoch=await _owner_epoch(session, user),
            password_epoch=user.password_epoch,
            ip=ip,
            created_at=now,
            expires_at=now + REMEMBERED_FOR,
        )
    )
    await session.flush()
    return token


async def remembered_device(
    session: AsyncSession, user: User, token: str | None, *, ip: str, now: datetime
) -> RememberedDevice | None:
    """The device that a cookie names, if everything it was bound to still holds for this locked user; else None."""
    if not token:
        return None
    device = await session.scalar(
        select(RememberedDevice).where(RememberedDevice.token == token_hash(token), RememberedDevice.user_id == user.id)
    )
    if device is None or device.ended_at is not None or now >= device.expires_at:
        return None
    bound_to = (device.factor_epoch, device.owner_epoch, device.password_epoch, device.ip)
    holds = bound_to == (user.factor_epoch, await _owner_epoch(session, user), user.password_epoch, ip)
    return device if holds else None


async def count_remembered(session: AsyncSession, user: User, *, now: datetime) -> int:
    """How many devices of a user would be let in without a code now, wherever they are."""
    query = select(func.count()).where(
        RememberedDevice.user_id == user.id,
        RememberedDevice.ended_at.is_(None),
        RememberedDevice.expires_at > now,
        RememberedDevice.factor_epoch == user.factor_epoch,
        RememberedDevice.owner_epoch == await _owner_epoch(session, user),
        RememberedDevice.password_epoch == user.password_epoch,
    )
    return await session.scalar(query) or 0


async def _owner_epoch(session: AsyncSession, user: User) -> int:
    """A fingerprint of the account's administrator: who it is, and the data by which that person signs in (A5).

    Whatever is modified there, by a change of owner or of the owner's address, password or factors, every device of the
    account is asked for a code again. 31 bits are enough: it only notices changes, nobody gains by a collision.
    """
    if user.account_id is None:
        return 0
    query = select(Account.owner_epoch, User.id, User.email, User.password_epoch, User.factor_epoch)
    query = query.join(User, User.id == Account.owner_id).where(Account.id == user.account_id)
    administrator = (await session.execute(query)).one_or_none()
    return 0 if administrator is None else crc32(repr(tuple(administrator)).encode()) & 0x7FFFFFFF
