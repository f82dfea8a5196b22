"""Words and answers that look like a password or a passphrase though nothing says so. Pure."""

import re

from bot.redaction.kinds import Awaited, Found, Hit
from bot.redaction.letters import folded
from bot.redaction.ordinary import is_talk
from bot.redaction.said import said_passwords

EMAIL = re.compile(r"[^\s@<>,;:()\[\]\"]{1,64}@[^\s@<>,;:()\[\]\"]{1,190}\.[A-Za-z\u00c0-\uffff]{2,24}")
_URL = re.compile(r"https?://\S+")
_JOINING = "-'’/_∕"
_LEAST_PASSWORD = 8
_LEAST_ANSWER = 6
"""Where the password is awaited, shorter answers are hidden too: the old one may be older than today's rule."""
_LONGEST_WORD = 128
_LONGEST_PHRASE = 300


def passwords(text: str, plain: str, awaited: Awaited) -> list[Hit]:
    """Announced passwords, words that mix characters as passwords do and, where one is awaited, answers that are no
    part of a conversation.
    """
    hits = [
        Hit(Found.PASSWORD, begin, end, said=True)
        for begin, end in said_passwords(text, awaited=awaited is Awaited.PASSWORD)
    ]
    hits += [
        Hit(Found.PASSWORD, *token.span())
        for token in re.finditer(r"\S+", text)
        if _looks_like_password(token.group(), alone=token.group() == text.strip(), awaited=awaited)
        and not _is_plain_data(plain[slice(*token.span())])
    ]
    return hits


def is_answer(text: str) -> bool:
    """Whether `text`, all that is left of a message, may be the password that is awaited: no question, no talk, no
    address or number that people are asked for.
    """
    stripped = text.strip()
    if not _LEAST_ANSWER <= len(stripped) <= _LONGEST_PHRASE:
        return False
    plain = folded(stripped)
    if re.fullmatch(r"[0-9]{6,20}", plain):
        return True
    if _is_plain_data(plain):
        return False
    words = _URL.sub(" ", EMAIL.sub(" ", stripped)).split()
    rest = " ".join(word for word in words if not _is_plain_data(folded(word)))
    if len(rest) < _LEAST_ANSWER or not re.search(r"\w", rest):
        return False
    return not _is_question(stripped) and not is_talk(rest)


def _is_question(text: str) -> bool:
    """A question of several words; a single word with a mark may be a password that ends so."""
    return text.endswith("?") and len(text.split()) > 2


def _looks_like_password(token: str, *, alone: bool, awaited: Awaited) -> bool:
    """Whether a word mixes kinds of characters as passwords do; alone in its message, and where one is awaited,
    less is needed.
    """
    if not _LEAST_PASSWORD <= len(token) <= _LONGEST_WORD or "://" in token:
        return False
    kinds = _character_kinds(token.strip('.,!?;:()"“”‘’«»¿¡'))
    digits = any(character.isdigit() for character in token)
    symbols = any(not character.isalnum() and character not in _JOINING for character in token.strip('.,!?;:()"“”¿¡'))
    if kinds == 4 or (kinds == 3 and symbols and digits):
        return True
    return alone and (kinds > 2 or (kinds == 2 and (awaited is Awaited.PASSWORD or digits)))


def _character_kinds(token: str) -> int:
    """How many of lower case, upper case, digits and symbols occur; a capital first letter alone is just a
    sentence's start.
    """
    body = token[1:] if token[:1].isupper() and token[1:].islower() else token
    return sum(
        (
            any(character.islower() for character in body),
            any(character.isupper() for character in body),
            any(character.isdigit() for character in body),
            any(not character.isalnum() and character not in _JOINING for character in body),
        )
    )


def _is_plain_data(plain: str) -> bool:
    """Addresses, phone numbers, amounts and dates are what people are asked for; they are no passwords."""
    trimmed = plain.strip("()<>.,;:!?\"'")
    return bool(EMAIL.fullmatch(trimmed) or re.fullmatch(r"[+(]?[0-9][0-9\s().,:/\-]*", trimmed))
