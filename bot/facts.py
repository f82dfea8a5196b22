"""The backend's facts about a conversation's reset, as interfaces.md describes them."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

type Stage = Literal[
    "none",
    "code",
    "password",
    "return_code",
    "ready",
    "ask_owner",
    "awaiting_owner",
    "confirmed",
    "scheduled",
    "executed",
    "refused",
    "expired",
    "cancelled",
    "disputed",
    "undone",
]
type Standing = Literal["anonymous", "second_step", "signed_in"]
type CodeResult = Literal["accepted", "wrong", "spent", "expired", "throttled"]
type Refusal = Literal[
    "not_owner",
    "nothing_to_reset",
    "frozen",
    "too_many",
    "facts_changed",
    "desk_user",
    "asked_already",
    "asked_too_often",
    "owner_said_no",
]
type Reason = Literal["lost_device", "new_phone", "new_number", "app_deleted", "no_codes", "switch", "stolen", "other"]


class _Answer(BaseModel):
    """Answers may gain fields without breaking the chat; requests are the strict side."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Claim(_Answer):
    """The address typed in this conversation and the code that was asked for it."""

    address: str
    sent_at: datetime | None = None
    expires_at: datetime | None = None
    resend_at: datetime | None = None
    attempts_left: int = 5
    spent: bool = False
    from_session: bool = False


class Proofs(_Answer):
    """When each proof was given; `owner` is unknown until the others stand."""

    email: datetime | None = None
    password: datetime | None = None
    owner: bool | None = None


class Removed(_Answer):
    """One factor that a reset removes."""

    kind: Literal["app", "sms", "passkey", "recovery_codes", "devices"]
    label: str = ""
    count: int = 1


class Reset(_Answer):
    """What the reset does or did. `removes` and `told` are filled only after all proofs."""

    reference: str = ""
    removes: tuple[Removed, ...] = ()
    reason: Reason | None = None
    owner_may_decide_until: datetime | None = None
    scheduled_for: datetime | None = None
    executed_at: datetime | None = None
    enrolled: bool = False
    """A new factor was confirmed since."""
    told: tuple[str, ...] = ()
    status_url: str | None = None


class Facts(_Answer):
    """Everything the moments are rendered from."""

    conversation_id: str = ""
    stage: Stage = "none"
    standing: Standing = "anonymous"
    claim: Claim | None = None
    proofs: Proofs = Proofs()
    proofs_until: datetime | None = None
    last_code: CodeResult | None = None
    refusal: Refusal | None = None
    frozen_until: datetime | None = None
    """Until when changes are on hold, when that is the refusal; None then: until a person has decided."""
    reset: Reset | None = None
