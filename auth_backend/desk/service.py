"""Who may sit at the desk, and which teams a conversation is for."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.models import User, UserKind
from auth_backend.audit.service import record
from auth_backend.audit.tags import Tag
from auth_backend.db import insert_if_absent, new_id
from auth_backend.desk.models import GENERAL_TEAM, DeskMember, DeskRole, Team, TeamAccount, TeamMembership
from auth_backend.desk.queries import get_desk_member, get_team, list_teams_of_account, list_teams_of_user
from auth_backend.keyring import Keyring
from auth_backend.login.models import SessionLevel


@dataclass(frozen=True)
class DeskAgent:
    """Somebody who may take conversations over. `teams` begins with the general one, which everybody belongs to."""

    id: str
    name: str
    role: DeskRole
    teams: tuple[str, ...]
    lang: str

    def as_json(self) -> dict[str, object]:
        """The shape of `desk/agent` in docs/interfaces.md."""
        return {
            "id": self.id,
            "name": self.name,
            "role": self.role.value,
            "teams": list(self.teams),
            "lang": self.lang,
        }


async def desk_agent(session: AsyncSession, user: User, level: SessionLevel) -> DeskAgent | None:
    """The agent that a session opens the desk for; None unless it is a desk user's `full` one."""
    if user.kind is not UserKind.DESK or level is not SessionLevel.FULL:
        return None
    member = await get_desk_member(session, user.id)
    if member is None:
        return None
    teams = await list_teams_of_user(session, user.id)
    return DeskAgent(user.id, user.name, member.role, (GENERAL_TEAM, *teams), user.language)


async def teams_for_account(session: AsyncSession, account_id: str) -> list[str]:
    """The teams that serve an account.

    The general one when none does, so that nobody waits for a team that isn't there.
    """
    return await list_teams_of_account(session, account_id) or [GENERAL_TEAM]


async def place_at_desk(
    session: AsyncSession,
    keys: Keyring,
    user: User,
    *,
    role: DeskRole,
    team: str,
    accounts: Collection[str] = (),
    now: datetime,
    actor: str,
) -> None:
    """Gives a desk user a role and a team, which is made if it is new and from now on serves `accounts` (ids) too."""
    session.add(DeskMember(user_id=user.id, role=role))
    await session.flush()
    if team != GENERAL_TEAM:
        await insert_if_absent(session, Team, id=new_id(), name=team)
        row = await get_team(session, team)
        assert row is not None
        await insert_if_absent(session, TeamMembership, team_id=row.id, user_id=user.id)
        for account_id in accounts:
            await insert_if_absent(session, TeamAccount, team_id=row.id, account_id=account_id)
    data = {"role": role.value, "team": team, "accounts": sorted(accounts)}
    await record(session, keys, Tag.DESK_MEMBER_CREATED, now=now, actor=actor, user_id=user.id, data=data)
