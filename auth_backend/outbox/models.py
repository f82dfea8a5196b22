"""What has to leave, and, in development, where it arrives."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from auth_backend.db import Base, new_id


class Channel(StrEnum):
    """`chat` rows are events for the chat server (docs/interfaces.md, `chat/events`)."""

    EMAIL = "email"
    SMS = "sms"
    CHAT = "chat"


class OutboxState(StrEnum):
    """`dropped`: not sent on purpose (a code too old to help); `dead`: given up after all tries."""

    PENDING = "pending"
    SENT = "sent"
    DROPPED = "dropped"
    DEAD = "dead"


class Delivery(StrEnum):
    """What a provider reported of a message that it had taken; `failed`: it could not even send it on."""

    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    FAILED = "failed"


class OutboxMessage(Base):
    """One message; written in the transaction that caused it, sent at least once, its body erased once sent."""

    __tablename__ = "auth_outbox"
    __table_args__ = (Index("ix_auth_outbox_due", "state", "due_at"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    channel: Mapped[Channel]
    kind: Mapped[str]
    body: Mapped[bytes | None]
    """Encrypted JSON (destination, subject, text, html), context `auth_outbox:{id}:body`; None once sent."""
    state: Mapped[OutboxState] = mapped_column(default=OutboxState.PENDING)
    attempts: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime]
    leased_until: Mapped[datetime | None]
    useless_after: Mapped[datetime | None]
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    provider_id: Mapped[str | None] = mapped_column(index=True)
    """By which an SMS provider reports what became of it."""
    destination: Mapped[str | None]
    """Keyed hash of where it went, once sent: the body, and the number with it, is erased then."""
    user_id: Mapped[str | None]
    """Of an SMS that was sent: whose live factor the number was."""
    delivery: Mapped[Delivery | None]


class BouncedDestination(Base):
    """An address or number at which messages don't arrive; the row goes when one arrives again."""

    __tablename__ = "auth_bounced_destinations"

    destination: Mapped[str] = mapped_column(primary_key=True)
    """Keyed hash of the address or number."""
    channel: Mapped[Channel]
    user_id: Mapped[str | None]
    """Whose it was when it bounced, for the operator."""
    reason: Mapped[str]
    """A word for operators (`smtp:550`, `twilio:30003`)."""
    bounced_at: Mapped[datetime]


class DevMail(Base):
    """In development: what was "sent"."""

    __tablename__ = "auth_dev_mailbox"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    channel: Mapped[str]
    to: Mapped[str] = mapped_column(index=True)
    subject: Mapped[str]
    text: Mapped[str]
    html: Mapped[str | None]
    at: Mapped[datetime]
