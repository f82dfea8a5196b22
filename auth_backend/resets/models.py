"""Claims, resets, proofs, links and nonces."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from auth_backend.db import Base, new_id


class ResetState(StrEnum):
    """Where a reset stands (`states.py` has the moves between them). A claim is no reset yet."""

    PROVING = "proving"
    READY = "ready"
    AWAITING_OWNER = "awaiting_owner"
    CONFIRMED = "confirmed"
    SCHEDULED = "scheduled"
    EXECUTED = "executed"
    ENROLLED = "enrolled"
    REFUSED = "refused"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    DISPUTED = "disputed"
    UNDONE = "undone"


class Claim(Base):
    """Somebody in a conversation says that an address is theirs. Any number may coexist; none blocks anybody."""

    __tablename__ = "auth_claims"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    conversation_id: Mapped[str] = mapped_column(ForeignKey("auth_conversations.id"), index=True)
    subject: Mapped[str]
    user_id: Mapped[str | None] = mapped_column(ForeignKey("auth_users.id"))
    """Known inside only; nothing that leaves before both proofs depends on it."""
    address: Mapped[str]
    """As typed, normalised."""
    from_session: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str | None]
    language: Mapped[str]
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]
    """`proven`, `replaced`, `expired`, `stopped`."""
    last_code: Mapped[str | None]


class Reset(Base):
    """A request whose first proof (the mailed code) stands.

    Facts are what was true when the proofs and the yes were given; execution compares them again.
    """

    __tablename__ = "auth_resets"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    reference: Mapped[str] = mapped_column(unique=True)
    conversation_id: Mapped[str | None] = mapped_column(ForeignKey("auth_conversations.id"), index=True)
    claim_id: Mapped[str | None] = mapped_column(ForeignKey("auth_claims.id"), unique=True)
    """Both None for a reset that an owner started for a member on the Members page."""
    account_id: Mapped[str | None] = mapped_column(ForeignKey("auth_accounts.id"))
    requester_id: Mapped[str] = mapped_column(ForeignKey("auth_users.id"), index=True)
    target_id: Mapped[str] = mapped_column(ForeignKey("auth_users.id"), index=True)
    reason: Mapped[str | None]
    language: Mapped[str]
    state: Mapped[ResetState] = mapped_column(index=True)
    refusal: Mapped[str | None]
    risks: Mapped[list[str]] = mapped_column(JSON, default=list)
    """Judged at confirmation; never told to anybody in the conversation."""
    fact_owner_id: Mapped[str | None]
    fact_email: Mapped[str | None]
    fact_password_epoch: Mapped[int | None]
    fact_factor_epoch: Mapped[int | None]
    removed: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    """What was (or will be) removed, for people: kind, masked label, count."""
    created_at: Mapped[datetime]
    proving_until: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    scheduled_for: Mapped[datetime | None]
    executed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    put_off_at: Mapped[datetime | None]
    """When the notice's reference was used to put off the execution, or the enrolment after it; once."""
    password_at_execution: Mapped[str | None]
    """The hash that was valid then, kept while an undo is possible: who changed it since can't shut the user out."""
    owner_may_decide_until: Mapped[datetime | None]
    """Of a member's request that was passed to the owner; None for every other reset."""


class ProofKind(StrEnum):
    """The three proofs, and the yes."""

    EMAIL = "email"
    PASSWORD = "password"  # noqa: S105 - a proof's name
    OWNER = "owner"
    STEP_UP = "step_up"
    """The owner's app, SMS, passkey or recovery code on the Members page, in place of the mailed code."""
    CONFIRMATION = "confirmation"


class Proof(Base):
    """A proof that was given, when and where."""

    __tablename__ = "auth_proofs"
    __table_args__ = (UniqueConstraint("reset_id", "kind"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    reset_id: Mapped[str] = mapped_column(ForeignKey("auth_resets.id"), index=True)
    kind: Mapped[ProofKind]
    channel: Mapped[str]
    """`chat`, `chat_text`, `verify_page`, `verify_page_other_browser`, `login`, `account`."""
    at: Mapped[datetime]


class LinkPower(StrEnum):
    """One token, one power."""

    VERIFY = "verify"
    STATUS = "status"
    CANCEL = "cancel"
    UNDO = "undo"


class ResetLink(Base):
    """A link with a token. The token is stored as SHA-256; the first GET trades it for a path-scoped cookie."""

    __tablename__ = "auth_reset_links"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    token: Mapped[str] = mapped_column(unique=True)
    reset_id: Mapped[str] = mapped_column(ForeignKey("auth_resets.id"), index=True)
    power: Mapped[LinkPower]
    cookie: Mapped[str | None]
    """Of a verify link: SHA-256 of the cookie of the browser in which the password was right."""
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class NoncePurpose(StrEnum):
    """What a press says: carry my reset out, or pass it to the owner. A nonce of one is worth nothing for the other."""

    CONFIRM = "confirm"
    ASK_OWNER = "ask_owner"


class ConfirmationNonce(Base):
    """What the yes must present: issued for one reset, conversation and purpose, the newest only, 10 minutes."""

    __tablename__ = "auth_confirmation_nonces"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    nonce: Mapped[str] = mapped_column(unique=True)
    """SHA-256."""
    reset_id: Mapped[str] = mapped_column(ForeignKey("auth_resets.id"), index=True)
    conversation_id: Mapped[str]
    purpose: Mapped[NoncePurpose] = mapped_column(default=NoncePurpose.CONFIRM, server_default="confirm")
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
