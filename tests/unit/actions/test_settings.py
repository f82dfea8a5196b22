"""Settings of the actions process."""

import pytest

from actions.settings import read_settings
from httpkit.environment import SettingsError

TOKENS = {
    "ZOE_ACTIONS_TOKEN": "pZ7mQwKx2bNfRt9cVhLs4dGjYa6uTe3o",
    "ZOE_INTERNAL_ACTIONS_TOKEN": "Hq8vWn5xJr2kMz7tBf4yCp9sLd6gUa3e",
}


def test_loopback_and_the_documented_ports_are_the_default() -> None:
    settings = read_settings(TOKENS)
    assert (settings.host, settings.port, settings.internal_url) == ("127.0.0.1", 5055, "http://127.0.0.1:8081")


@pytest.mark.parametrize("missing", list(TOKENS))
def test_without_a_token_nothing_starts(missing: str) -> None:
    with pytest.raises(SettingsError, match=missing):
        read_settings({name: value for name, value in TOKENS.items() if name != missing})


def test_a_short_token_is_refused() -> None:
    with pytest.raises(SettingsError, match="32 random characters"):
        read_settings(TOKENS | {"ZOE_ACTIONS_TOKEN": "short"})


def test_tokens_are_not_printed() -> None:
    assert "pZ7m" not in repr(read_settings(TOKENS))
    assert "Hq8v" not in repr(read_settings(TOKENS))
