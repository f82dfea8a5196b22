"""One-time codes."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from auth_backend.db import Base, new_id


class CodePurpose(StrEnum):
    """What a one-time code is for; a code of one purpose is worth nothing for another."""

    LOGIN_EMAIL = "login_email"
    LOGIN_SMS = "login_sms"
    STEP_UP_SMS = "step_up_sms"
    ENROL_EMAIL = "enrol_email"
    ENROL_SMS = "enrol_sms"
    RESET_EMAIL = "reset_email"
    RETURN = "return"
    NOTICE_ADDRESS = "notice_address"
    NEW_EMAIL = "new_email"
    FORGOTTEN_EMAIL = "forgotten_email"
    FORGOTTEN_SMS = "forgotten_sms"
    UNDO_SMS = "undo_sms"


SHOW_THE_REGISTERED_MAILBOX = frozenset(
    {CodePurpose.LOGIN_EMAIL, CodePurpose.ENROL_EMAIL, CodePurpose.RESET_EMAIL, CodePurpose.FORGOTTEN_EMAIL}
)
"""Codes whose worth is that only who reads the registered address has them (`accounts/mail_rest.py`)."""


class OneTimeCode(Base):
    """A code that was sent (or, for unknown addresses, only counted). Stored as a keyed hash bound to purpose and
    binding.
    """

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
    report_token: Mapped[str | None] = mapped_column(unique=True)
    """SHA-256 of what the mail's [Report] link carries: it burns this code and nothing else."""
    caller: Mapped[str]
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    """Used, replaced or burnt."""
    end_reason: Mapped[str | None]
