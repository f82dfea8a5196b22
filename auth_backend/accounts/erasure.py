"""What is left of a removed member once nobody can bring them back: an id in the record, and nothing of the person.

Sessions, claims and their like, which still hold addresses of the network or of the mailbox, go when everybody's do
(`pruning.py`).
"""

from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.models import User
from auth_backend.accounts.queries import lock_user
from auth_backend.accounts.removal import BROUGHT_BACK_FOR
from auth_backend.approvals.models import OwnerRequest
from auth_backend.audit.service import record
from auth_backend.audit.tags import Tag
from auth_backend.factors.models import Factor, FactorStatus, Passkey
from auth_backend.recovery_codes.models import RecoveryCode
from auth_backend.resets.models import Reset
from auth_backend.services import Services
from auth_backend.sign_in_data.models import FormerAddress, PendingAddress

GONE = "@gone.invalid"
"""Addresses under `.invalid` lead nowhere, ever (RFC 2606)."""


async def erase_removed_members(services: Services) -> int:
    """One run; a transaction for each person. From then on address and phone number are free for others."""
    before = services.now() - BROUGHT_BACK_FOR
    due = select(User.id).where(User.removed_at <= before, User.erased_at.is_(None)).order_by(User.removed_at)
    async with services.sessions.begin() as session:
        ids = list(await session.scalars(due))
    return sum([await _erase(services, user_id, before) for user_id in ids])


async def _erase(services: Services, user_id: str, before: datetime) -> bool:
    now = services.now()
    async with services.sessions.begin() as session:
        user = await lock_user(session, user_id)
        if user is None or user.erased_at is not None or user.removed_at is None or user.removed_at > before:
            return False
        user.email, user.notice_email, user.name, user.password_hash = f"{user.id}{GONE}", None, "", ""
        user.erased_at = now
        await session.execute(update(Reset).where(Reset.target_id == user.id).values(fact_email=None))
        await session.execute(update(OwnerRequest).where(OwnerRequest.member_id == user.id).values(note=None))
        for addresses in (FormerAddress, PendingAddress):
            await session.execute(delete(addresses).where(addresses.user_id == user.id))
        await _end_factors(session, user.id, now=now)
        await record(
            session,
            services.keys,
            Tag.MEMBER_ERASED,
            now=now,
            actor="system",
            user_id=user.id,
            account_id=user.account_id,
        )
    return True


async def _end_factors(session: AsyncSession, user_id: str, *, now: datetime) -> None:
    """With their user the factors end too; rows that others point at stay, without what they held."""
    mine = select(Factor.id).where(Factor.user_id == user_id)
    await session.execute(delete(Passkey).where(Passkey.factor_id.in_(mine)))
    await session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    await session.execute(
        update(Factor)
        .where(Factor.user_id == user_id)
        .values(status=FactorStatus.REVOKED, revoked_at=now, secret=None, phone=None)
    )
