"""Second factors, one-time codes, and the counters that limit guessing and sending."""

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
            sqlite_where=text("status = 'LIVE' AND phone IS NOT NULL"),
            postgresql_where=text("status = 'LIVE' AND phone IS NOT NULL"),
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


class CodePurpose(StrEnum):
    """What a one-time code is for; a code of one purpose is worth nothing for another."""

    LOGIN_EMAIL = "login_email"
    LOGIN_SMS = "login_sms"
    STEP_UP_SMS = "step_up_sms"
    ENROL_EMAIL = "enrol_email"
    ENROL_SMS = "enrol_sms"
    RESET_EMAIL = "reset_email"
    RETURN = "return"


class OneTimeCode(Base):
    """A code that was sent (or, for unknown addresses, only counted). Stored as a keyed hash bound to purpose and binding."""

    __tablename__ = "auth_codes"
    __table_args__ = (Index("ix_auth_codes_binding", "purpose", "binding"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    subject: Mapped[str] = mapped_column(index=True)
    """`user:{id}`, or `address:{HMAC}` for an address that nobody has."""
    user_id: Mapped[str | None] = mapped_column(ForeignKey("auth_users.id"))
    purpose: Mapped[CodePurpose]
    binding: Mapped[str]
    """What the code is bound to: a session, a claim, a factor, a reset."""
    mac: Mapped[str]
    caller: Mapped[str]
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    """Used, replaced or burnt."""
    end_reason: Mapped[str | None]


class FailureCounter(Base):
    """Failures in a row and within 24 h, per subject and bucket (`password:known`, `code:sms:login:anonymous` …). Fails closed."""

    __tablename__ = "auth_failure_counters"

    subject: Mapped[str] = mapped_column(primary_key=True)
    bucket: Mapped[str] = mapped_column(primary_key=True)
    in_a_row: Mapped[int] = mapped_column(default=0)
    in_window: Mapped[int] = mapped_column(default=0)
    window_started_at: Mapped[datetime]
    blocked_until: Mapped[datetime | None]


class Sending(Base):
    """One code that was (or, for unknown addresses, would have been) sent: the memory of the sending limits."""

    __tablename__ = "auth_sendings"
    __table_args__ = (
        Index("ix_auth_sendings_subject_at", "subject", "at"),
        Index("ix_auth_sendings_destination_at", "destination", "at"),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    subject: Mapped[str]
    channel: Mapped[str]
    caller: Mapped[str]
    destination: Mapped[str]
    """Keyed hash of the address or number."""
    country: Mapped[str | None]
    at: Mapped[datetime]
    code_id: Mapped[str | None]


class KnownBrowser(Base):
    """A browser in which a user did a strong second step (rules.md, Waiting)."""

    __tablename__ = "auth_known_browsers"
    __table_args__ = (UniqueConstraint("browser", "user_id"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    browser: Mapped[str]
    """SHA-256 of the browser cookie."""
    user_id: Mapped[str] = mapped_column(ForeignKey("auth_users.id"), index=True)
    strong_step_at: Mapped[datetime]
