"""Settings of the `web` process, apart from it: `zoe up` checks them without loading what web is made of."""

from collections.abc import Mapping

from auth_backend.settings import Settings
from auth_backend.settings_loader import load_settings
from bot.settings import BotSettings
from httpkit.environment import Environment, SettingsError


def check_settings(variables: Mapping[str, str], *, demo: bool) -> None:
    """Raises SettingsError when `web` could not start with these settings."""
    settings = load_settings(variables)
    bot_settings(Environment(variables), settings, turn_ticket_key=b"\0" * 32)
    if demo and not settings.dev:
        raise SettingsError("--demo needs ZOE_ENV=dev: its users have a password that is printed")


def bot_settings(env: Environment, settings: Settings, *, turn_ticket_key: bytes) -> BotSettings:
    """What the chat needs of the same settings."""
    return BotSettings(
        database_url=settings.database_url,
        public_url=settings.public_url,
        internal_url=settings.internal_url,
        internal_token=settings.internal_token,
        dialogue_url=env.text("DIALOGUE_URL", "http://127.0.0.1:5005").rstrip("/"),
        dialogue_token=env.token("DIALOGUE_TOKEN"),
        turn_ticket_key=turn_ticket_key,
        production=not settings.dev,
        trusted_proxies=settings.trusted_proxies,
        secure_cookies=settings.secure_cookies,
    )
