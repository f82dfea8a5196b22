"""What Zoe says, before it becomes activities: text that works alone, buttons, the confirmation card, events."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from bot.languages import Lang


@dataclass(frozen=True)
class Say:
    """A button that sends `payload`, an `/intent` of ours, to the dialogue."""

    title: str
    payload: str


@dataclass(frozen=True)
class Confirm:
    """The button that hands the backend's nonce in. The nonce stays on the server; clients see an offered id."""

    title: str
    nonce: str

    def __repr__(self) -> str:
        return f"Confirm(title={self.title!r})"


@dataclass(frozen=True)
class AskOwner:
    """The button that passes a member's request to the owner: the backend's nonce, and the reason it names."""

    title: str
    nonce: str
    reason: str

    def __repr__(self) -> str:
        return f"AskOwner(title={self.title!r}, reason={self.reason!r})"


@dataclass(frozen=True)
class Raise:
    """A button that raises one of the listed events, such as `zoe.human`."""

    title: str
    event: str


@dataclass(frozen=True)
class Open:
    """A button that opens a page of Zoe's own."""

    title: str
    url: str


type Button = Say | Confirm | AskOwner | Raise | Open


@dataclass(frozen=True)
class Card:
    """The content of the confirmation card: a heading and rows of (name, value). Buttons are the reply's."""

    heading: str
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Reply:
    """One thing Zoe says.

    `kind` is a moment's name, `text`, `handoff` or `system`; `secret`: a code is awaited, clients keep no draft;
    `offers_until`: when the buttons stop counting.
    """

    text: str
    lang: Lang
    kind: str = "text"
    buttons: tuple[Button, ...] = ()
    secret: bool = False
    card: Card | None = None
    offers_until: datetime | None = None
    author: Literal["zoe", "system"] = "zoe"


@dataclass(frozen=True)
class Event:
    """A listed event for the client; part of the transcript's order, without text."""

    name: str
    value: Any


type Outgoing = Reply | Event
