"""The answers of the internal API, as its description promises them; a test holds every real answer against them."""

from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from auth_backend.conversations.service import Standing
from auth_backend.internal_api.bodies import Lang
from auth_backend.resets.policy import Reason, Refusal

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
type CodeOutcome = Literal["accepted", "wrong", "spent", "expired", "throttled", "not_awaited"]
type Recorded = Literal["recorded", "not_recorded", "expired"]


class Answer(BaseModel):
    """Nothing is in an answer that its description does not name."""

    model_config = ConfigDict(extra="forbid")


class Failure(Answer):
    """Every 4xx and 5xx: a name for programs, a sentence for operators; neither repeats what was sent."""

    error: str
    message: str


class ClaimFacts(Answer):
    """The address as it was typed, and the code that is awaited."""

    address: str
    sent_at: AwareDatetime | None
    expires_at: AwareDatetime | None
    resend_at: AwareDatetime | None
    attempts_left: Annotated[int, Field(ge=0, le=5)]
    spent: bool
    from_session: bool


class ProofFacts(Answer):
    """When each proof was given; `owner` is null until both others stand."""

    email: AwareDatetime | None
    password: AwareDatetime | None
    owner: bool | None


class Removed(Answer):
    """One entry of what a reset removes."""

    kind: Literal["app", "sms", "passkey", "recovery_codes", "devices"]
    label: str
    count: Annotated[int, Field(ge=1)]


class ResetFacts(Answer):
    """The reset; `removes` and `told` are filled after both proofs and the owner's."""

    reference: str
    removes: list[Removed]
    reason: Reason | None
    owner_may_decide_until: AwareDatetime | None
    scheduled_for: AwareDatetime | None
    executed_at: AwareDatetime | None
    enrolled: bool
    told: list[str]
    status_url: str | None


class Facts(Answer):
    """A reset as one conversation sees it; before both proofs the same for everybody."""

    conversation_id: str
    stage: Stage
    standing: Standing
    claim: ClaimFacts | None
    proofs: ProofFacts
    proofs_until: AwareDatetime | None
    last_code: CodeOutcome | None
    refusal: Refusal | None
    frozen_until: AwareDatetime | None
    reset: ResetFacts | None


class Opened(Answer):
    """A conversation that the backend knows."""

    standing: Standing
    session_ref: str | None
    browser_token: str
    lang: Lang | None
    known: bool


class StandingNow(Answer):
    """What the opening session is worth now."""

    standing: Standing
    same_session: bool


class CodeJudged(Answer):
    """What became of a code."""

    outcome: CodeOutcome
    facts: Facts


class Link(Answer):
    """A new link to the verify page."""

    url: str
    expires_at: AwareDatetime


class NotAwaited(Answer):
    """No password is awaited."""

    outcome: Literal["not_awaited"]


class Card(Answer):
    """A nonce for a new card."""

    nonce: str
    expires_at: AwareDatetime
    facts: Facts


class NoCard(Answer):
    """No card: not all proofs stand, or the yes is a button on the verify page."""

    outcome: Literal["not_ready", "on_page"]
    facts: Facts


class CardClosed(Answer):
    """Whether there was an open nonce."""

    closed: bool


class YesJudged(Answer):
    """Whether a yes was recorded."""

    outcome: Recorded
    facts: Facts


class Shell(Answer):
    """The page frame."""

    lang: Lang
    html: str


class Agent(Answer):
    """Somebody at the desk."""

    id: str
    name: str
    role: Literal["agent", "supervisor"]
    teams: list[str]
    lang: str


class AgentNow(Answer):
    """The agent a session belongs to, or why there is none."""

    agent: Agent | None
    refused: Literal["signed_out", "not_desk"] | None


class Panel(Answer):
    """What the desk may know of a conversation."""

    address_typed: str | None
    proofs: ProofFacts
    stage: Stage
    teams: list[str]


class Noted(Answer):
    """The audit has it."""

    recorded: Literal[True]


class Sent(Answer):
    """A claim was opened, or why not."""

    outcome: Literal["sent", "throttled", "password_first", "invalid_address", "need_address"]
    retry_at: AwareDatetime | None
    facts: Facts


class Resent(Answer):
    """A new code was mailed, or why not."""

    outcome: Literal["sent", "throttled", "password_first", "nothing_open", "need_address", "invalid_address"]
    retry_at: AwareDatetime | None
    facts: Facts


class Executed(Answer):
    """What the execution came to."""

    outcome: Literal["executed", "scheduled", "not_confirmed", "refused"]
    facts: Facts


class Cancelled(Answer):
    """What the cancellation came to."""

    outcome: Literal["cancelled", "nothing_open", "too_late", "need_proof"]
    facts: Facts


class HumanCalled(Answer):
    """The wish for a person is in the record."""

    outcome: Literal["noted"]
    facts: Facts


class Alive(Answer):
    """The process answers."""

    status: Literal["ok"]
