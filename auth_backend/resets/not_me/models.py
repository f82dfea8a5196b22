"""What was told about, so that it can be said "this was not me"; and tries to undo a reset."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from auth_backend.db import Base, new_id


class ToldEvent(Base):
    """One change of sign-in data that a notice told. Its link stops that change, once, for 7 days.

    Notices of one reset are events of their own; what the reset's row says counts for all of them.
    """

    __tablename__ = "auth_told_events"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[str] = mapped_column(ForeignKey("auth_users.id"), index=True)
    kind: Mapped[str]
    """The kind of the notice (`outbox/mails.MailKind`)."""
    reset_id: Mapped[str | None] = mapped_column(ForeignKey("auth_resets.id"))
    reference: Mapped[str]
    """For people to quote; it opens nothing."""
    token: Mapped[str] = mapped_column(unique=True)
    """SHA-256."""
    at: Mapped[datetime]
    expires_at: Mapped[datetime]
    stopped_at: Mapped[datetime | None]


class UndoTry(Base):
    """Whoever typed a right password on the undo page and now owes a code of the revoked factor; one browser's."""

    __tablename__ = "auth_undo_tries"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    cookie: Mapped[str] = mapped_column(unique=True)
    """SHA-256."""
    reset_id: Mapped[str] = mapped_column(ForeignKey("auth_resets.id"), index=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("auth_users.id"))
    password_epoch: Mapped[int | None]
    """Of the password that was typed, if it is the current one; None: it is the one valid at execution."""
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
