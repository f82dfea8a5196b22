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
