"""Recovery codes and other tokens: groups of letters and digits that nobody types as words. Pure; reads the folded
text.
"""

import re

from bot.redaction.kinds import Found, Hit

_DASH = r"[\-\u2010-\u2015\u2212]"
_GROUPED = re.compile(rf"(?<![0-9A-Z])[0-9A-Z]{{4,6}}(?:\s?{_DASH}\s?[0-9A-Z]{{4,6}}){{1,7}}(?![0-9A-Z])")
_SPACED = re.compile(r"(?<![0-9A-Z])[0-9A-Z]{4,5}(?:[ .]{1,2}[0-9A-Z]{4,5}){2,7}(?![0-9A-Z])")
_LONG_RUN = re.compile(r"(?<![0-9A-Z_\-])[0-9A-Z_\-]{12,}")
"""Whole runs only, so that a run is looked at once however long it is; what it mixes is counted outside the pattern."""
_NO_WORD = re.compile(r"[0-9A-HJKMNP-TV-Z]{5}")
"""Five of the letters that recovery codes are made of (Crockford's Base32, without I, L, O and U)."""


def recovery_codes(plain: str) -> list[Hit]:
    """What looks like a recovery code or a token of a link."""
    spans = [match.span() for match in _LONG_RUN.finditer(plain) if _has_digits(match) and _has_letters(match)]
    spans += [match.span() for match in _GROUPED.finditer(plain) if _is_grouped_code(match)]
    spans += [match.span() for match in _SPACED.finditer(plain) if _is_spaced_code(match)]
    return [Hit(Found.RECOVERY_CODE, *span) for span in spans]


def _is_grouped_code(match: re.Match[str]) -> bool:
    groups = re.split(r"[^0-9A-Z]+", match.group())
    letters = _has_letters(match)
    if letters and _has_digits(match):
        return True
    same = len({len(group) for group in groups}) == 1
    return letters and same and (len(groups) > 2 or all(_NO_WORD.fullmatch(group) for group in groups))


def _is_spaced_code(match: re.Match[str]) -> bool:
    """Two mixed groups; of the shape that recovery codes have (three groups of five) one group with a digit will do."""
    groups = re.split(r"[ .]+", match.group())
    mixed = [group for group in groups if re.search("[0-9]", group) and re.search("[A-Z]", group)]
    shaped = len(groups) == 3 and all(len(group) == 5 for group in groups)
    return len(mixed) > 1 or (shaped and bool(mixed))


def _has_digits(match: re.Match[str]) -> bool:
    return any(character.isdigit() for character in match.group())


def _has_letters(match: re.Match[str]) -> bool:
    return any(character.isalpha() for character in match.group())
