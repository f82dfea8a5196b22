"""What people type never becomes an intent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.incoming_text import clean


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("hello", "hello"),
        ("  hello \n", "hello"),
        ("/deny", "\u2215deny"),
        ("//deny", "\u2215\u2215deny"),
        ("\u00a0\u200b\u001c/deny", "\u2215deny"),
        ("\ufeff/deny", "\u2215deny"),
        ("\u200d/deny", "\u2215deny"),
        ("a\u0000b\u202ec", "abc"),
        ("line\r\nbreak", "line\nbreak"),
        ("and/or", "and/or"),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
        ("\u2028para\u2029", "para"),
    ],
)
def test_clean(typed: str, kept: str) -> None:
    assert clean(typed) == kept


@given(st.text())
def test_nothing_cleaned_starts_with_a_slash_or_blank(text: str) -> None:
    kept = clean(text)
    assert not kept.startswith("/")
    assert kept == kept.strip()
    assert clean(kept) == kept
