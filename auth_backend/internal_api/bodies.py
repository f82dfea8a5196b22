"""The bodies of the internal API: unknown fields are refused, and so is everything too long."""

from typing import Annotated, Any, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from auth_backend.resets.policy import Reason

type Id = Annotated[str, Field(min_length=1, max_length=128)]
type Token = Annotated[str, Field(min_length=1, max_length=512)]
type Lang = Literal["en", "pt", "es"]


class Body(BaseModel):
    """Strict: what is not named here is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class OpenConversation(Body):
    """`POST conversations`."""

    conversation_id: Id
    channel: Literal["web", "embed", "channel"]
    session_token: Token | None = None
    browser_token: Token | None = None
    ip: Annotated[str, Field(max_length=64)]
    user_agent: Annotated[str, Field(max_length=1000)]
    lang: Lang


class SessionToken(Body):
    """`POST conversations/{id}/standing`, `POST desk/agent`."""

    session_token: Token | None = None


class DeskAct(Body):
    """`POST conversations/{id}/desk-events`."""

    agent_id: Id
    event: Literal["panel_read", "claimed", "handed_back", "closed"]


class HandInCode(Body):
    """`POST conversations/{id}/codes`, `…/return-codes`."""

    code: Annotated[str, Field(min_length=1, max_length=64)]
    activity_id: Id


class InLanguage(Body):
    """Calls whose answer may hold words."""

    lang: Lang


TOGETHER: dict[str, Any] = {
    "oneOf": [
        {
            "required": ["text", "written_at"],
            "properties": {name: {"type": "string"} for name in ("text", "written_at")},
        },
        {"properties": {name: {"type": "null"} for name in ("text", "written_at")}},
    ]
}
"""JSON Schema of Confirm's own rule."""


class Confirm(Body):
    """`POST conversations/{id}/confirmations`: the nonce of the card, alone for a press, with text and time for a
    reply.
    """

    model_config = ConfigDict(json_schema_extra=TOGETHER)

    nonce: Annotated[str, Field(min_length=1, max_length=128)]
    text: Annotated[str, Field(max_length=4000)] | None = None
    written_at: AwareDatetime | None = None
    activity_id: Id

    @model_validator(mode="after")
    def text_with_its_time(self) -> Self:
        """Raises ValueError unless a text comes with the time at which it was written, and only then."""
        if (self.text is None) != (self.written_at is None):
            raise ValueError("a text and when it was written, or neither")
        return self


class AskOwner(Body):
    """`POST conversations/{id}/owner-requests`."""

    nonce: Annotated[str, Field(min_length=1, max_length=128)]
    reason: Reason
    activity_id: Id


class OpenReset(Body):
    """`POST reset/open`."""

    address: Annotated[str, Field(max_length=1000)] | None = None
    reason: Reason | None = None
    lang: Lang


class Nothing(Body):
    """Calls that need no argument."""


class CallHuman(Body):
    """`POST human`."""

    reason: Annotated[str, Field(max_length=200)] | None = None
