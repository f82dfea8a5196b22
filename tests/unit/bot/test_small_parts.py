"""Limits, addresses, languages, seals, settings: the small pure parts."""

from datetime import UTC, datetime, timedelta

import pytest
from aiohttp.test_utils import make_mocked_request
from hypothesis import given
from hypothesis import strategies as st

from bot.client_address import client_address
from bot.identifiers import activity_id, new_token, reply_id
from bot.languages import as_lang, from_accept_language
from bot.limits import SlidingWindow
from bot.sealing import Seal
from bot.settings import BotSettings
from bot.sites.origins import origin_of
from httpkit.errors import ClientError

NOW = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)


def test_a_window_lets_so_many_through_and_says_how_long_to_wait() -> None:
    window = SlidingWindow(2, timedelta(minutes=1))
    assert window.wait_for("a", NOW) is None
    assert window.wait_for("a", NOW + timedelta(seconds=10)) is None
    assert window.wait_for("a", NOW + timedelta(seconds=20)) == timedelta(seconds=40)
    assert window.wait_for("b", NOW + timedelta(seconds=20)) is None
    assert window.wait_for("a", NOW + timedelta(seconds=60)) is None


def test_a_window_forgets_the_oldest_keys() -> None:
    window = SlidingWindow(1, timedelta(minutes=1), keys=2)
    for key in "abc":
        window.wait_for(key, NOW)
    assert window.wait_for("a", NOW) is None
    assert window.wait_for("c", NOW) is not None


@pytest.mark.parametrize(
    ("forwarded", "trusted", "seen"),
    [
        ("", (), "203.0.113.9"),
        ("198.51.100.7", (), "203.0.113.9"),
        ("198.51.100.7", ("203.0.113.0/24",), "198.51.100.7"),
        ("1.2.3.4, 198.51.100.7", ("203.0.113.9",), "198.51.100.7"),
        ("1.2.3.4, 198.51.100.7", ("203.0.113.9", "198.51.100.0/24"), "1.2.3.4"),
        ("nonsense", ("203.0.113.9",), "203.0.113.9"),
        ("2001:db8:1:2:3::4", ("203.0.113.9",), "2001:db8:1:2::/64"),
        ("::ffff:198.51.100.7", ("203.0.113.9",), "198.51.100.7"),
    ],
)
def test_the_right_most_untrusted_hop_counts(forwarded: str, trusted: tuple[str, ...], seen: str) -> None:
    headers = {"X-Forwarded-For": forwarded} if forwarded else {}
    request = make_mocked_request("GET", "/", headers=headers).clone(remote="203.0.113.9")
    assert client_address(request, trusted) == seen


@pytest.mark.parametrize(
    ("header", "lang"),
    [
        ("", "en"),
        ("pt-BR,pt;q=0.9,en;q=0.8", "pt"),
        ("fr,es;q=0.5", "es"),
        ("en;q=0,es;q=0.1", "es"),
        ("de", "en"),
        (";;q=x", "en"),
    ],
)
def test_accept_language(header: str, lang: str) -> None:
    assert from_accept_language(header) == lang


def test_tags() -> None:
    assert [as_lang(tag) for tag in ("pt_BR", "ES-419", "english", None, "")] == ["pt", "es", None, None, None]


@pytest.mark.parametrize(
    ("text", "origin"),
    [("https://Shop.example/", "https://shop.example"), ("http://shop.example:8080", "http://shop.example:8080")],
)
def test_origins(text: str, origin: str) -> None:
    assert origin_of(text) == origin


@pytest.mark.parametrize(
    "text", ["shop.example", "ftp://x", "https://x/path", "https://a@x", "https://x:99999", "*", "null", ""]
)
def test_no_origins(text: str) -> None:
    with pytest.raises(ClientError):
        origin_of(text)


@given(st.text(), st.text(max_size=20), st.text(max_size=20))
def test_what_is_sealed_opens_in_its_place_only(text: str, place: str, other: str) -> None:
    seal = Seal(b"k" * 32)
    sealed = seal.close(text, place)
    assert seal.open(sealed, place) == text
    assert seal.open(sealed, other) == (text if other == place else None)
    assert Seal(b"x" * 32).open(sealed, place) is None


@pytest.mark.parametrize("broken", ["", "sealed:", "sealed:%%%", "sealed:AAAA"])
def test_what_was_never_sealed_does_not_open(broken: str) -> None:
    assert Seal(b"k" * 32).open(broken, "here") is None


def test_ids() -> None:
    assert activity_id("c", "1") == activity_id("c", "1") != activity_id("d", "1")
    assert activity_id("c", None) != activity_id("c", None)
    assert reply_id("t", 0) != reply_id("t", 1)
    assert len(reply_id("t" * 200, 99)) <= 48
    assert len(new_token()) >= 43


def _settings(**more: object) -> BotSettings:
    base = {
        "database_url": "sqlite://",
        "public_url": "https://Zoe.example:8443",
        "internal_url": "",
        "internal_token": "very-secret-1",
        "dialogue_url": "",
        "dialogue_token": "very-secret-2",
        "turn_ticket_key": b"very-secret-3" * 3,
    }
    return BotSettings(**{**base, **more})  # type: ignore[arg-type]


def test_settings_tell_no_secret() -> None:
    assert "very-secret" not in repr(_settings())


def test_cookies_are_host_bound_but_in_development() -> None:
    assert _settings().session_cookie == "__Host-zoe_session"
    assert _settings(secure_cookies=False).browser_cookie == "zoe_browser"
    assert _settings().public_origin == "https://zoe.example:8443"


def test_a_short_key_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        _settings(turn_ticket_key=b"short")
