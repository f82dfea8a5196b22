"""The shapes of Direct Line 3.0: what clients may send, and what they get."""

import re
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from bot.incoming_text import MAX_CHARACTERS
from bot.models import ActivityRow
from bot.sealing import PREFIX, Seal
from httpkit.clock import iso
from httpkit.errors import ClientError

LISTED_EVENTS = frozenset({"zoe.human", "zoe.back", "zoe.end", "zoe.lang", "zoe.read"})
MAX_WATERMARK = 2**53

_ZOE = {"id": "zoe", "name": "Zoe", "role": "bot"}

type Short = Annotated[str, StringConstraints(max_length=200)]


class ChannelData(BaseModel):
    """The one thing kept of a client's channel data: its own id for the activity, which drives its send status."""

    model_config = ConfigDict(extra="ignore")

    clientActivityID: str | None = Field(default=None, pattern=r"^[A-Za-z0-9._:|-]{1,128}$")  # noqa: N815 - the protocol's name


class Submitted(BaseModel):
    """What Adaptive Cards' Action.Submit sends."""

    model_config = ConfigDict(extra="ignore")

    offered: Annotated[str, StringConstraints(max_length=64)]


class IncomingActivity(BaseModel):
    """A client's activity. `from`, `recipient`, `role`, `serviceUrl`, `channelId`, attachments and the rest are not
    even read.
    """

    model_config = ConfigDict(extra="ignore")

    type: Literal["message", "typing", "event"]
    text: str | None = None
    name: Short | None = None
    value: str | int | float | bool | Submitted | None = None
    channelData: ChannelData | None = None  # noqa: N815 - the protocol's name

    def refuse_unlisted(self) -> None:
        """Raises ClientError for what clients may not send: other events, texts that are too long, messages without
        anything.
        """
        if self.type == "event" and self.name not in LISTED_EVENTS:
            raise ClientError(400, "unlisted_event", "clients may send only the listed events")
        if self.text is not None and len(self.text) > MAX_CHARACTERS:
            raise ClientError(413, "message_too_long", f"a message has at most {MAX_CHARACTERS} characters")
        if self.type == "message" and not (self.text or "").strip() and self.offered_id() is None:
            raise ClientError(400, "empty_message", "a message needs a text or an offered value")

    def offered_id(self) -> str | None:
        """The offered id that a button or card sent back."""
        if self.type != "message":
            return None
        if isinstance(self.value, Submitted):
            return self.value.offered
        return self.value if isinstance(self.value, str) and self.value else None

    def client_id(self) -> str | None:
        """The client's own id for this activity."""
        return self.channelData.clientActivityID if self.channelData else None


class TokenRequest(BaseModel):
    """`POST /chat/token`."""

    model_config = ConfigDict(extra="forbid")

    lang: Annotated[str, StringConstraints(max_length=35)] | None = None
    token: Annotated[str, StringConstraints(max_length=200)] | None = None


class LabelledUser(BaseModel):
    """A user id that a site binds; a label, never identity."""

    model_config = ConfigDict(extra="ignore")

    id: Annotated[str, StringConstraints(min_length=1, max_length=200)]


class GenerateRequest(BaseModel):
    """`POST /v3/directline/tokens/generate`."""

    model_config = ConfigDict(extra="ignore")

    user: LabelledUser | None = None
    User: LabelledUser | None = None
    trustedOrigins: list[Short] | None = Field(default=None, max_length=50)  # noqa: N815 - the protocol's name
    TrustedOrigins: list[Short] | None = Field(default=None, max_length=50)
    locale: Short | None = None


def to_wire(row: ActivityRow, seal: Seal) -> dict[str, Any]:
    """An entry of the transcript as its client sees it, with the links opened that transcripts hold sealed."""
    wire = dict(row.wire)
    hide_text = wire.pop("hideText", False)
    if "suggestedActions" in wire:
        actions = [_opened(action, row.conversation_id, seal) for action in wire["suggestedActions"]["actions"]]
        wire["suggestedActions"] = {"actions": [action for action in actions if action is not None]}
    activity: dict[str, Any] = {
        "type": row.type,
        "id": row.id,
        "timestamp": iso(row.created_at),
        "channelId": "directline",
        "conversation": {"id": row.conversation_id},
        "from": _from(row),
        **wire,
    }
    if row.type == "message":
        activity["textFormat"] = "plain"
        if row.text is not None and not hide_text:
            activity["text"] = row.text
    if row.reply_to_id is not None:
        activity["replyToId"] = row.reply_to_id
    return activity


def _opened(action: dict[str, str], conversation_id: str, seal: Seal) -> dict[str, str] | None:
    """An action as the client gets it; None when its link was sealed under a key that is gone."""
    if not action["value"].startswith(PREFIX):
        return action
    value = seal.open(action["value"], conversation_id)
    return {**action, "value": value} if value is not None else None


def _from(row: ActivityRow) -> dict[str, str]:
    match row.author:
        case "customer":
            return {"id": "customer", "role": "user"}
        case "agent":
            return {"id": "agent", "name": row.author_name or "", "role": "agent"}
        case _:
            return _ZOE


def parse_watermark(text: str | None) -> int:
    """A watermark from an address; none and empty mean the beginning. Raises ClientError 400 for anything but a
    number.
    """
    if not text:
        return 0
    if not re.fullmatch(r"[0-9]{1,16}", text, re.ASCII) or int(text) > MAX_WATERMARK:
        raise ClientError(400, "bad_watermark", "the watermark is not one of ours")
    return int(text)
