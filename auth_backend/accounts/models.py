"""Accounts and the people in them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from auth_backend.db import Base, new_id


class UserKind(StrEnum):
    """`member`: belongs to a customer's account. `desk`: works at the support desk; Zoe never resets those."""

    MEMBER = "member"
    DESK = "desk"


class EnrolmentState(StrEnum):
    """Whether a user has a second factor, or has to enrol one; never back to `none`."""

    NONE = "none"
    MUST_ENROL = "must_enrol"
    ENROLLED = "enrolled"


class EnrolReason(StrEnum):
    """Why a user must enrol."""

    ACTIVATION = "activation"
    GRACE_OVER = "grace_over"
    RESET = "reset"


class Account(Base):
    """A customer. Its registered e-mail is its owner's."""

    __tablename__ = "auth_accounts"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    owner_id: Mapped[str | None] = mapped_column(ForeignKey("auth_users.id", use_alter=True))
    owner_changed_at: Mapped[datetime | None]
    owner_epoch: Mapped[int] = mapped_column(default=0)
    """Grows at every change of the administrator: remembered devices of the account end (A5)."""
    created_at: Mapped[datetime]


class OwnerChange(Base):
    """An account changed hands. For 7 days the former owner may dispute it, once, by the link of the notice."""

    __tablename__ = "auth_owner_changes"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[str] = mapped_column(ForeignKey("auth_accounts.id"), index=True)
    former_id: Mapped[str] = mapped_column(ForeignKey("auth_users.id"), index=True)
    owner_id: Mapped[str] = mapped_column(ForeignKey("auth_users.id"))
    actor: Mapped[str]
    """Who did it, as in the record: `user:…` or the operator."""
    epoch: Mapped[int]
    """`auth_accounts.owner_epoch` after it: a later change leaves nothing to take back."""
    dispute_token: Mapped[str | None] = mapped_column(unique=True)
    """SHA-256; None where there is nothing to dispute: the account went back to whom it was taken from."""
    at: Mapped[datetime]
    disputed_at: Mapped[datetime | None]
    taken_back_at: Mapped[datetime | None]


class User(Base):
    """A person who signs in. The row is also the lock for everything about that person's factors, resets and
    enrolment.
    """

    __tablename__ = "auth_users"
    __table_args__ = (CheckConstraint("(kind = 'desk') = (account_id IS NULL)", name="desk_has_no_account"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    account_id: Mapped[str | None] = mapped_column(ForeignKey("auth_accounts.id"), index=True)
    kind: Mapped[UserKind]
    name: Mapped[str]
    email: Mapped[str] = mapped_column(unique=True)
    """Normalised (accounts/addresses.py); unique across all accounts and the desk."""
    email_changed_at: Mapped[datetime | None]
    """None while the first one stands."""
    email_disputed: Mapped[bool] = mapped_column(default=False)
    """Somebody said that the change was not theirs, and nobody has shown yet whose address counts."""
    notice_email: Mapped[str | None]
    """A second address that hears of every change; confirmed by a code, never a proof."""
    language: Mapped[str] = mapped_column(default="en")
    password_hash: Mapped[str]
    password_changed_at: Mapped[datetime]
    password_epoch: Mapped[int] = mapped_column(default=0)
    state: Mapped[EnrolmentState] = mapped_column(default=EnrolmentState.NONE)
    enrol_reason: Mapped[EnrolReason | None]
    enrol_right_until: Mapped[datetime | None]
    """After a reset the right to enrol lapses (7 days); None: it does not lapse."""
    new_password_required: Mapped[bool] = mapped_column(default=False)
    """After a reset for a stolen device: before enrolling, a new password."""
    factor_epoch: Mapped[int] = mapped_column(default=0)
    """Grows at every change of the factor set; remembered devices and reset facts are bound to it."""
    frozen_until: Mapped[datetime | None]
    """Changes of sign-in data are on hold until then (accounts/freeze.py judges it)."""
    frozen_about: Mapped[datetime | None]
    """When the earliest reported change happened: a factor older than that may lift the hold."""
    freeze_lifted_at: Mapped[datetime | None]
    freeze_lifted_since: Mapped[datetime | None]
    """Since when what lifted it was the user's: events between the two are settled."""
    disputed_at: Mapped[datetime | None]
    """When a change of this user's sign-in data was last reported as somebody else's."""
    awaits_operator: Mapped[bool] = mapped_column(default=False)
    """Nobody signs in or changes anything until the operator has decided who is who."""
    enrol_not_before: Mapped[datetime | None]
    """After a reset: enrolment was put off by whoever has the notice's reference."""
    reset_banner_until: Mapped[datetime | None]
    """Until then every session shows that a reset was asked for."""
    created_at: Mapped[datetime]
    removed_at: Mapped[datetime | None] = mapped_column(index=True)
    """When the owner removed this member: signs in nowhere any more, and may come back for 7 days."""
    erased_at: Mapped[datetime | None]
    """When nothing of the person was left but this row's id."""

    account: Mapped[Account | None] = relationship(foreign_keys=[account_id], lazy="raise_on_sql")
