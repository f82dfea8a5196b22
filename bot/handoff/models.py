"""The tables of the desk: handovers with their times, who is at the desk, and what the audit still has to hear."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.db import Base, UtcDateTime
from bot.models import ID_LENGTH


class Handover(Base):
    """One wish for a person, from the queue to its end. The conversation's own row says who is in charge."""

    __tablename__ = "bot_handovers"
    __table_args__ = (Index(None, "conversation_id", "ended_at"), Index(None, "accepted_at"))

    id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("bot_conversations.id"))
    lang: Mapped[str] = mapped_column(String(2))
    reason: Mapped[str | None] = mapped_column(String(64))
    teams: Mapped[list[str]] = mapped_column(JSON)
    """Whose conversation it was when last asked: for the queue's list only, never for permission."""
    place_told: Mapped[int | None]
    """The place in the queue that the customer saw last."""
    queued_at: Mapped[datetime] = mapped_column(UtcDateTime)
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    agent_id: Mapped[str | None] = mapped_column(String(ID_LENGTH))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_by: Mapped[str | None] = mapped_column(String(16))
    """`customer` or `agent`."""
    outcome: Mapped[str | None] = mapped_column(String(16))
    """`bot` or `closed`."""


class DeskPresence(Base):
    """An agent whose desk page is open; good for a short while after `seen_at`."""

    __tablename__ = "bot_desk_presence"

    agent_id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    teams: Mapped[list[str]] = mapped_column(JSON)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)


class DeskEvent(Base):
    """An action of the desk, written with the action and told to the auth backend's audit at least once."""

    __tablename__ = "bot_desk_events"
    __table_args__ = (Index(None, "delivered_at", "created_at"),)

    id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    conversation_id: Mapped[str] = mapped_column(String(ID_LENGTH))
    agent_id: Mapped[str] = mapped_column(String(ID_LENGTH))
    event: Mapped[str] = mapped_column(String(32))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    delivered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
