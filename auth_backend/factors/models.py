"""Second factors, and the browsers in which they were shown."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from auth_backend.db import Base, new_id


class FactorKind(StrEnum):
    """What a user can enrol. The mailed code is no row: it is an alternative of every enrolled user (A8)."""

    APP = "app"
    SMS = "sms"
    PASSKEY = "passkey"


PRIMARY_KINDS = frozenset({FactorKind.APP, FactorKind.SMS})
"""What makes a user `enrolled`; one is live at a time, and is replaced, never removed. Others only add."""


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


class Passkey(Base):
    """What the authenticator gave with a factor of kind `passkey` (WebAuthn Level 3, 4: credential record).

    Revoking, suspending and restoring happen on the factor's row; this one stays as long as that.
    """

    __tablename__ = "auth_passkeys"

    factor_id: Mapped[str] = mapped_column(ForeignKey("auth_factors.id"), primary_key=True)
    credential_id: Mapped[bytes] = mapped_column(unique=True)
    public_key: Mapped[bytes]
    """COSE_Key, as the authenticator encoded it. No secret."""
    sign_count: Mapped[int] = mapped_column(BigInteger)
    """The authenticator's counter at the last use; 0 for the many that don't count (synced ones)."""
    name: Mapped[str]
    transports: Mapped[list[str]] = mapped_column(JSON, default=list)
    backed_up: Mapped[bool]
    """Whether it is synced to other devices of its holder."""
    last_used_at: Mapped[datetime | None]


class PasskeyChallenge(Base):
    """The one open question of a session and purpose. Whoever answers takes the row away, right or wrong."""

    __tablename__ = "auth_passkey_challenges"

    binding: Mapped[str] = mapped_column(primary_key=True)
    """`session:{id}`, as with codes."""
    purpose: Mapped[str] = mapped_column(primary_key=True)
    """`login`, `step_up`, `enrol`."""
    user_id: Mapped[str] = mapped_column(ForeignKey("auth_users.id"), index=True)
    challenge: Mapped[bytes]
    expires_at: Mapped[datetime]


class KnownBrowser(Base):
    """A browser in which a user did a strong second step."""

    __tablename__ = "auth_known_browsers"
    __table_args__ = (UniqueConstraint("browser", "user_id"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    browser: Mapped[str]
    """SHA-256 of the browser cookie."""
    user_id: Mapped[str] = mapped_column(ForeignKey("auth_users.id"), index=True)
    strong_step_at: Mapped[datetime]


class ReplacedBrowser(Base):
    """The cookie of a browser before it was renewed: good for nothing any more, whoever presents it."""

    __tablename__ = "auth_replaced_browsers"

    browser: Mapped[str] = mapped_column(primary_key=True)
    """SHA-256 of the old cookie."""
    successor: Mapped[str]
    """SHA-256 of the next one."""
    replaced_at: Mapped[datetime]
