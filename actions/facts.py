"""A reset as this conversation sees it: the backend's facts (docs/interfaces.md), read strictly."""

from __future__ import annotations

from enum import StrEnum

from pydantic import BaseModel, ConfigDict


class Stage(StrEnum):
    """Names of the moments in a reset."""

    NONE = "none"
    CODE = "code"
    PASSWORD = "password"  # noqa: S105 (a stage, no secret)
    RETURN_CODE = "return_code"
    READY = "ready"
    ASK_OWNER = "ask_owner"
    AWAITING_OWNER = "awaiting_owner"
    CONFIRMED = "confirmed"
    SCHEDULED = "scheduled"
    EXECUTED = "executed"
    REFUSED = "refused"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    DISPUTED = "disputed"
    UNDONE = "undone"


UNDER_WAY = frozenset({Stage.CODE, Stage.PASSWORD, Stage.RETURN_CODE, Stage.READY, Stage.ASK_OWNER})
"""Something is awaited from the user."""

WAITING = frozenset({Stage.SCHEDULED, Stage.AWAITING_OWNER})
"""The yes was given; time or the owner decides."""

ENDED = frozenset({Stage.EXECUTED, Stage.REFUSED, Stage.EXPIRED, Stage.CANCELLED, Stage.DISPUTED, Stage.UNDONE})
"""Nothing more comes of it; another one may be opened."""


class Claim(BaseModel):
    """An open claim; only what the actions need of it."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    address: str


class Reset(BaseModel):
    """The reset itself; only what the actions need of it."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    enrolled: bool = False


class Facts(BaseModel):
    """Where the reset of this conversation stands. Fields that only `bot` renders are ignored."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    stage: Stage
    claim: Claim | None = None
    reset: Reset | None = None

    @property
    def tidings(self) -> str:
        """What slot `reset_stage` remembers once told: the stage, or `enrolled` after a new factor was confirmed."""
        return "enrolled" if self.stage is Stage.EXECUTED and self.reset and self.reset.enrolled else self.stage.value

    @property
    def under_way(self) -> bool:
        """Whether something is awaited from the user."""
        return self.stage in UNDER_WAY
