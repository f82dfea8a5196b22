"""Recovery codes at rest."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from auth_backend.db import Base, new_id


class CodeStatus(StrEnum):
    """`replaced`: newer ones were made. `revoked`: with the factors, by a reset. `suspended`: "this was not me"."""

    LIVE = "live"
    USED = "used"
    REPLACED = "replaced"
    REVOKED = "revoked"
    SUSPENDED = "suspended"


class RecoveryCodeSet(Base):
    """Ten codes that were made together.

    `sealed` holds them as text until the person has put them away, at most half an hour, encrypted with a key that only
    that person's browser has (`shown.py`): neither the database nor the installation's keys open it.
    """

    __tablename__ = "auth_recovery_code_sets"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[str] = mapped_column(ForeignKey("auth_users.id"), index=True)
    created_at: Mapped[datetime]
    sealed: Mapped[bytes | None]
    sealed_until: Mapped[datetime | None]


class RecoveryCode(Base):
    """One code: a short keyed tag to find it by, and a slow salted hash to judge it by."""

    __tablename__ = "auth_recovery_codes"
    __table_args__ = (Index("ix_auth_recovery_codes_user_tag", "user_id", "tag"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    set_id: Mapped[str] = mapped_column(ForeignKey("auth_recovery_code_sets.id"))
    user_id: Mapped[str] = mapped_column(ForeignKey("auth_users.id"))
    tag: Mapped[str]
    hash: Mapped[str]
    """Encoded argon2id with a salt of its own."""
    status: Mapped[CodeStatus]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    revoked_by_reset_id: Mapped[str | None]
