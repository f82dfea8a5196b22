"""How people type codes."""

import unicodedata

from auth_backend.crypto import CODE_DIGITS

_LONGEST = 40
_BETWEEN = frozenset(" -.\u00a0\u2011\u2013")


def read_code(raw: str) -> str | None:
    """The six digits that were typed; spaces, hyphens and full-width digits are forgiven. None when it is no code."""
    text = unicodedata.normalize("NFKC", raw[:_LONGEST])
    digits = "".join(character for character in text if character not in _BETWEEN)
    return digits if len(digits) == CODE_DIGITS and digits.isascii() and digits.isdigit() else None
