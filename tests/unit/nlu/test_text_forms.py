"""The forms of a text: tricks removed, data replaced, positions kept where they matter."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu import text_forms


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("  Olá,\u00a0não  consigo ", "ola, nao consigo"),
        ("siiiiim", "sim"),
        ("heeelp!!!???", "help!"),
        ("re\u200bset\u00ad", "reset"),
        ("рhоne lost", "phone lost"),  # Cyrillic р and о
        ("ｒｅｓｅｔ", "reset"),
        ("my code is 123 456", "my code is xcode"),
        ("code １２３４５６", "code xcode"),
        ("••••••", "xcode"),
        ("ana@acme.com ou +55 11 98765-4321", "xemail ou xphone"),
        ("good call", "good call"),
        ("", ""),
    ],
)
def test_normalised(typed: str, expected: str) -> None:
    assert text_forms.normalised(typed) == expected


def test_a_word_of_another_script_stays() -> None:
    assert text_forms.plain("привет") == "привет"


def test_plain_keeps_case_and_accents() -> None:
    assert text_forms.plain("Não SEI") == "Não SEI"


@given(st.text(max_size=200))
def test_folding_keeps_every_position(text: str) -> None:
    assert len(text_forms.folded(text)) == len(text)


@given(st.text(max_size=200))
def test_normalising_twice_changes_nothing_more_about_space_and_case(text: str) -> None:
    once = text_forms.normalised(text)
    assert once == once.strip()
    assert "  " not in once
