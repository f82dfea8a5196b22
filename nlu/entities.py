"""E-mail addresses, phone numbers and six-digit codes in a user's text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import phonenumbers

from nlu.lexicon import METHODS, REASONS
from nlu.text_forms import EMAIL, folded

REGIONS = ("BR", "US", "ES", "MX", "AR", "PT")
"""Where a number without a country prefix may be from, most likely first."""

_CODE = re.compile(r"(?<![\w+•])(?:\d{6}|\d{3}[ -]\d{3}|(?:\d[ -]){5}\d)(?![\w•]|[ -]\d)|(?<!•)[•●]{4,}(?!•)")
_FULL_WIDTH = {0xFF10 + digit: str(digit) for digit in range(10)}
_DIGIT_RUN = re.compile(r"\+?\(?\d[\d ().-]{6,20}\d")


@dataclass(frozen=True)
class Span:
    """Something found: text[start:end] means `value` of kind `entity`."""

    entity: str
    value: str
    start: int
    end: int

    def overlaps(self, others: Sequence[Span]) -> bool:
        """Whether any of `others` shares a character with this one."""
        return any(self.start < other.end and other.start < self.end for other in others)


def find_all(text: str) -> list[Span]:
    """Every entity in `text`, left to right; none overlaps another except `reason`, which tells of a whole clause."""
    found: list[Span] = []
    for spans in (_emails(text), _phones(text), _codes(text), _methods(text)):
        for span in spans:
            if not span.overlaps(found):
                found.append(span)
    return sorted([*found, *_reasons(text)], key=lambda span: (span.start, span.end))


def _emails(text: str) -> Iterator[Span]:
    for match in EMAIL.finditer(text):
        address = match.group().rstrip(".")
        if "." in address.rpartition("@")[2]:
            yield Span("email", address, match.start(), match.start() + len(address))


def _phones(text: str) -> Iterator[Span]:
    digits = text.translate(_FULL_WIDTH)
    for match in _DIGIT_RUN.finditer(digits):
        if sum(map(str.isdigit, match.group())) < 8:
            continue
        number = next((n for n in (_valid_number(match.group(), region) for region in REGIONS) if n), None)
        if number:
            yield Span("phone", number, match.start(), match.end())


def _valid_number(written: str, region: str) -> str | None:
    """E.164 when `written` is a valid number of `region`, or has a prefix of its own."""
    try:
        number = phonenumbers.parse(written, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _codes(text: str) -> Iterator[Span]:
    for match in _CODE.finditer(text.translate(_FULL_WIDTH)):
        yield Span("code", re.sub(r"[ -]", "", match.group()), match.start(), match.end())


def _methods(text: str) -> Iterator[Span]:
    lowered = folded(text)
    for name, pattern in METHODS.items():
        for match in pattern.finditer(lowered):
            yield Span("method", name, match.start(), match.end())


def _reasons(text: str) -> Iterator[Span]:
    lowered = folded(text)
    for name, pattern in REASONS.items():
        if match := pattern.search(lowered):
            yield Span("reason", name, match.start(), match.end())
            return
