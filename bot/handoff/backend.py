"""What the desk asks of the auth backend (interfaces.md, scope bot)."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict

from bot.facts import Proofs, Stage

type DeskAction = Literal["panel_read", "claimed", "handed_back", "closed"]
"""What the audit hears of the desk."""

GENERAL_TEAM = "general"


class _Answer(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class Agent(_Answer):
    """Somebody at the desk."""

    id: str
    name: str
    role: Literal["agent", "supervisor"]
    teams: tuple[str, ...]
    lang: str = "en"

    @property
    def first_name(self) -> str:
        """What customers see."""
        return (self.name.split() or ["Desk"])[0][:60]


class AgentNow(_Answer):
    """The agent a session belongs to, or why there is none."""

    agent: Agent | None = None
    refused: Literal["signed_out", "not_desk"] | None = None


class DeskPanel(_Answer):
    """What the desk may know of a conversation: what was typed, which proofs were given, whose it is."""

    address_typed: str | None = None
    proofs: Proofs = Proofs()
    proofs_until: datetime | None = None
    stage: Stage = "none"
    teams: tuple[str, ...] = (GENERAL_TEAM,)


class Noted(_Answer):
    """The audit has it."""

    recorded: bool
