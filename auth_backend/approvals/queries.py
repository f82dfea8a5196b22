"""Reading requests to owners."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.models import User
from auth_backend.approvals.models import Decision, OwnerRequest
from auth_backend.approvals.policy import REQUESTS_WINDOW, EarlierRequests
from auth_backend.resets.models import Reset, ResetState
from auth_backend.resets.states import SAID_YES

SHOWN_FOR = timedelta(days=30)
"""How long the owner's page lists what was decided or ended."""


async def request_of_reset(session: AsyncSession, reset_id: str) -> OwnerRequest | None:
    """The request that was made with a reset."""
    query = select(OwnerRequest).where(OwnerRequest.reset_id == reset_id)
    found: OwnerRequest | None = await session.scalar(query.execution_options(populate_existing=True))
    return found


async def earlier_requests(session: AsyncSession, member_id: str, *, now: datetime) -> EarlierRequests:
    """What the limits on asking are judged by. An approved request that waits is open too."""
    mine = OwnerRequest.member_id == member_id
    still_open = select(OwnerRequest.id).join(Reset, Reset.id == OwnerRequest.reset_id)
    is_open = await session.scalar(still_open.where(mine, Reset.state.in_(SAID_YES)).limit(1))
    counted = select(func.count()).select_from(OwnerRequest).where(mine, OwnerRequest.asked_at > now - REQUESTS_WINDOW)
    refused = select(OwnerRequest.decided_at).where(mine, OwnerRequest.decision == Decision.REFUSED)
    last_no = await session.scalar(refused.order_by(OwnerRequest.decided_at.desc()).limit(1))
    return EarlierRequests(is_open is not None, await session.scalar(counted) or 0, last_no)


async def requests_to(
    session: AsyncSession, owner_id: str, account_id: str, *, now: datetime
) -> Sequence[tuple[OwnerRequest, Reset, User]]:
    """What somebody was asked as the owner of an account, the newest first, with the reset and the member."""
    query = (
        select(OwnerRequest, Reset, User)
        .join(Reset, Reset.id == OwnerRequest.reset_id)
        .join(User, User.id == OwnerRequest.member_id)
        .where(OwnerRequest.owner_id == owner_id, OwnerRequest.account_id == account_id)
        .where(OwnerRequest.asked_at > now - SHOWN_FOR)
        .order_by(OwnerRequest.asked_at.desc(), OwnerRequest.id)
        .execution_options(populate_existing=True)
    )
    return [(asked, reset, member) for asked, reset, member in await session.execute(query)]


async def count_waiting(session: AsyncSession, owner_id: str, *, now: datetime) -> int:
    """How many requests wait for somebody's decision."""
    query = (
        select(func.count())
        .select_from(OwnerRequest)
        .join(Reset, Reset.id == OwnerRequest.reset_id)
        .where(
            OwnerRequest.owner_id == owner_id,
            Reset.state == ResetState.AWAITING_OWNER,
            Reset.owner_may_decide_until > now,
        )
    )
    return await session.scalar(query) or 0
