"""Searching the articles: small, in memory, forgiving about accents, case and word endings. Pure."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

from auth_backend.help.articles import Article, Section

MAX_QUERY = 200
MAX_WORDS = 12
SNIPPET = 170

_WORD = re.compile(r"\w+")
_IN_TITLE, _IN_KEYWORDS, _IN_TEXT = 5.0, 3.0, 1.0
_TOO_COMMON = frozenset({
    "the", "and", "for", "how", "can", "what", "with", "you", "your", "does", "why", "when", "not", "are",
    "que", "como", "para", "por", "com", "uma", "meu", "minha", "nao", "sem", "dos", "das", "posso",
    "los", "las", "del", "una", "con", "mis", "sin", "puedo", "esta",
})  # fmt: skip
"""Without accents, as `_words` gives them."""


@dataclass(frozen=True)
class Hit:
    """A section that answers, and the words around the first match."""

    article: Article
    section: Section
    score: float
    snippet: str


def search(articles: Iterable[Article], query: str) -> list[Hit]:
    """The sections that match, best first.

    Words match from their beginning ("activ" finds "activate"), at least half of them.
    """
    words = query_words(query)
    hits = []
    for article in articles:
        for section in article.sections:
            matched, score = _score(section, words)
            if words and matched * 2 >= len(words):
                hits.append(Hit(article, section, score, snippet(section.text, words)))
    return sorted(hits, key=lambda hit: -hit.score)


def query_words(query: str) -> list[str]:
    """The words of a query that say something, each once."""
    words = [word for word in _words(query[:MAX_QUERY]) if len(word) > 1]
    telling = [word for word in words if len(word) > 2 and word not in _TOO_COMMON]
    return list(dict.fromkeys(telling or words))[:MAX_WORDS]


def snippet(text: str, words: list[str]) -> str:
    """About 170 characters from the sentence that holds the first match, or from the beginning."""
    sentences = re.split(r"(?<=[.!?])\s+", text)
    start = next((i for i, part in enumerate(sentences) if _holds(_words(part), words)), 0)
    shown = " ".join(sentences[start:])
    return shown if len(shown) <= SNIPPET else shown[:SNIPPET].rsplit(" ", 1)[0] + " …"


def _score(section: Section, words: list[str]) -> tuple[int, float]:
    title, keywords, text = _words(section.title), _words(section.keywords), _words(section.text)
    matched, score = 0, 0.0
    for word in words:
        places = ((title, _IN_TITLE), (keywords, _IN_KEYWORDS), (text, _IN_TEXT))
        found = sum(weight for words_there, weight in places if _starts(words_there, word))
        matched += found > 0
        score += found
    return matched, score


def _starts(words: list[str], beginning: str) -> bool:
    stem = beginning[: max(4, len(beginning) - (2 if len(beginning) < 8 else 3))]
    return any(word.startswith(stem) for word in words)


def _holds(words: list[str], wanted: list[str]) -> bool:
    return any(_starts(words, word) for word in wanted)


def _words(text: str) -> list[str]:
    """Lower case without accents: people search "codigo" and mean "código"."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return _WORD.findall("".join(character for character in decomposed if not unicodedata.combining(character)))
