"""What recovery codes look like, how they are read, and what their tags tell."""

import itertools
import math

import pytest

from auth_backend.recovery_codes.codes import (
    ALPHABET,
    HOW_MANY,
    LENGTH,
    grouped,
    lookup_tag,
    new_code,
    new_codes,
    read_recovery_code,
)
from auth_backend.recovery_codes.shown import seal, unseal

KEY = b"k" * 32


def test_a_code_has_at_least_64_bits() -> None:
    assert LENGTH * math.log2(len(ALPHABET)) >= 64
    assert len(set(ALPHABET)) == len(ALPHABET) == 32


def test_a_code_without_a_digit_is_thrown_away() -> None:
    picks = itertools.chain("a" * LENGTH, "bcd7" + "e" * (LENGTH - 4))
    assert new_code(lambda _letters: next(picks)) == "bcd7" + "e" * (LENGTH - 4)


def test_ten_codes_have_ten_tags() -> None:
    """Also when tags collide."""
    few = {}

    def tag(code: str) -> str:
        return few.setdefault(code, str(len(few) // 2))

    codes = new_codes(tag)
    assert len(codes) == HOW_MANY
    assert len({few[code] for code in codes}) == HOW_MANY


def test_what_is_shown_is_read_back() -> None:
    for code in new_codes(lambda code: code):
        assert read_recovery_code(grouped(code)) == code
        assert read_recovery_code(grouped(code).upper().replace("-", " ")) == code


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("abcde-fghjk-mnpq0", "abcdefghjkmnpq0"),
        ("ABCDE FGHJK MNPQO", "abcdefghjkmnpq0"),
        ("abcde\u2011fghjk\u2013mnpqi", "abcdefghjkmnpq1"),
        ("ａｂｃｄｅ-fghjk-mnpql", "abcdefghjkmnpq1"),
        ("abcde-fghjk", None),
        ("abcde-fghjk-mnpqu", None),
        ("abcde-fghjk-mnpq\u0661", None),
        ("", None),
        ("abcdefghjkmnpq00", None),
    ],
)
def test_reading(typed: str, read: str | None) -> None:
    assert read_recovery_code(typed) == read


def test_tags_are_short_and_bound_to_key_and_person() -> None:
    tag = lookup_tag(KEY, "user", "abcdefghjkmnpq0")
    assert len(tag) == 4
    assert tag != lookup_tag(KEY, "other", "abcdefghjkmnpq0")
    assert tag != lookup_tag(b"x" * 32, "user", "abcdefghjkmnpq0")


def test_sealed_codes_open_for_one_cookie_and_one_set_only() -> None:
    sealed = seal("cookie", "set", ["a", "b"])
    assert unseal("cookie", "set", sealed) == ["a", "b"]
    assert unseal("another cookie", "set", sealed) is None
    assert unseal("cookie", "another set", sealed) is None
