"""`python -m auth_backend.i18n_check`: lists the texts that a language has no translation for.

Exit 1 when there are any.

Texts are extracted from the code (`_("…")`) and the templates (`{{ _("…") }}`, `{% trans %}`). A new one goes into the
feature's file under `locales/{pt,es}/`; with `--unused` the translations that no text asks for any more are listed too.
"""

import sys
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from auth_backend.i18n import BABEL_LOCALES, DEFAULT_LANGUAGE, LANGUAGES, LOCALES

PACKAGE = Path(__file__).parent
METHODS = [("templates/**.html", "jinja2"), ("templates/**.txt", "jinja2"), ("**.py", "python")]
JINJA = {"trimmed": "true", "extensions": "jinja2.ext.i18n", "silent": "false"}


def used_messages() -> set[str]:
    """Every message id (the singular of plural ones) in code and templates."""
    options = {pattern: JINJA for pattern, method in METHODS if method == "jinja2"}
    found = extract_from_dir(str(PACKAGE), METHODS, options)
    return {message if isinstance(message, str) else message[0] for _, _, message, _, _ in found}


def translated_messages(lang: str) -> set[str]:
    """Every message id that the language's files translate."""
    translated: set[str] = set()
    for file in sorted((LOCALES / lang).glob("*.po")):
        with file.open("rb") as source:
            catalog = read_po(source, locale=BABEL_LOCALES[lang])
        for message in catalog:
            key = message.id if isinstance(message.id, str) else message.id[0]
            texts = [message.string] if isinstance(message.string, str) else list(message.string or [""])
            if key and not message.fuzzy and all(texts):
                translated.add(key)
    return translated


def main() -> int:
    """Prints what is missing, one line a text."""
    used = used_messages()
    complete = True
    for lang in (code for code in LANGUAGES if code != DEFAULT_LANGUAGE):
        translated = translated_messages(lang)
        for text in sorted(used - translated):
            complete = False
            print(f"{lang}: missing: {text}")  # noqa: T201
        if "--unused" in sys.argv:
            for text in sorted(translated - used):
                print(f"{lang}: unused: {text}")  # noqa: T201
    return 0 if complete else 1


if __name__ == "__main__":
    sys.exit(main())
