"""Second factors, and the browsers in which they were shown."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import BigInteger, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from auth_backend.db import Base, new_id


class FactorKind(StrEnum):
    """What a user can enrol. The mailed code is no row: it is an alternative of every enrolled user (A8)."""

    APP = "app"
    SMS = "sms"


class FactorStatus(StrEnum):
    """`pending`: shown on an enrolment page, not confirmed. `suspended`: after "this was not me"."""

    PENDING = "pending"
    LIVE = "live"
    REVOKED = "revoked"
    SUSPENDED = "suspended"


class Factor(Base):
    """One enrolled (or nearly enrolled) second factor."""

    __tablename__ = "auth_factors"
    __table_args__ = (
        # A7: the database itself keeps a number exclusive among live factors of everyone.
        Index(
            "uq_auth_factors_live_phone",
            "phone",
            unique=True,
            sqlite_where=text("status = 'live' AND phone IS NOT NULL"),
            postgresql_where=text("status = 'live' AND phone IS NOT NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[str] = mapped_column(ForeignKey("auth_users.id"), index=True)
    kind: Mapped[FactorKind]
    status: Mapped[FactorStatus]
    secret: Mapped[bytes | None]
    """Encrypted TOTP seed, context `auth_factors:{id}:secret`."""
    phone: Mapped[str | None]
    """E.164."""
    last_step: Mapped[int | None] = mapped_column(BigInteger)
    """The last accepted TOTP time step; none at or below it is ever accepted again (RFC 6238 5.2)."""
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    revoked_by_reset_id: Mapped[str | None]


class KnownBrowser(Base):
    """A browser in which a user did a strong second step (rules.md, Waiting)."""

    __tablename__ = "auth_known_browsers"
    __table_args__ = (UniqueConstraint("browser", "user_id"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    browser: Mapped[str]
    """SHA-256 of the browser cookie."""
    user_id: Mapped[str] = mapped_column(ForeignKey("auth_users.id"), index=True)
    strong_step_at: Mapped[datetime]
