"""Addresses that were registered until lately: who hears of everything there, and who alone may have them."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select, union_all
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.models import User
from auth_backend.crypto import token_hash
from auth_backend.sign_in_data.models import FormerAddress

DISPUTABLE_FOR = timedelta(days=14)
KEPT = "kept"


def is_disputable(row: FormerAddress, *, now: datetime) -> bool:
    """Whether the link of the address that was left can still dispute the change. Pure."""
    return row.link_used_at is None and _is_unsettled(row, now=now)


def is_reportable(row: FormerAddress, *, now: datetime) -> bool:
    """Whether "this was not me" from another channel can dispute the change. Pure."""
    return row.disputed_at is None and _is_unsettled(row, now=now)


def _is_unsettled(row: FormerAddress, *, now: datetime) -> bool:
    return row.ended_at is None and now < row.at + DISPUTABLE_FOR


async def former_addresses(session: AsyncSession, user_id: str, *, now: datetime) -> Sequence[str]:
    """Where notices of a user go beside the addresses on file, the newest first."""
    query = select(FormerAddress.address).where(FormerAddress.user_id == user_id, _counts(now))
    return (await session.scalars(query.order_by(FormerAddress.at.desc(), FormerAddress.id))).all()


async def holder_of_address(
    session: AsyncSession, address: str, *, besides: str | None = None, now: datetime
) -> str | None:
    """The id of the user, other than `besides`, whose registered address this is, or was until lately.

    Also a removed member's, until nobody can bring that person back.
    """
    registered = select(User.id).where(User.email == address, User.id != (besides or ""))
    holder: str | None = await session.scalar(registered)
    if holder is not None:
        return holder
    former = select(FormerAddress.user_id).where(FormerAddress.address == address, _counts(now))
    return await session.scalar(former.where(FormerAddress.user_id != (besides or "")).limit(1))


async def former_of_token(session: AsyncSession, token: str | None) -> FormerAddress | None:
    """The change that a link disputes, whatever became of it."""
    if not token:
        return None
    query = select(FormerAddress).where(FormerAddress.dispute_token == token_hash(token))
    row: FormerAddress | None = await session.scalar(query.execution_options(populate_existing=True))
    return row


async def change_at(session: AsyncSession, user_id: str, at: datetime) -> FormerAddress | None:
    """The change that a notice of a locked user told."""
    query = select(FormerAddress).where(FormerAddress.user_id == user_id, FormerAddress.at == at)
    row: FormerAddress | None = await session.scalar(query.execution_options(populate_existing=True))
    return row


async def unsettled_changes(session: AsyncSession, user_id: str, *, now: datetime) -> Sequence[FormerAddress]:
    """The changes of a user's address that may still be taken back, oldest first."""
    query = select(FormerAddress).where(
        FormerAddress.user_id == user_id, FormerAddress.ended_at.is_(None), _counts(now)
    )
    ordered = query.order_by(FormerAddress.at, FormerAddress.id).execution_options(populate_existing=True)
    return (await session.scalars(ordered)).all()


async def kept_change(session: AsyncSession, user_id: str, *, now: datetime) -> FormerAddress | None:
    """The newest change of a user's address that was settled as right, while a person can still take it back."""
    query = select(FormerAddress).where(
        FormerAddress.user_id == user_id, FormerAddress.end_reason == KEPT, FormerAddress.at > now - DISPUTABLE_FOR
    )
    newest = query.order_by(FormerAddress.at.desc(), FormerAddress.id).limit(1)
    row: FormerAddress | None = await session.scalar(newest.execution_options(populate_existing=True))
    return row


def signs_in_with(address: str) -> ColumnElement[bool]:
    """The user whom a typed address means at sign-in.

    While a change is disputed that is its old address too, for who wants it back doesn't know the new one. It only says
    who: password and second factor are asked as ever.
    """
    registered = select(User.id).where(User.email == address)
    disputed = select(FormerAddress.user_id).where(
        FormerAddress.address == address, FormerAddress.disputed_at.is_not(None), FormerAddress.ended_at.is_(None)
    )
    return and_(User.id.in_(union_all(registered, disputed)), User.removed_at.is_(None))


def _counts(now: datetime) -> ColumnElement[bool]:
    """Left less than 14 days ago and not put back, or disputed and not settled, however long ago."""
    lately = and_(
        FormerAddress.at > now - DISPUTABLE_FOR, or_(FormerAddress.ended_at.is_(None), FormerAddress.end_reason == KEPT)
    )
    return or_(lately, and_(FormerAddress.disputed_at.is_not(None), FormerAddress.ended_at.is_(None)))
