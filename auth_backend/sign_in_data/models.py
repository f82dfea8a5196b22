"""Addresses on their way onto a file, and those that have left it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from auth_backend.db import Base, new_id


class AddressUse(StrEnum):
    """What an address is to become: the second one for notices, or the one that its user signs in with."""

    NOTICE = "notice"
    SIGN_IN = "sign_in"


class PendingAddress(Base):
    """An address that a user typed and has not confirmed yet; the code that was sent there is bound to this row."""

    __tablename__ = "auth_pending_addresses"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[str] = mapped_column(ForeignKey("auth_users.id"), index=True)
    use: Mapped[AddressUse]
    address: Mapped[str]
    """Normalised."""
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]
    """`confirmed`, `replaced`, `taken`."""


class FormerAddress(Base):
    """An address that was somebody's registered one until `at`.

    For 14 days it hears of everything, its reader may dispute the change by a link of its own, and nobody else can have
    it, so that it can come back.
    """

    __tablename__ = "auth_former_addresses"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    user_id: Mapped[str] = mapped_column(ForeignKey("auth_users.id"), index=True)
    address: Mapped[str] = mapped_column(index=True)
    """Normalised."""
    at: Mapped[datetime]
    reference: Mapped[str]
    """For people to quote; it opens nothing."""
    dispute_token: Mapped[str] = mapped_column(unique=True)
    """SHA-256."""
    disputed_at: Mapped[datetime | None]
    """Since when an answer is waited for, whoever said that the change wasn't theirs."""
    link_used_at: Mapped[datetime | None]
    """When the address's own link was pressed; a report from any other mailbox leaves it good."""
    ended_at: Mapped[datetime | None]
    """When it was shown which address counts; nothing is left to dispute."""
    end_reason: Mapped[str | None]
    """`kept`: the new address counts; `taken_back`: this one does again; `undone`: an earlier one does."""
