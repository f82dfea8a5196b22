"""The help search."""

from hypothesis import given
from hypothesis import strategies as st

from auth_backend.help.articles import TWO_FACTOR, get_article
from auth_backend.help.search import MAX_WORDS, query_words, search


def found(lang: str, query: str) -> list[str]:
    article = get_article(TWO_FACTOR, lang)
    assert article is not None
    return [hit.section.id for hit in search([article], query)]


def test_accents_and_endings_do_not_matter() -> None:
    assert found("pt", "redefinicao") == found("pt", "redefinição")
    assert "activate" in found("en", "activating")


def test_nothing_for_words_that_are_nowhere() -> None:
    assert found("en", "invoice xylophone") == []
    assert found("en", "") == []
    assert found("en", "?!") == []


@given(st.text(max_size=400))
def test_any_query_is_answered(query: str) -> None:
    assert len(query_words(query)) <= MAX_WORDS
    found("en", query)
