"""How often a member may ask the owner, and for how long the owner may answer. Pure."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from auth_backend.resets.policy import Refusal

OWNER_DECIDES_WITHIN = timedelta(hours=24)
REQUESTS_AT_MOST = 3
REQUESTS_WINDOW = timedelta(days=30)
WAIT_AFTER_NO = timedelta(hours=24)
MAX_NOTE = 300
"""Characters of the member's free text."""

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


@dataclass(frozen=True)
class EarlierRequests:
    """What a member asked before. `lately` counts within REQUESTS_WINDOW; `last_no_at`: the owner's last refusal."""

    one_is_open: bool
    lately: int
    last_no_at: datetime | None


def hindrance_to_asking(earlier: EarlierRequests, *, now: datetime) -> Refusal | None:
    """Why the owner can't be asked now; None when they can."""
    if earlier.one_is_open:
        return Refusal.ASKED_ALREADY
    if earlier.last_no_at is not None and now < earlier.last_no_at + WAIT_AFTER_NO:
        return Refusal.OWNER_SAID_NO
    if earlier.lately >= REQUESTS_AT_MOST:
        return Refusal.ASKED_TOO_OFTEN
    return None


def clean_note(text: str) -> str | None:
    """A member's free text as one line of plain characters, cut to MAX_NOTE; None for nothing."""
    plain = "".join(c for c in _CONTROLS.sub(" ", text) if unicodedata.category(c) not in {"Cf", "Co", "Cs", "Cn"})
    return " ".join(plain.split())[:MAX_NOTE] or None
