"""What the chat server may know of the desk's people and teams."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.models import User
from auth_backend.desk.models import GENERAL_TEAM, DeskMember, Team, TeamAccount, TeamMembership
from auth_backend.i18n import supported


async def agent_of(session: AsyncSession, user: User) -> dict[str, Any] | None:
    """The desk user as docs/interfaces.md describes one; None for a user without a place at the desk."""
    member = await session.get(DeskMember, user.id)
    if member is None:
        return None
    query = select(Team.name).join(TeamMembership, TeamMembership.team_id == Team.id)
    names = (await session.scalars(query.where(TeamMembership.user_id == user.id).order_by(Team.name))).all()
    return {
        "id": user.id,
        "name": user.name,
        "role": member.role.value,
        "teams": [GENERAL_TEAM, *(name for name in names if name != GENERAL_TEAM)],
        "lang": supported(user.language) or "en",
    }


async def teams_of_account(session: AsyncSession, account_id: str | None) -> list[str]:
    """The teams that serve an account; the general team for none, and where nobody else does."""
    if account_id is None:
        return [GENERAL_TEAM]
    query = select(Team.name).join(TeamAccount, TeamAccount.team_id == Team.id)
    names = (await session.scalars(query.where(TeamAccount.account_id == account_id).order_by(Team.name))).all()
    return list(names) or [GENERAL_TEAM]
