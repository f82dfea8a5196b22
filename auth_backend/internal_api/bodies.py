"""The bodies of the internal API: unknown fields are refused, and so is everything too long."""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from auth_backend.resets.policy import Reason

type Id = Annotated[str, Field(min_length=1, max_length=128)]
type Token = Annotated[str, Field(min_length=1, max_length=512)]
type Lang = Literal["en", "pt", "es"]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class OpenConversation(_Body):
    """`POST conversations`."""

    conversation_id: Id
    channel: Literal["web", "embed", "channel"]
    session_token: Token | None = None
    browser_token: Token | None = None
    ip: Annotated[str, Field(max_length=64)]
    user_agent: Annotated[str, Field(max_length=1000)]
    lang: Lang


class SessionToken(_Body):
    """`POST conversations/{id}/standing`, `POST desk/agent`."""

    session_token: Token | None = None


class DeskAct(_Body):
    """`POST conversations/{id}/desk-events`."""

    agent_id: Id
    event: Literal["panel_read", "claimed", "handed_back", "closed"]


class HandInCode(_Body):
    """`POST conversations/{id}/codes`, `…/return-codes`."""

    code: Annotated[str, Field(min_length=1, max_length=64)]
    activity_id: Id


class InLanguage(_Body):
    """Calls whose answer may hold words."""

    lang: Lang


class Confirm(_Body):
    """`POST conversations/{id}/confirmations`: a nonce or a text, not both."""

    nonce: Annotated[str, Field(min_length=1, max_length=128)] | None = None
    text: Annotated[str, Field(max_length=4000)] | None = None
    activity_id: Id

    @model_validator(mode="after")
    def one_of_them(self) -> Self:
        """Raises ValueError unless exactly one is there."""
        if (self.nonce is None) == (self.text is None):
            raise ValueError("a nonce or a text")
        return self


class OpenReset(_Body):
    """`POST reset/open`."""

    address: Annotated[str, Field(max_length=1000)] | None = None
    reason: Reason | None = None
    lang: Lang


class Nothing(_Body):
    """Calls that need no argument."""


class CallHuman(_Body):
    """`POST human`."""

    reason: Annotated[str, Field(max_length=200)] | None = None
