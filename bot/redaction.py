"""Takes codes and passwords out of what people type, before it is stored, echoed, routed or logged (security.md 8).

Pure. `redact` always masks; which one of the masked things is a code to hand in depends on what the conversation
awaits. Masking errs on the side of hiding: a needlessly hidden date is a smaller harm than a code in a transcript.
"""

import re
import unicodedata
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
class _Hit:
    kind: Found
    start: int
    end: int
    exact: bool
    """Stand-alone: a code as a person types one, so it may be handed in."""


_GAP = r"[\s\-\u2010-\u2015\u2212\u00b7\u200b-\u200f\u2060\ufeff\u00ad\ufe0f\u20e3_]{0,3}"
_DIGIT_RUN = re.compile(rf"[0-9](?:{_GAP}[0-9])*")
_DOTTED = re.compile(r"\s*[0-9]{1,3}(?:[.,/][0-9]{1,3})+[.\s]*")
_EMAIL = re.compile(r"[^\s@<>,;:()\[\]\"]{1,64}@[^\s@<>,;:()\[\]\"]{1,190}\.[A-Za-z\u00c0-\uffff]{2,24}")
_LONGEST_CODE_RUN = 8
"""A group of six beside at most two other digits ("2 123456") is still a code; more digits make a phone or order
number.
"""

_CONSONANTS = "BCDFGHJKLMNPQRSTVWXZ"
_RETURN_JOINED = re.compile(rf"(?<![0-9A-Z])[{_CONSONANTS}]{{6}}(?![0-9A-Z])")
_RETURN_HYPHEN = re.compile(
    rf"(?<![0-9A-Z])[{_CONSONANTS}]{{3}}\s?[\-\u2010-\u2015\u2212]\s?[{_CONSONANTS}]{{3}}(?![0-9A-Z])"
)
_RETURN_SPELLED = re.compile(rf"[{_CONSONANTS}](?:[\s.\-\u2010-\u2015\u2212]{{0,3}}[{_CONSONANTS}]){{5}}[\s.]*")

_GROUPED = re.compile(r"(?<![0-9A-Z])[0-9A-Z]{4,6}(?:\s?[\-\u2010-\u2015\u2212]\s?[0-9A-Z]{4,6}){1,7}(?![0-9A-Z])")
_SPACED = re.compile(r"(?<![0-9A-Z])[0-9A-Z]{4,5}(?: [0-9A-Z]{4,5}){2,7}(?![0-9A-Z])")
_LONG_RUN = re.compile(r"(?<![0-9A-Z_\-])[0-9A-Z_\-]{12,}")
"""Whole runs only, so that a run is looked at once however long it is; what it mixes is counted outside the pattern."""

_PASSWORD_WORD = r"(?:password|passcode|passwd|pwd|senha|contrase[nñ]a|clave|palavra[- ]passe)"  # noqa: S105 - the word, not one
_SAID_BESIDE = re.compile(rf"\b{_PASSWORD_WORD}\s+[\"'“‘«(]?(?P<secret>(?=\S*[0-9])\S{{4,}})", re.IGNORECASE)
_SAID_WITH_VERB = re.compile(
    rf"\b{_PASSWORD_WORD}\s*(?:[:=]|\s(?:is|was|é|eh|es|era)\b\s*:?)\s*[\"'“‘«(]?(?P<secret>\S{{3,}})", re.IGNORECASE
)
# fmt: off
_NO_PASSWORDS = frozenset({
    "also", "always", "antiga", "being", "boa", "buena", "case", "certa", "changed", "compromised", "correct",
    "correcta", "correta", "debil", "diferente", "different", "distinta", "débil", "errada", "esa", "essa", "esta",
    "expired", "fine", "forgotten", "forte", "fraca", "fuerte", "gone", "good", "incorrect", "incorrecta",
    "incorreta", "invalid", "invalida", "inválida", "leaked", "long", "lost", "mala", "mesma", "minha", "misma",
    "muito", "muy", "nao", "needed", "never", "not", "nova", "now", "nueva", "não", "obligatoria", "obrigatória",
    "okay", "old", "otra", "out", "outra", "rejected", "required", "reset", "right", "safe", "same", "segura",
    "sempre", "short", "siempre", "still", "stolen", "strong", "that", "the", "this", "too", "uma", "una",
    "unknown", "vazada", "velha", "very", "vieja", "weak", "what", "working", "wrong", "your",
})
# fmt: on
"""Ordinary words after "my password is", so that people can still say that it is wrong or new."""
_JOINING = "-'’/_∕"
_LEAST_PASSWORD = 8


