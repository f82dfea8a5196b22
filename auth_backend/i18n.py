"""Three languages: catalogs, and which language a page is in.

Texts in code and templates are English message ids. The translations are `locales/{pt,es}/*.po`, one file a feature,
read at start. `python -m auth_backend.i18n_check` lists what has no translation yet.
"""

from collections.abc import Callable
from functools import cache
from io import BytesIO
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

LANGUAGES = ("en", "pt", "es")
DEFAULT_LANGUAGE = "en"
LANGUAGE_NAMES = {"en": "English", "pt": "Português", "es": "Español"}
HTML_LANG = {"en": "en", "pt": "pt-BR", "es": "es"}
"""What `lang` says in HTML."""
BABEL_LOCALES = {"en": "en", "pt": "pt_BR", "es": "es"}

LOCALES = Path(__file__).parent / "locales"
MAX_HEADER = 500

type Gettext = Callable[[str], str]


@cache
def translations(lang: str) -> NullTranslations:
    """The merged catalogs of a language. A text that is in no catalog stays English."""
    merged = Translations()
    for file in sorted((LOCALES / lang).glob("*.po")):
        with file.open("rb") as source:
            catalog = read_po(source, locale=BABEL_LOCALES[lang])
        compiled = BytesIO()
        write_mo(compiled, catalog)
        compiled.seek(0)
        part = Translations(compiled)
        merged.merge(part)
        merged.plural = part.plural
    return merged


def translator(lang: str) -> Gettext:
    """gettext for code: `_ = translator(lang)`."""
    return translations(supported(lang) or DEFAULT_LANGUAGE).gettext


def supported(tag: str | None) -> str | None:
    """The language of ours that a tag (`pt`, `pt-BR`, `ES_mx`) means, or None."""
    primary = (tag or "").strip().lower().replace("_", "-").partition("-")[0]
    return primary if primary in LANGUAGES else None


def accepted_language(header: str) -> str | None:
    """The first of ours in an `Accept-Language` header, by weight then order (RFC 9110 12.5.4).

    None when there is none.
    """
    ranked: list[tuple[float, int, str]] = []
    for position, part in enumerate(header[:MAX_HEADER].split(",")):
        tag, _, parameters = part.partition(";")
        lang, weight = supported(tag), _weight(parameters)
        if lang is not None and weight > 0:
            ranked.append((-weight, position, lang))
    return min(ranked)[2] if ranked else None


def choose_language(*, asked: str | None, profile: str | None, remembered: str | None, accept: str) -> str:
    """`?lang=`, then the profile, then what this browser last asked for, then `Accept-Language`, then English."""
    return (
        supported(asked) or supported(profile) or supported(remembered) or accepted_language(accept) or DEFAULT_LANGUAGE
    )


def _weight(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip().lower() != "q":
        return 1.0
    try:
        weight = float(value)
    except ValueError:
        return 0.0
    return weight if 0 <= weight <= 1 else 0.0
