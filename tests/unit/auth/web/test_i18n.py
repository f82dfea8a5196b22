"""Languages: which one, and that nothing is left in English."""

import re

import pytest
from babel.messages.pofile import read_po

from auth_backend.help.articles import TWO_FACTOR, get_article
from auth_backend.i18n import BABEL_LOCALES, LOCALES, accepted_language, choose_language, supported, translations
from auth_backend.i18n_check import translated_messages, used_messages


@pytest.mark.parametrize(
    ("header", "lang"),
    [
        ("", None),
        ("pt-BR", "pt"),
        ("fr,de", None),
        ("fr, es;q=0.5, pt;q=0.6", "pt"),
        ("es;q=0, en;q=0.1", "en"),
        ("en;q=bad, es;q=0.2", "es"),
        ("*", None),
        ("es, pt", "es"),
        (";;,,;q=,es-419", "es"),
        ("fr," * 500 + "es", None),
    ],
)
def test_accept_language(header: str, lang: str | None) -> None:
    assert accepted_language(header) == lang


def test_order_of_choice() -> None:
    assert choose_language(asked="es", profile="pt", remembered="en", accept="en") == "es"
    assert choose_language(asked="xx", profile="pt", remembered="en", accept="en") == "pt"
    assert choose_language(asked=None, profile=None, remembered="es", accept="pt") == "es"
    assert choose_language(asked=None, profile=None, remembered=None, accept="pt") == "pt"
    assert choose_language(asked=None, profile=None, remembered=None, accept="fr") == "en"
    assert supported("PT_br") == "pt"


@pytest.mark.parametrize("lang", ["pt", "es"])
def test_every_text_is_translated(lang: str) -> None:
    assert sorted(used_messages() - translated_messages(lang)) == []


@pytest.mark.parametrize("lang", ["pt", "es"])
def test_translations_keep_the_places_for_values(lang: str) -> None:
    places = re.compile(r"%\([a-z_]+\)[sd]")
    for file in sorted((LOCALES / lang).glob("*.po")):
        with file.open("rb") as source:
            for message in read_po(source, locale=BABEL_LOCALES[lang]):
                wanted = message.id if isinstance(message.id, str) else message.id[-1]
                texts = [message.string] if isinstance(message.string, str) else message.string or ()
                for text in texts:
                    assert not wanted or set(places.findall(text)) == set(places.findall(wanted)), (file.name, wanted)


@pytest.mark.parametrize("lang", ["pt", "es"])
def test_no_text_is_translated_in_two_files(lang: str) -> None:
    seen: dict[str, tuple[str, object]] = {}
    for file in sorted((LOCALES / lang).glob("*.po")):
        with file.open("rb") as source:
            for message in read_po(source, locale=BABEL_LOCALES[lang]):
                key = str(message.id)
                if message.id:
                    other = seen.setdefault(key, (file.name, message.string))
                    assert other[1] == message.string, f"{key}: {other[0]} and {file.name} differ"


def test_plurals() -> None:
    spanish = translations("es")
    one = spanish.ngettext("%(count)s answer for “%(query)s”", "%(count)s answers for “%(query)s”", 1)
    assert one.startswith("%(count)s respuesta ")


@pytest.mark.parametrize("lang", ["en", "pt", "es"])
def test_the_article_is_the_same_in_every_language(lang: str) -> None:
    article, english = get_article(TWO_FACTOR, lang), get_article(TWO_FACTOR, "en")
    assert article is not None
    assert english is not None
    assert [section.id for section in article.sections] == [section.id for section in english.sections]
    assert all(section.summary and section.text and section.keywords for section in article.sections)
    assert article.title
    assert article.summary