def redact(text: str, awaited: Awaited = Awaited.NOTHING) -> Redacted:
    """`text` with every code and password-looking answer replaced by six dots, and the code to hand in if exactly
    one is awaited.

    Full-width and other digits count as digits. With more than one candidate none is handed in, all are hidden.
    """
    plain = _folded(text)
    hits = _without_overlaps(
        [
            *_digit_codes(plain, awaited),
            *_return_codes(plain, awaited),
            *_recovery_codes(plain),
            *_passwords(text, plain, awaited),
        ],
        [match.span() for match in _EMAIL.finditer(plain)],
    )
    if not hits:
        return Redacted(text, frozenset(), None, None, bare=False)
    return Redacted(
        _masked(text, hits),
        frozenset(hit.kind for hit in hits),
        *_handed_in(plain, hits, awaited),
        bare=not re.search(r"\w", _masked(text, hits).replace(MASK, "")),
    )


def _folded(text: str) -> str:
    """`text` with every digit as ASCII and full-width letters as upper-case ASCII, character for character."""
    return "".join(_fold(character) for character in text)


def _fold(character: str) -> str:
    digit = unicodedata.digit(character, None)
    if digit is not None:
        return str(digit)
    narrow = unicodedata.normalize("NFKC", character)
    if len(narrow) != 1:
        return character
    upper = narrow.upper()
    return upper if len(upper) == 1 else narrow


def _digit_codes(plain: str, awaited: Awaited) -> list[_Hit]:
    hits: list[_Hit] = []
    for run in _DIGIT_RUN.finditer(plain):
        hits.extend(_codes_in_run(plain, run.start(), run.end()))
    if not hits and _DOTTED.fullmatch(plain) and sum(character.isdigit() for character in plain) == 6:
        hits.append(_Hit(Found.CODE, 0, len(plain), exact=awaited is Awaited.CODE))
    return hits


def _codes_in_run(plain: str, start: int, end: int) -> list[_Hit]:
    """The codes in one run of digits that are separated by at most a gap each."""
    groups = [(start + match.start(), start + match.end()) for match in re.finditer(r"[0-9]+", plain[start:end])]
    total = sum(stop - begin for begin, stop in groups)
    alone = not _joined(plain, start - 1) and not _joined(plain, end) and plain[start - 1 : start] != "+"
    if total == 6:
        return [_Hit(Found.CODE, start, end, exact=alone)]
    sixes = [(begin, stop) for begin, stop in groups if stop - begin == 6]
    if len(groups) > 1 and (total <= _LONGEST_CODE_RUN or len(sixes) == len(groups)):
        return [_Hit(Found.CODE, begin, stop, exact=True) for begin, stop in sixes]
    if total % 6 == 0 and _chunks_of_six(groups):
        return [_Hit(Found.CODE, start, end, exact=False)]
    return []


def _chunks_of_six(groups: list[tuple[int, int]]) -> bool:
    """Whether the groups are several codes in a row, each written in two halves ("123 456 654 321")."""
    return len(groups) > 2 and len(groups) % 2 == 0 and all(stop - begin == 3 for begin, stop in groups)


def _joined(plain: str, index: int) -> bool:
    return 0 <= index < len(plain) and (plain[index].isalnum() or plain[index] == "_")


def _return_codes(plain: str, awaited: Awaited) -> list[_Hit]:
    spelled = awaited not in {Awaited.NOTHING, Awaited.CODE}
    hits = [_Hit(Found.RETURN_CODE, *match.span(), exact=True) for match in _RETURN_HYPHEN.finditer(plain)]
    # "kkkkkk" and "hmmmmm" are laughter and doubt, not codes.
    hits += [
        _Hit(Found.RETURN_CODE, *match.span(), exact=True)
        for match in _RETURN_JOINED.finditer(plain)
        if len(set(match.group())) > 2 or (spelled and match.group() == plain.strip())
    ]
    if spelled and not hits and _RETURN_SPELLED.fullmatch(plain.strip()):
        hits.append(_Hit(Found.RETURN_CODE, 0, len(plain), exact=True))
    return hits


