"""What the guard remembers of a chat conversation, and of what was handed in from it."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from auth_backend.db import Base


class Conversation(Base):
    """Binds a chat to the browser and the session that opened it."""

    __tablename__ = "auth_conversations"

    id: Mapped[str] = mapped_column(primary_key=True)
    channel: Mapped[str]
    """`web` (Zoe's own pages), `embed` (a foreign site), `channel` (Teams and the like)."""
    session_id: Mapped[str | None] = mapped_column(ForeignKey("auth_sessions.id"))
    browser: Mapped[str | None]
    """SHA-256 of the browser cookie; None on foreign sites and channels, which have no known browser."""
    ip: Mapped[str]
    user_agent: Mapped[str]
    language: Mapped[str]
    created_at: Mapped[datetime]


class HandedIn(Base):
    """A code or yes that bot handed in for one activity, with its outcome: the same activity again changes nothing."""

    __tablename__ = "auth_handed_in"

    activity_id: Mapped[str] = mapped_column(primary_key=True)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("auth_conversations.id"))
    kind: Mapped[str]
    outcome: Mapped[str]
    at: Mapped[datetime]
