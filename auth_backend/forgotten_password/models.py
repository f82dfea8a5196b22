"""Asking for a new password, from the address typed to the password stored."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from auth_backend.db import Base, new_id


class ForgottenPassword(Base):
    """One browser that says it has forgotten a password. Rows of addresses that nobody has look the same outside.

    `fact_*` is what was true when the second half was shown; when it is no more, nothing comes of the request.
    """

    __tablename__ = "auth_forgotten_passwords"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    token: Mapped[str] = mapped_column(unique=True)
    """SHA-256 of the cookie of the browser that asked; it goes on nowhere else."""
    subject: Mapped[str]
    user_id: Mapped[str | None] = mapped_column(ForeignKey("auth_users.id"), index=True)
    address: Mapped[str]
    """As typed, normalised."""
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    mail_proven_at: Mapped[datetime | None]
    second_half: Mapped[str | None]
    """`recovery_code`, `app`, `sms`, `passkey`."""
    second_half_at: Mapped[datetime | None]
    not_before: Mapped[datetime | None]
    """From when the new password is taken."""
    fact_email: Mapped[str | None]
    fact_password_epoch: Mapped[int | None]
    fact_factor_epoch: Mapped[int | None]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]
    """`replaced`, `done`, `signed_in`, `reset`, `password_changed`, `email_changed`."""
