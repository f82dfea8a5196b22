"""Phone numbers: one form for comparing and storing them, and which may get an SMS. Pure."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import phonenumbers
from babel import Locale
from phonenumbers import PhoneNumberType

from auth_backend.i18n import BABEL_LOCALES

MAX_TYPED = 40
_TAKES_SMS = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})
_LIKELY = {"en": "US", "pt": "BR", "es": "ES"}


@dataclass(frozen=True)
class Phone:
    """A number that can get an SMS: E.164, and the country it belongs to (ISO 3166-1 alpha-2)."""

    e164: str
    country: str


@dataclass(frozen=True)
class PhoneRefused:
    """`reason`: `invalid` (no number of that country), `not_mobile`, or `country` (no SMS is sent there)."""

    reason: str


@dataclass(frozen=True)
class Country:
    """One line of the country list."""

    code: str
    name: str
    prefix: str


def read_phone(country: str, raw: str, *, allowed: Sequence[str]) -> Phone | PhoneRefused:
    """The number that was typed for a country, however it was written.

    `country` is an ISO code or a calling code (`BR`, `+55`, `55`); `raw` may have the area code alone, a trunk zero or
    the full international form. `allowed` empty: every country.
    """
    region = _region(country)
    text = unicodedata.normalize("NFKC", raw).strip()
    if region is None or not text or len(text) > MAX_TYPED:
        return PhoneRefused("invalid")
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return PhoneRefused("invalid")
    home = phonenumbers.region_code_for_number(number)
    if home is None or number.extension or not phonenumbers.is_valid_number(number):
        return PhoneRefused("invalid")
    if allowed and home not in allowed:
        return PhoneRefused("country")
    if phonenumbers.number_type(number) not in _TAKES_SMS:
        return PhoneRefused("not_mobile")
    return Phone(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164), home)


def country_of(e164: str) -> str:
    """The country of a stored number."""
    return phonenumbers.region_code_for_number(phonenumbers.parse(e164, None)) or "ZZ"


def shown(e164: str) -> str:
    """A stored number for its owner's eyes, spaced as its country does."""
    return str(phonenumbers.format_number(phonenumbers.parse(e164, None), phonenumbers.PhoneNumberFormat.INTERNATIONAL))


def countries(lang: str, *, allowed: Sequence[str]) -> list[Country]:
    """The countries to which SMS are sent, by name in the page's language."""
    return list(_countries(lang, tuple(allowed or sorted(phonenumbers.SUPPORTED_REGIONS))))


def likely_country(lang: str, *, allowed: Sequence[str]) -> str:
    """The country that is chosen before anybody chose."""
    likely = _LIKELY[lang]
    return likely if not allowed or likely in allowed else allowed[0]


@cache
def _countries(lang: str, codes: tuple[str, ...]) -> tuple[Country, ...]:
    """Kept, because the library reads a file for each country when it is first asked about it."""
    names = Locale.parse(BABEL_LOCALES[lang]).territories
    listed = [Country(code, names.get(code, code), f"+{phonenumbers.country_code_for_region(code)}") for code in codes]
    return tuple(sorted(listed, key=lambda entry: _sortable(entry.name)))


def _region(country: str) -> str | None:
    text = unicodedata.normalize("NFKC", country).strip().upper()
    if text in phonenumbers.SUPPORTED_REGIONS:
        return text
    digits = text.removeprefix("+")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 3):
        return None
    region = phonenumbers.region_code_for_country_code(int(digits))
    return region if region in phonenumbers.SUPPORTED_REGIONS else None


def _sortable(name: str) -> str:
    """Accents don't send a name to the end of the list."""
    return "".join(c for c in unicodedata.normalize("NFD", name.casefold()) if not unicodedata.combining(c))
