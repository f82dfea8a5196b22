"""The tables of the chat. Everything a person typed is stored redacted only; tokens are stored as SHA-256."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base, UtcDateTime

ID_LENGTH = 64


class Site(Base):
    """A foreign site that may embed the chat: a public key, its allowed origins and a secret for `tokens/generate`."""

    __tablename__ = "bot_sites"

    public_key: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    origins: Mapped[list[str]] = mapped_column(JSON)
    """Scheme, host and port each, as a browser's `Origin` says it."""
    secret_hash: Mapped[str | None] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    disabled_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Conversation(Base):
    """One conversation: who is in charge, the end of its sequence, and the lease of whoever runs its current turn."""

    __tablename__ = "bot_conversations"
    __table_args__ = (Index(None, "state", "queued_at"), Index(None, "agent_id", "state"))

    id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    channel: Mapped[str] = mapped_column(String(16))
    """`web`, `embed` or `channel` (interfaces.md)."""
    site_key: Mapped[str | None] = mapped_column(ForeignKey("bot_sites.public_key"))
    user_label: Mapped[str | None] = mapped_column(String(200))
    """A user id that a site bound; a label, never identity."""
    browser_hash: Mapped[str | None] = mapped_column(String(64))
    """SHA-256 of the cookie of the browser that opened it: needed to come back with an expired token."""
    lang: Mapped[str] = mapped_column(String(2))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    opened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    state: Mapped[str] = mapped_column(String(16), default="bot")
    state_changed_at: Mapped[datetime] = mapped_column(UtcDateTime)
    queued_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    agent_id: Mapped[str | None] = mapped_column(String(ID_LENGTH))
    agent_name: Mapped[str | None] = mapped_column(String(200))
    handoff_reason: Mapped[str | None] = mapped_column(String(64))
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    last_seq: Mapped[int] = mapped_column(default=0)
    """The number of its newest activity; taken under the row's lock, so numbers are total and become visible in
    order.
    """
    last_turn: Mapped[int] = mapped_column(default=0)
    turn_owner: Mapped[str | None] = mapped_column(String(ID_LENGTH))
    turn_lease_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    wait_told: Mapped[str | None] = mapped_column(String(16))
    """Which waiting text was said since the last answered turn, so that it is said once."""


class ActivityRow(Base):
    """One entry of the transcript, in the order everybody sees it."""

    __tablename__ = "bot_activities"
    __table_args__ = (
        UniqueConstraint("conversation_id", "seq"),
        UniqueConstraint("conversation_id", "client_activity_id"),
        Index(None, "conversation_id", "author", "created_at"),
    )

    id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("bot_conversations.id"))
    seq: Mapped[int]
    author: Mapped[str] = mapped_column(String(16))
    """`customer`, `zoe`, `agent` or `system`."""
    author_name: Mapped[str | None] = mapped_column(String(200))
    type: Mapped[str] = mapped_column(String(32))
    kind: Mapped[str] = mapped_column(String(32))
    """Moment name, `text`, `handoff`, `system` (what clients see as `channelData.zoe.kind`)."""
    text: Mapped[str | None] = mapped_column(Text)
    wire: Mapped[dict[str, Any]] = mapped_column(JSON)
    """What else a Direct Line client gets: suggested actions, attachments, an event's name and value, channel data."""
    client_activity_id: Mapped[str | None] = mapped_column(String(128))
    reply_to_id: Mapped[str | None] = mapped_column(String(ID_LENGTH))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Turn(Base):
    """Work to be done once and in order: a message, a greeting, a fact that changed. `received` → `answered`."""

    __tablename__ = "bot_turns"
    __table_args__ = (UniqueConstraint("conversation_id", "number"), Index(None, "state", "available_at"))

    id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    """The activity's id for a message; the idempotency key of everything the turn causes."""
    conversation_id: Mapped[str] = mapped_column(ForeignKey("bot_conversations.id"))
    number: Mapped[int]
    kind: Mapped[str] = mapped_column(String(24))
    """`message`, `offer`, `welcome`, `event`, `facts`."""
    text: Mapped[str] = mapped_column(Text, default="")
    """Redacted; for `event` the event's name, for `facts` what happened."""
    offer_id: Mapped[str | None] = mapped_column(ForeignKey("bot_offers.id"))
    hidden: Mapped[str | None] = mapped_column(String(16))
    """`all` or `part`: how much of the message redaction took for a password or recovery code."""
    outcome_kind: Mapped[str | None] = mapped_column(String(16))
    outcome_result: Mapped[str | None] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16), default="received")
    attempts: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    available_at: Mapped[datetime] = mapped_column(UtcDateTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Offer(Base):
    """One button that Zoe offered: only those of the newest offering activity count, each once, one choice each."""

    __tablename__ = "bot_offers"
    __table_args__ = (Index(None, "conversation_id", "closed_at"),)

    id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("bot_conversations.id"))
    activity_id: Mapped[str] = mapped_column(String(ID_LENGTH))
    title: Mapped[str] = mapped_column(String(200))
    action: Mapped[str] = mapped_column(String(16))
    """`say` (a payload for the dialogue), `confirm` (a nonce for the backend), `event` (a listed event's name)."""
    payload: Mapped[str] = mapped_column(String(500))
    card: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Token(Base):
    """A Direct Line token, for one conversation and 30 minutes."""

    __tablename__ = "bot_tokens"

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("bot_conversations.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    origins: Mapped[list[str] | None] = mapped_column(JSON)


class SocketTicket(Base):
    """What opens a conversation's socket: single use, 60 seconds."""

    __tablename__ = "bot_socket_tickets"

    ticket_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("bot_conversations.id"))
    token_hash: Mapped[str] = mapped_column(String(64))
    watermark: Mapped[int]
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class ChatEvent(Base):
    """An event of the auth backend that was taken; the same id again changes nothing."""

    __tablename__ = "bot_chat_events"

    event_id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(String(ID_LENGTH))
    event: Mapped[str] = mapped_column(String(32))
    received_at: Mapped[datetime] = mapped_column(UtcDateTime)
