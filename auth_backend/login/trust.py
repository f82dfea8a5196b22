"""Remembered devices: 14 days without second step while factors, password, administrator and address stay (A5)."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from zlib import crc32

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.models import Account, User
from auth_backend.crypto import new_token, token_hash
from auth_backend.login.models import RememberedDevice

REMEMBERED_FOR = timedelta(days=14)
COOKIE_FOR = timedelta(days=90)
"""The browser keeps the token longer than it opens anything: by it the page can say why a code is asked again."""


class AskedAgain(StrEnum):
    """Why a device that was remembered is asked for a code (A5); what is told of it is decided in decision 18."""

    CHANGED = "changed"
    """The user's own factors or password changed, or the device was forgotten: which of these is not told."""
    ADMINISTRATOR = "administrator"
    ADDRESS = "address"
    AGE = "age"


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
    device = await _device_of(session, user, token)
    if device is None or await _lapsed(session, device, user, ip=ip, now=now) is not None:
        return None
    return device


async def why_asked_again(
    session: AsyncSession, user: User, token: str | None, *, ip: str, now: datetime
) -> AskedAgain | None:
    """Why the device that a cookie names shows a code again; None for what never was a device of this user."""
    device = await _device_of(session, user, token)
    return None if device is None else await _lapsed(session, device, user, ip=ip, now=now)


async def _device_of(session: AsyncSession, user: User, token: str | None) -> RememberedDevice | None:
    if not token:
        return None
    query = select(RememberedDevice).where(RememberedDevice.token == token_hash(token))
    device: RememberedDevice | None = await session.scalar(query.where(RememberedDevice.user_id == user.id))
    return device


async def _lapsed(
    session: AsyncSession, device: RememberedDevice, user: User, *, ip: str, now: datetime
) -> AskedAgain | None:
    """What of all that a device is bound to holds no more, the user's own changes first; None while all holds."""
    own = (device.factor_epoch, device.password_epoch) == (user.factor_epoch, user.password_epoch)
    if device.ended_at is not None or not own:
        return AskedAgain.CHANGED
    if device.owner_epoch != await _owner_epoch(session, user):
        return AskedAgain.ADMINISTRATOR
    if device.ip != ip:
        return AskedAgain.ADDRESS
    return AskedAgain.AGE if now >= device.expires_at else None


async def list_remembered(session: AsyncSession, user: User, *, now: datetime) -> Sequence[RememberedDevice]:
    """The devices of a user that would be let in without a code now, wherever they are, the newest first."""
    query = select(RememberedDevice).where(*await _holding(session, user, now=now))
    return (await session.scalars(query.order_by(RememberedDevice.created_at.desc(), RememberedDevice.id))).all()


async def count_remembered(session: AsyncSession, user: User, *, now: datetime) -> int:
    """How many that are."""
    query = select(func.count()).select_from(RememberedDevice).where(*await _holding(session, user, now=now))
    return await session.scalar(query) or 0


async def _holding(session: AsyncSession, user: User, *, now: datetime) -> tuple[ColumnElement[bool], ...]:
    """All that a device is bound to but the address, which shows when it comes."""
    return (
        RememberedDevice.user_id == user.id,
        RememberedDevice.ended_at.is_(None),
        RememberedDevice.expires_at > now,
        RememberedDevice.factor_epoch == user.factor_epoch,
        RememberedDevice.owner_epoch == await _owner_epoch(session, user),
        RememberedDevice.password_epoch == user.password_epoch,
    )


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
