"""Codes of six digits, however they are spaced, in a text whose digits are ASCII already. Pure.

One group of six is a code, also in halves, pairs or single digits. Longer runs are phone or order numbers, dates,
amounts; but a group of six that stands beside another number ("482913 2026") is a code still.
"""

import re

from bot.redaction.kinds import Awaited, Found, Hit

_GAP = r"[\s\-\u2010-\u2015\u2212\u00b7\u200b-\u200f\u2060\ufeff\u00ad\ufe0f\u20e3_]{0,3}"
_RUN = re.compile(rf"[0-9](?:{_GAP}[0-9])*")
_MARK = r"[^\w\n]{1,3}"
_ONE_BY_ONE = re.compile(rf"(?<![0-9])(?<![0-9][.,/:])[0-9](?:{_MARK}[0-9](?![0-9])){{5}}(?!{_MARK}[0-9])")
"""Six single digits with any mark between them: "4, 8, 2, 9, 1, 3"."""
_DOTTED = re.compile(
    r"(?<![0-9])(?<![0-9][.,/])(?:[0-9]{3}[.,/*|][0-9]{3}|[0-9]{2}(?:[.,/*|][0-9]{2}){2})(?![.,/]?[0-9])"
)
_WHOLE_DOTTED = re.compile(r"\s*[0-9]{1,3}(?:[.,/*|][0-9]{1,3})+[.\s]*")
_MONEY_BEFORE = re.compile(r"(?:[$€£¥]|\b(?:R|US|USD|EUR|BRL|MXN|ARS|CLP|COP))\s?$")
_MONEY_AFTER = re.compile(r"\s?(?:[$€£¥%]|(?:USD|EUR|BRL|MXN|ARS|REAIS|EUROS?|DOLLARS?|D[OÓ]LARES|PESOS?|POUNDS?)\b)")
_SAYS_CODE = re.compile(r"\b(?:CODES?|C[OÓ]DIGOS?|OTP|PIN|TOKEN|SENHA|CLAVE)\b[^.\n0-9]{0,40}$")
_LONGEST_CODE_RUN = 8
"""A group of six beside at most two other digits ("2 123456") is a code even after a plus sign."""


def digit_codes(plain: str, awaited: Awaited) -> list[Hit]:
    """The codes in `plain`; `exact` ones are written as people write a code."""
    hits = [hit for run in _RUN.finditer(plain) for hit in _codes_in_run(plain, run.start(), run.end())]
    hits += [_hit(plain, *match.span(), exact=True) for match in _ONE_BY_ONE.finditer(plain)]
    hits += [_hit(plain, *span, exact=exact) for span, exact in _dotted(plain, awaited)]
    return hits


def _hit(plain: str, start: int, end: int, *, exact: bool) -> Hit:
    return Hit(Found.CODE, start, end, exact, "".join(filter(str.isdigit, plain[start:end])) if exact else "")


def _codes_in_run(plain: str, start: int, end: int) -> list[Hit]:
    """The codes in one run of digits that are separated by at most a gap each."""
    groups = [(start + match.start(), start + match.end()) for match in re.finditer(r"[0-9]+", plain[start:end])]
    total = sum(stop - begin for begin, stop in groups)
    international = plain[start - 1 : start] == "+"
    alone = not _joined(plain, start - 1) and not _joined(plain, end) and not international
    if total == 6:
        return [_hit(plain, start, end, exact=alone)]
    sixes = [(begin, stop) for begin, stop in groups if stop - begin == 6]
    if international and total > _LONGEST_CODE_RUN:
        return []
    if len(groups) > 1 and sixes:
        return [_hit(plain, begin, stop, exact=True) for begin, stop in sixes]
    if total % 6 == 0 and _chunks_of_six(groups):
        return [_hit(plain, start, end, exact=False)]
    return [_hit(plain, begin, stop, exact=True) for begin, stop in _six_singles(groups)]


def _chunks_of_six(groups: list[tuple[int, int]]) -> bool:
    """Whether the groups are several codes in a row, each written in two halves ("123 456 654 321")."""
    return len(groups) > 2 and len(groups) % 2 == 0 and all(stop - begin == 3 for begin, stop in groups)


def _six_singles(groups: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Six digits one by one beside a longer number ("4 8 2 9 1 3 2026")."""
    found, row = [], list[tuple[int, int]]()
    for group in [*groups, (0, 0)]:
        if group[1] - group[0] == 1:
            row.append(group)
            continue
        if len(row) == 6:
            found.append((row[0][0], row[-1][1]))
        row = []
    return found


def _dotted(plain: str, awaited: Awaited) -> list[tuple[tuple[int, int], bool]]:
    """Six digits with dots, commas or slashes: alone, while a code is awaited, or called a code; never an amount."""
    if _WHOLE_DOTTED.fullmatch(plain) and sum(character.isdigit() for character in plain) == 6:
        return [((0, len(plain)), awaited is Awaited.CODE)]
    return [
        (match.span(), awaited is Awaited.CODE)
        for match in _DOTTED.finditer(plain)
        if not _MONEY_BEFORE.search(plain[max(0, match.start() - 5) : match.start()])
        and not _MONEY_AFTER.match(plain, match.end())
        and (awaited is Awaited.CODE or _SAYS_CODE.search(plain[max(0, match.start() - 60) : match.start()]))
    ]


def _joined(plain: str, index: int) -> bool:
    return 0 <= index < len(plain) and (plain[index].isalnum() or plain[index] == "_")
