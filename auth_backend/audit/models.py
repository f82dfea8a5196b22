"""The chained record."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger
from sqlalchemy.orm import Mapped, mapped_column

from auth_backend.db import Base


class AuditEvent(Base):
    """One change of security state. Append-only; `mac` chains it to its predecessor."""

    __tablename__ = "auth_audit_events"

    seq: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    tag: Mapped[str]
    actor: Mapped[str]
    """`user:{id}`, `conversation:{id}`, `operator`, `agent:{id}`, `system`."""
    user_id: Mapped[str | None] = mapped_column(index=True)
    account_id: Mapped[str | None]
    data: Mapped[dict[str, Any]]
    """Facts without secrets, codes or contact data."""
    request_id: Mapped[str | None]
    clock_offset_s: Mapped[int] = mapped_column(default=0)
    mac: Mapped[str]


class AuditHead(Base):
    """The one row that is locked before an append: the newest sequence number and its MAC."""

    __tablename__ = "auth_audit_head"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seq: Mapped[int] = mapped_column(BigInteger)
    mac: Mapped[str]
