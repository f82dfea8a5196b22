"""What redaction speaks of: what is awaited, what was found where, and the text that may be kept."""

from dataclasses import dataclass
from enum import StrEnum

MASK = "••••••"


class Awaited(StrEnum):
    """What the conversation's reset waits for (`stage`, interfaces.md), as far as redaction cares."""

    NOTHING = "nothing"
    CODE = "code"
    PASSWORD = "password"  # noqa: S105 - a name, not a secret
    RETURN_CODE = "return_code"
    OVER = "over"
    """A reset is or was under way and nothing that is typed here is awaited; what comes may be a code that is sent
    again.
    """


class Found(StrEnum):
    """The kinds of things that are hidden."""

    CODE = "code"
    RETURN_CODE = "return_code"
    RECOVERY_CODE = "recovery_code"
    PASSWORD = "password"  # noqa: S105 - a name, not a secret


@dataclass(frozen=True)
class Redacted:
    """A text that may be stored, what was hidden in it, and the one code to hand in when one is awaited.

    `code` is digits or consonants without separators, `code_kind` which of the two; it is never stored. `bare`: the
    message was nothing but the hidden thing.
    """

    text: str
    found: frozenset[Found]
    code_kind: Found | None
    code: str | None
    bare: bool

    def __repr__(self) -> str:
        return f"Redacted(text={self.text!r}, found={sorted(self.found)}, bare={self.bare})"


@dataclass(frozen=True)
class Hit:
    """One thing to hide: `start` and `end` are indexes of the text."""

    kind: Found
    start: int
    end: int
    exact: bool = False
    """Stand-alone: a code as a person types one, so it may be handed in."""
    code: str = ""
    """The code without separators, when it can be handed in."""
    said: bool = False
    """The text itself says that this is a secret, so it is hidden whatever it looks like."""
