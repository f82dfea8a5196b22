"""Reading roles and teams of the desk."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.desk.models import DeskMember, Team, TeamAccount, TeamMembership


async def get_desk_member(session: AsyncSession, user_id: str) -> DeskMember | None:
    """A user's place at the desk."""
    return await session.get(DeskMember, user_id)


async def get_team(session: AsyncSession, name: str) -> Team | None:
    """A team by its name."""
    team: Team | None = await session.scalar(select(Team).where(Team.name == name))
    return team


async def list_teams_of_user(session: AsyncSession, user_id: str) -> list[str]:
    """Names of the teams that somebody was put into, without the general one."""
    query = select(Team.name).join(TeamMembership, TeamMembership.team_id == Team.id)
    return list(await session.scalars(query.where(TeamMembership.user_id == user_id).order_by(Team.name)))


async def list_teams_of_account(session: AsyncSession, account_id: str) -> list[str]:
    """Names of the teams that serve an account."""
    query = select(Team.name).join(TeamAccount, TeamAccount.team_id == Team.id)
    return list(await session.scalars(query.where(TeamAccount.account_id == account_id).order_by(Team.name)))
