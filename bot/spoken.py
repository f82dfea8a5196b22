"""What the dialogue said, checked: plain sentences, buttons with intents of ours, wishes for a moment, a page or a
person.
"""

import re
from dataclasses import dataclass, replace

from bot.dialogue_client import Answer, Said
from bot.languages import Lang
from bot.moments.links import harmless
from bot.moments.pages import page, page_button
from bot.replies import Button, Reply, Say

_PAYLOAD = re.compile(r"/[A-Za-z][A-Za-z0-9_]{0,60}(?:\{[^\n]{0,400}\})?")
_MOST_BUTTONS = 8
_LONGEST_TITLE = 80
_LONGEST_TEXT = 4_000


@dataclass(frozen=True)
class MomentWish:
    """A sentence that is rendered from backend facts."""

    name: str


@dataclass(frozen=True)
class HandoffWish:
    """The dialogue hands over to a person."""

    reason: str | None


type Spoken = Reply | MomentWish | HandoffWish


def spoken(answer: Answer, lang: Lang, public_url: str) -> list[Spoken]:
    """The parts of an answer in order; what is not understood is dropped, never shown raw."""
    parts: list[Spoken] = []
    for said in answer.said:
        reply = _sentence(said, lang, public_url)
        if reply is not None:
            parts.append(reply)
        if said.custom is not None:
            _add_custom(parts, said.custom, lang, public_url)
    return parts


def _sentence(said: Said, lang: Lang, public_url: str) -> Reply | None:
    text = harmless(said.text or "", public_url)[:_LONGEST_TEXT]
    buttons: tuple[Button, ...] = tuple(
        Say(harmless(button.title, public_url)[:_LONGEST_TITLE], button.payload)
        for button in said.buttons[:_MOST_BUTTONS]
        if _PAYLOAD.fullmatch(button.payload) and button.title.strip()
    )
    if not text:
        return None
    return Reply(text, lang, buttons=buttons)


def _add_custom(parts: list[Spoken], custom: dict[str, object], lang: Lang, public_url: str) -> None:
    match custom:
        case {"zoe": "moment", "name": str(name)}:
            parts.append(MomentWish(name))
        case {"zoe": "handoff"}:
            reason = custom.get("reason")
            parts.append(HandoffWish(reason[:64] if isinstance(reason, str) else None))
        case {"zoe": "page", "page": str(name)}:
            title = custom.get("title")
            _add_page(parts, name, title if isinstance(title, str) else None, lang, public_url)


def _add_page(parts: list[Spoken], name: str, title: str | None, lang: Lang, public_url: str) -> None:
    """A button to a page belongs to the sentence before it; alone it gets a short one."""
    last = parts[-1] if parts else None
    button = page_button(name, title, lang, public_url)
    if button is None:
        return
    if isinstance(last, Reply):
        parts[-1] = replace(last, buttons=(*last.buttons, button))
    else:
        parts.extend(page(name, title, lang, public_url))
