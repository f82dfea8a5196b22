"""Sessions and remembered devices."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from auth_backend.db import Base, new_id


class SessionLevel(StrEnum):
    """What a session may reach."""

    PASSWORD = "password"  # noqa: S105 - a level's name
    HELD = "held"
    """Both steps done while a reset waits: the question "was that you?" comes before anything else."""
    LIMITED = "limited"
    ENROLMENT = "enrolment"
    FULL_EMAIL = "full_email"
    FULL = "full"


class LoginSession(Base):
    """A browser's session. A new row and a new cookie at each level; the cookie's token is stored as SHA-256."""

    __tablename__ = "auth_sessions"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    token: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("auth_users.id"), index=True)
    level: Mapped[SessionLevel]
    browser: Mapped[str | None]
    """SHA-256 of the browser cookie."""
    ip: Mapped[str]
    user_agent: Mapped[str]
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    password_at: Mapped[datetime]
    """When the password of this login was typed."""
    stepped_up_at: Mapped[datetime | None]
    """When a strong second factor was last shown."""
    shown_since: Mapped[datetime | None]
    """Since when that factor had been its user's: a fresh one is no step-up for everything after a reset."""
    second_step: Mapped[str | None]
    """`app`, `sms`, `passkey`, `recovery_code`, `email`, `remembered`."""
    enrol_mail_proven_at: Mapped[datetime | None]
    """In an `enrolment` session: when the mailed code was accepted."""
    csrf: Mapped[str]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]


class RememberedDevice(Base):
    """A device that need not show a second factor for 14 days, while user, factor set, administrator and IP address
    stay (A5).
    """

    __tablename__ = "auth_remembered_devices"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    token: Mapped[str] = mapped_column(unique=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("auth_users.id"), index=True)
    factor_epoch: Mapped[int]
    owner_epoch: Mapped[int]
    password_epoch: Mapped[int]
    ip: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
