"""What a recovery code looks like, how it is typed, and the tag by which its row is found. Pure."""

import secrets
import unicodedata
from collections.abc import Callable

from auth_backend.crypto import keyed_hash

HOW_MANY = 10
ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's Base32: five bits a letter, none that is taken for another."""
GROUP = 5
GROUPS = 3
LENGTH = GROUP * GROUPS
"""75 bits; SP 800-63B-4 3.1.2 and ASVS 5.0 6.5.2 ask for at least 64."""

_READ_AS = str.maketrans("oil", "011")
_LONGEST = 60
_BETWEEN = frozenset(" -.\t\u00a0\u2010\u2011\u2012\u2013\u2014\u2212")
_TAG_LENGTH = 4
"""Hexadecimal digits: 16 bits."""


def new_code(pick: Callable[[str], str] = secrets.choice) -> str:
    """A code as it is stored and judged: 15 letters and digits, among them always a digit.

    A code without any digit (one of 270) is thrown away: it could read like words, and what hides codes in chats knows
    them by their digits. That costs less than a hundredth of a bit.
    """
    while True:
        code = "".join(pick(ALPHABET) for _ in range(LENGTH))
        if any(character.isdigit() for character in code):
            return code


def new_codes(tag: Callable[[str], str]) -> list[str]:
    """Ten codes with ten different tags, so that a typed code is compared with one row at most."""
    codes: dict[str, str] = {}
    while len(codes) < HOW_MANY:
        code = new_code()
        codes.setdefault(tag(code), code)
    return list(codes.values())


def grouped(code: str) -> str:
    """For people: `xxxxx-xxxxx-xxxxx`."""
    return "-".join(code[start : start + GROUP] for start in range(0, LENGTH, GROUP))


def read_recovery_code(raw: str) -> str | None:
    """The code that was typed; case, spaces and hyphens are forgiven, o, i and l are read as 0 and 1. None: no code."""
    text = unicodedata.normalize("NFKC", raw[:_LONGEST]).casefold()
    code = "".join(character for character in text if character not in _BETWEEN).translate(_READ_AS)
    return code if len(code) == LENGTH and set(code) <= set(ALPHABET) else None


def lookup_tag(key: bytes, user_id: str, code: str) -> str:
    """The 16 bits by which the row of a code is found among a user's.

    Slow hashes have salts of their own, so that without the tag a typed code would have to be tried against all ten:
    ten times the work for everybody, and a time that tells how many are left. With it one slow hash is computed,
    always; where no row has the tag, against nobody's hash. The tag is keyed: who has the database alone learns
    nothing from it; who has the key too learns 16 bits of 75 and still has 59 to find, at argon2's pace.
    """
    return keyed_hash(key, user_id, code)[:_TAG_LENGTH]