def _recovery_codes(plain: str) -> list[_Hit]:
    hits = [
        _Hit(Found.RECOVERY_CODE, *match.span(), exact=False)
        for match in _LONG_RUN.finditer(plain)
        if _mixed(match.group())
    ]
    for match in _GROUPED.finditer(plain):
        groups = re.split(r"[^0-9A-Z]+", match.group())
        digits = any(character.isdigit() for character in match.group())
        letters = any(character.isalpha() for character in match.group())
        same = len({len(group) for group in groups}) == 1
        if (digits and letters) or (letters and same and len(groups) > 2):
            hits.append(_Hit(Found.RECOVERY_CODE, *match.span(), exact=False))
    for match in _SPACED.finditer(plain):
        mixed = [group for group in match.group().split() if re.search("[0-9]", group) and re.search("[A-Z]", group)]
        if len(mixed) > 1:
            hits.append(_Hit(Found.RECOVERY_CODE, *match.span(), exact=False))
    return hits


def _mixed(run: str) -> bool:
    return any(character.isdigit() for character in run) and any(character.isalpha() for character in run)


def _passwords(text: str, plain: str, awaited: Awaited) -> list[_Hit]:
    said = [match for pattern in (_SAID_WITH_VERB, _SAID_BESIDE) for match in pattern.finditer(text)]
    spans = [
        match.span("secret") for match in said if match.group("secret").strip(".,!?;").lower() not in _NO_PASSWORDS
    ]
    spans += [
        token.span()
        for token in re.finditer(r"\S+", text)
        if _looks_like_password(token.group(), alone=token.group() == text.strip(), awaited=awaited)
    ]
    return [
        _Hit(Found.PASSWORD, begin, end, exact=False) for begin, end in spans if not _is_plain_data(plain[begin:end])
    ]


def _looks_like_password(token: str, *, alone: bool, awaited: Awaited) -> bool:
    """Whether a word mixes kinds of characters as passwords do; alone in its message, and where one is awaited,
    less is needed.
    """
    if not _LEAST_PASSWORD <= len(token) <= 128 or "://" in token:
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
    return bool(_EMAIL.fullmatch(trimmed) or re.fullmatch(r"[+(]?[0-9][0-9\s().,:/\-]*", trimmed))


def _without_overlaps(hits: list[_Hit], protected: list[tuple[int, int]]) -> list[_Hit]:
    """Hits in reading order; where two overlap the exact one wins, then the longer; nothing inside an e-mail
    address.
    """
    kept: list[_Hit] = []
    for hit in sorted(hits, key=lambda hit: (not hit.exact, hit.start - hit.end)):
        clear = all(hit.end <= other.start or hit.start >= other.end for other in kept)
        if clear and not any(begin <= hit.start and hit.end <= stop for begin, stop in protected):
            kept.append(hit)
    return sorted(kept, key=lambda hit: hit.start)


def _masked(text: str, hits: list[_Hit]) -> str:
    parts, position = [], 0
    for hit in hits:
        parts += [text[position : hit.start], MASK]
        position = hit.end
    return "".join([*parts, text[position:]])


def _handed_in(plain: str, hits: list[_Hit], awaited: Awaited) -> tuple[Found | None, str | None]:
    """The one code to hand in, of the awaited kind first. A code that was accepted may come again, so other stages
    hand in too.
    """
    if awaited is Awaited.NOTHING:
        return None, None
    kinds = (Found.RETURN_CODE, Found.CODE) if awaited is Awaited.RETURN_CODE else (Found.CODE, Found.RETURN_CODE)
    for kind in kinds:
        candidates = [hit for hit in hits if hit.kind is kind]
        if len(candidates) == 1 and candidates[0].exact:
            return kind, re.sub(r"[^0-9A-Z]", "", plain[candidates[0].start : candidates[0].end])
    return None, None
