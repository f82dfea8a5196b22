"""The browser's cookie: only what the server issued is one."""

import base64
import os

import pytest

from auth_backend.login.browsers import is_browser_token, new_browser_token

KEY, OTHER = bytes(32), bytes([1] * 32)
ISSUED = new_browser_token(KEY)
URL_SAFE = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


def test_issued_values_are_different_urlsafe_and_recognised() -> None:
    tokens = {new_browser_token(KEY) for _ in range(50)}
    assert len(tokens) == 50
    assert {len(token) for token in tokens} == {43}
    assert all(set(token) <= set(URL_SAFE) and is_browser_token(KEY, token) for token in tokens)


@pytest.mark.parametrize(
    "value",
    [
        "",
        "b1",
        ISSUED[:-1],
        ISSUED + "A",
        ISSUED + "=",
        " " + ISSUED[1:],
        "é" * 43,
        "\ud800" * 43,
        base64.urlsafe_b64encode(os.urandom(32)).rstrip(b"=").decode(),
        new_browser_token(OTHER),
    ],
)
def test_anything_else_is_none(value: str) -> None:
    assert not is_browser_token(KEY, value)


def test_one_browser_has_one_spelling() -> None:
    """The last character carries two bits that nobody reads: four spellings would be four browsers of one."""
    place = URL_SAFE.index(ISSUED[-1])
    spellings = [ISSUED[:-1] + URL_SAFE[(place & ~3) + spare] for spare in range(4)]
    assert [spelling for spelling in spellings if is_browser_token(KEY, spelling)] == [ISSUED]


@pytest.mark.parametrize("at", range(0, 43, 6))
def test_no_character_can_be_changed(at: int) -> None:
    other = "A" if ISSUED[at] != "A" else "B"
    assert not is_browser_token(KEY, ISSUED[:at] + other + ISSUED[at + 1 :])
