"""What a member asked of the owner, and what the owner said."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from auth_backend.db import Base, new_id


class Decision(StrEnum):
    """The owner's answer."""

    APPROVED = "approved"
    REFUSED = "refused"


class OwnerRequest(Base):
    """A member's wish to have their own reset approved: for one reset, put to one person, who owned the account then.

    Whether it is still open is the reset's state. Limits on asking are counted from these rows.
    """

    __tablename__ = "auth_owner_requests"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    reset_id: Mapped[str] = mapped_column(ForeignKey("auth_resets.id"), unique=True)
    account_id: Mapped[str] = mapped_column(ForeignKey("auth_accounts.id"))
    member_id: Mapped[str] = mapped_column(ForeignKey("auth_users.id"), index=True)
    owner_id: Mapped[str] = mapped_column(ForeignKey("auth_users.id"), index=True)
    reason: Mapped[str]
    """One of `resets.policy.Reason`: the only words of the member's choosing that a mail names."""
    note: Mapped[str | None]
    """Free text of the member; shown on the owner's page, quoted, and nowhere else."""
    asked_at: Mapped[datetime]
    decision: Mapped[Decision | None]
    decided_at: Mapped[datetime | None]
