"""The memory of failures and of what was sent."""

from datetime import datetime

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from auth_backend.db import Base, new_id


class FailureCounter(Base):
    """Failures in a row and within 24 h, per subject and bucket (`password:known`, `code:sms:login:anonymous` …).
    Fails closed.
    """

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
        Index("ix_auth_sendings_channel_at", "channel", "at"),
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
