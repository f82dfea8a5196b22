"""What Zoe says in the moments, one file a language, each written natively; the same names in each."""

from collections.abc import Mapping

from bot.languages import Lang
from bot.moments.wording.en import TEXTS as EN
from bot.moments.wording.es import TEXTS as ES
from bot.moments.wording.pt import TEXTS as PT

WORDING: Mapping[Lang, Mapping[str, str]] = {"en": EN, "pt": PT, "es": ES}


def say(lang: Lang, name: str, **values: object) -> str:
    """The sentence `name` in `lang`, with its blanks filled. Values are put in as they are: what people typed stays
    text.
    """
    return WORDING[lang][name].format(**values)
