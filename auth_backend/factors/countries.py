"""The countries of a phone number: names in the page's language, calling codes, and which of them is meant. Pure."""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import phonenumbers
from babel import Locale

from auth_backend.i18n import BABEL_LOCALES

_LIKELY = {"en": "US", "pt": "BR", "es": "ES"}


@dataclass(frozen=True)
class Country:
    """One line of the country list. `main`: who types the prefix alone means this one (+1: the United States)."""

    code: str
    name: str
    prefix: str
    main: bool


def countries(lang: str, *, allowed: Sequence[str]) -> list[Country]:
    """The countries to which SMS are sent, by name in the page's language. `allowed` empty: every country."""
    return list(_countries(lang, tuple(allowed or sorted(phonenumbers.SUPPORTED_REGIONS))))


def likely_country(lang: str, *, allowed: Sequence[str]) -> str:
    """The country that is chosen before anybody chose."""
    likely = _LIKELY[lang]
    return likely if not allowed or likely in allowed else allowed[0]


def region_of(country: str) -> str | None:
    """The ISO code that an ISO code or a calling code means (`BR`, `+55`, `55`); None for what is neither."""
    text = unicodedata.normalize("NFKC", country).strip().upper()
    if text in phonenumbers.SUPPORTED_REGIONS:
        return text
    digits = text.removeprefix("+")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 3):
        return None
    region = phonenumbers.region_code_for_country_code(int(digits))
    return region if region in phonenumbers.SUPPORTED_REGIONS else None


@cache
def _countries(lang: str, codes: tuple[str, ...]) -> tuple[Country, ...]:
    """Kept, because the library reads a file for each country when it is first asked about it."""
    names = Locale.parse(BABEL_LOCALES[lang]).territories
    listed = [_country(code, names.get(code, code)) for code in codes]
    return tuple(sorted(listed, key=lambda entry: _sortable(entry.name)))


def _country(code: str, name: str) -> Country:
    prefix = phonenumbers.country_code_for_region(code)
    return Country(code, name, f"+{prefix}", main=phonenumbers.region_code_for_country_code(prefix) == code)


def _sortable(name: str) -> str:
    """Accents don't send a name to the end of the list."""
    return "".join(c for c in unicodedata.normalize("NFD", name.casefold()) if not unicodedata.combining(c))
