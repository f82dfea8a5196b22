"""The same text in the forms that patterns read, character for character, so that indexes stay true."""

import unicodedata


def folded(text: str) -> str:
    """`text` with every digit as ASCII and letters as upper-case ASCII where full-width forms were used."""
    return "".join(_fold(character) for character in text)


def lowered(text: str) -> str:
    """`text` in lower case, full-width letters and digits as ASCII; accents stay."""
    return "".join(_low(character) for character in text)


def plain_word(word: str) -> str:
    """`word` in lower case, without accents and without the punctuation around and the apostrophes in it."""
    decomposed = unicodedata.normalize("NFKD", word.casefold())
    kept = "".join(character for character in decomposed if not unicodedata.combining(character))
    return kept.replace("'", "").replace("’", "").strip('.,!?;:()[]{}"“”‘«»¿¡…*_`~-–—<>')


def _fold(character: str) -> str:
    digit = unicodedata.digit(character, None)
    if digit is not None:
        return str(digit)
    narrow = unicodedata.normalize("NFKC", character)
    if len(narrow) != 1:
        return character
    upper = narrow.upper()
    return upper if len(upper) == 1 else narrow


def _low(character: str) -> str:
    lower = _fold(character).lower()
    return lower if len(lower) == 1 else character
