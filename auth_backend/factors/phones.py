"""Phone numbers: one form for comparing and storing them, and which may get an SMS. Pure."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

import phonenumbers
from phonenumbers import PhoneNumberType, ValidationResult

from auth_backend.factors.countries import region_of

MAX_TYPED = 40
MIN_DIGITS = 4
"""With fewer the library reads no number at all."""
_TAKES_SMS = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})


@dataclass(frozen=True)
class Phone:
    """A number that can get an SMS: E.164, and the country it belongs to (ISO 3166-1 alpha-2)."""

    e164: str
    country: str


@dataclass(frozen=True)
class PhoneRefused:
    """`reason`: `unknown_country`, `invalid` (no number of that country), `not_mobile`, or `country` (no SMS is sent
    there).
    """

    reason: str


def read_phone(country: str, raw: str, *, allowed: Sequence[str]) -> Phone | PhoneRefused:
    """The number that was typed for a country, however it was written.

    `country` is an ISO code or a calling code (`BR`, `+55`, `55`); `raw` may have the area code alone, a trunk zero or
    the full international form. `allowed` empty: every country.
    """
    if region_of(country) is None:
        return PhoneRefused("unknown_country")
    number = _parse(country, raw)
    if number is None:
        return PhoneRefused("invalid")
    home = phonenumbers.region_code_for_number(number)
    if home is None or number.extension or not phonenumbers.is_valid_number(number):
        return PhoneRefused("invalid")
    if allowed and home not in allowed:
        return PhoneRefused("country")
    if phonenumbers.number_type(number) not in _TAKES_SMS:
        return PhoneRefused("not_mobile")
    return Phone(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164), home)


def unfinished(country: str, raw: str) -> bool:
    """Whether more digits could still make a number of it: then nobody who is typing is told yet that it is none.

    Too few digits, or as many as a number without its area code has.
    """
    if sum(character.isdigit() for character in raw) < MIN_DIGITS:
        return True
    number = _parse(country, raw)
    if number is None:
        return False
    length = phonenumbers.is_possible_number_with_reason(number)
    return length in {ValidationResult.TOO_SHORT, ValidationResult.IS_POSSIBLE_LOCAL_ONLY}


def country_of(e164: str) -> str:
    """The country of a stored number."""
    return phonenumbers.region_code_for_number(phonenumbers.parse(e164, None)) or "ZZ"


def shown(e164: str) -> str:
    """A stored number for its owner's eyes, spaced as its country does."""
    return str(phonenumbers.format_number(phonenumbers.parse(e164, None), phonenumbers.PhoneNumberFormat.INTERNATIONAL))


def _parse(country: str, raw: str) -> phonenumbers.PhoneNumber | None:
    region, text = region_of(country), unicodedata.normalize("NFKC", raw).strip()
    if region is None or not text or len(text) > MAX_TYPED:
        return None
    try:
        return phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None
