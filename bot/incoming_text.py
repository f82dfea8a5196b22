"""What a person typed, made safe to read before anything else looks at it: cleaned, bounded, never an `/intent`."""

import unicodedata

MAX_CHARACTERS = 4_000

_KEPT_CONTROLS = frozenset("\n\t")
_JOINERS = frozenset("\u200c\u200d")
"""Zero-width (non-)joiners hold emoji and some scripts together; they are kept inside the text, never at its ends."""


def clean(text: str) -> str:
    """`text` composed (NFC), without control and invisible format characters, stripped of white space at both ends.

    Rasa turns a text that starts with `/` into an intent, also after white space or controls that it strips; so
    those go first and a leading slash then becomes `∕` (U+2215), with any further ones.
    """
    visible = "".join(_visible(character) for character in unicodedata.normalize("NFC", text))
    stripped = visible.strip().strip("\u200c\u200d").strip()
    slashes = len(stripped) - len(stripped.lstrip("/"))
    return "\u2215" * slashes + stripped[slashes:]


def _visible(character: str) -> str:
    if character in _KEPT_CONTROLS or character in _JOINERS:
        return character
    if character == "\r":
        return ""
    category = unicodedata.category(character)
    if category in {"Zl", "Zp"}:
        return "\n"
    return "" if category in {"Cc", "Cf", "Cs", "Cn", "Co"} else character
