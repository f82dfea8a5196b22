"""What an agent may write to a customer. Pure: a verdict on a text, in all three languages whatever the conversation's.

A message that asks for a code or a password is held back, and so is one with a link that leaves Zoe's own pages or
leads to a page with a token. Held back wrongly costs a rephrasing; let through wrongly
costs an account: in doubt it is held.
"""

from enum import StrEnum

from bot.handoff.agent_links import judge_links
from bot.handoff.secret_requests import asks_for_secret
from bot.incoming_text import MAX_CHARACTERS


class Held(StrEnum):
    """Why a message was not sent."""

    ASKS_FOR_SECRET = "asks_for_secret"  # noqa: S105 - a reason's name
    FOREIGN_LINK = "foreign_link"
    TOKEN_LINK = "token_link"  # noqa: S105 - a reason's name
    TOO_LONG = "too_long"
    EMPTY = "empty"


def judge_message(text: str, public_url: str) -> Held | None:
    """Why `text` may not be sent, None when it may. `text` is cleaned already (`incoming_text.clean`)."""
    if not text.strip():
        return Held.EMPTY
    if len(text) > MAX_CHARACTERS:
        return Held.TOO_LONG
    if asks_for_secret(text):
        return Held.ASKS_FOR_SECRET
    bad = judge_links(text, public_url)
    return Held(bad.value) if bad is not None else None
