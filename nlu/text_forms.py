"""Forms of a user's text that the components work on. The text itself is never changed.

`plain` is what the sentence encoder reads, `normalised` what the word and character features read, `folded` what
patterns are matched on: it keeps every character's position, so a match is a span of the user's own text.
"""

from __future__ import annotations

import re
import unicodedata

from nlu.chat_spelling import written_out

# Cyrillic and Greek letters that look like Latin ones; applied only inside words that also hold Latin letters.
_LOOK_ALIKES = str.maketrans(
    {
        **dict(zip("авекмнорстухіјѕԁɡ", "abekmhopctyxijsdg", strict=True)),
        **dict(zip("АВЕКМНОРСТУХІЈЅ", "ABEKMHOPCTYXIJS", strict=True)),
        **dict(zip("αεικνορτυχ", "aeikvoptux", strict=True)),
        **dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX", strict=True)),
    }
)
_WORD = re.compile(r"\w+")
_LATIN = re.compile(r"[A-Za-zÀ-ɏ]")
_ELONGATED = re.compile(r"([^\W\d_])\1{2,}")
_REPEATED_MARK = re.compile(r"([!?.,…])[!?.,…]+")
_SPACE = re.compile(r"\s+")

EMAIL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]+@[\w-]+(?:\.[\w-]+)*", re.UNICODE)
_URL = re.compile(r"(?:https?://|www\.)\S+", re.IGNORECASE)
_MASKED_CODE = re.compile(r"[•●∙*]{4,}")
_SIX_DIGITS = re.compile(r"(?<![\d+])\d(?:[ -]?\d){5}(?![ -]?\d)")
_LONG_DIGITS = re.compile(r"\+?\(?\d(?:[ ().-]{0,2}\d){6,}")

_PLACEHOLDERS = (
    (_URL, " xurl "),
    (EMAIL, " xemail "),
    (_MASKED_CODE, " xcode "),
    (_SIX_DIGITS, " xcode "),
    (_LONG_DIGITS, " xphone "),
)


def _mend_look_alikes(match: re.Match[str]) -> str:
    word = match.group()
    return word.translate(_LOOK_ALIKES) if _LATIN.search(word) else word


def plain(text: str) -> str:
    """`text` without tricks: compatibility forms, zero-width characters, look-alike letters, elongations, extra space.

    Case and accents stay.
    """
    text = unicodedata.normalize("NFKC", text)
    text = "".join(c for c in text if unicodedata.category(c) not in {"Cf", "Cc"} or c in "\n\t")
    text = _WORD.sub(_mend_look_alikes, text)
    text = _ELONGATED.sub(r"\1", text)
    return _SPACE.sub(" ", text).strip()


def normalised(text: str) -> str:
    """`plain`, abbreviations written out, lower case, no accents, placeholder words for addresses, numbers, codes."""
    text = plain(text)
    for pattern, placeholder in _PLACEHOLDERS:
        text = pattern.sub(placeholder, text)
    text = written_out(text)
    text = unaccented(text.lower())
    text = _REPEATED_MARK.sub(r"\1", text)
    return _SPACE.sub(" ", text).strip()


def unaccented(text: str) -> str:
    """`text` without its combining marks."""
    return "".join(c for c in unicodedata.normalize("NFD", text) if unicodedata.category(c) != "Mn")


def _fold_character(character: str) -> str:
    base = unicodedata.normalize("NFKD", character)[:1].lower()
    return base if len(base) == 1 else character


def folded(text: str) -> str:
    """Lower case without accents, one character for each character of `text`."""
    return "".join(map(_fold_character, text))


def without_data(text: str) -> str:
    """`text` without addresses, links, numbers and codes: what is left says something about the language."""
    for pattern, _ in _PLACEHOLDERS:
        text = pattern.sub(" ", text)
    return _SPACE.sub(" ", text).strip()
