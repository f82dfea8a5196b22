"""Roles and teams of desk users."""

from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from auth_backend.db import Base, new_id

GENERAL_TEAM = "general"


class DeskRole(StrEnum):
    """A supervisor may do what an agent may, and more."""

    AGENT = "agent"
    SUPERVISOR = "supervisor"


class DeskMember(Base):
    """A user's place at the desk."""

    __tablename__ = "auth_desk_members"

    user_id: Mapped[str] = mapped_column(ForeignKey("auth_users.id"), primary_key=True)
    role: Mapped[DeskRole]


class Team(Base):
    """A team of the desk. Everybody belongs to the general one without a row."""

    __tablename__ = "auth_teams"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(unique=True)


class TeamMembership(Base):
    """Who belongs to a team."""

    __tablename__ = "auth_team_memberships"

    team_id: Mapped[str] = mapped_column(ForeignKey("auth_teams.id"), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("auth_users.id"), primary_key=True)


class TeamAccount(Base):
    """Which accounts a team serves."""

    __tablename__ = "auth_team_accounts"

    team_id: Mapped[str] = mapped_column(ForeignKey("auth_teams.id"), primary_key=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("auth_accounts.id"), primary_key=True)
