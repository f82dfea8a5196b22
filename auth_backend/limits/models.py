"""The memory of failures and of what was sent."""

from datetime import UTC, datetime

from sqlalchemy import JSON, Index
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from auth_backend.db import Base, new_id


class MomentList(TypeDecorator[list[datetime]]):
    """A short list of aware datetimes in UTC, kept as JSON. Replace the list to change it; changes inside go unseen."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: list[datetime] | None, _dialect: Dialect) -> list[str] | None:
        return None if value is None else [moment.astimezone(UTC).isoformat() for moment in value]

    def process_result_value(self, value: list[str] | None, _dialect: Dialect) -> list[datetime] | None:
        return None if value is None else [datetime.fromisoformat(moment) for moment in value]


class FailureCounter(Base):
    """Failures in a row and within 24 h, per subject and bucket (`password:known`, `code:sms:login:anonymous` …).
    Fails closed.
    """

    __tablename__ = "auth_failure_counters"

    subject: Mapped[str] = mapped_column(primary_key=True)
    bucket: Mapped[str] = mapped_column(primary_key=True)
    in_a_row: Mapped[int] = mapped_column(default=0)
    failed_at: Mapped[list[datetime]] = mapped_column(MomentList(), default=list)
    """The newest failures, oldest first: as many as can lock. What is older than 24 h counts no more."""
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
    """Keyed hash of the address or number; another one for what anybody named (`destinations.py`)."""
    country: Mapped[str | None]
    held: Mapped[bool] = mapped_column(default=False)
    """Counted for whoever asked, but nothing left: a ceiling of SMS was reached."""
    at: Mapped[datetime]
    code_id: Mapped[str | None]
