"""Production starts whole or not at all: every secret missing, weak, a sample, or half of a pair."""

from pathlib import Path

import pytest

from auth_backend.settings import TwilioSettings, ZenviaSettings
from auth_backend.settings_loader import load_settings
from bot.cli.web_settings import check_settings
from httpkit.environment import SettingsError

GOOD = {
    "ZOE_PUBLIC_URL": "https://accounts.saas.test",
    "ZOE_SECRET_KEY": "k1:Jq7vXn3wLr9kTz5tBf2yCp8sMd4gUa6e",
    "ZOE_INTERNAL_TOKEN": "pZ7mQwKx2bNfRt9cVhLs4dGjYa6uTe3o",
    "ZOE_INTERNAL_ACTIONS_TOKEN": "Hq8vWn5xJr2kMz7tBf4yCp9sLd6gUa3e",
    "ZOE_DIALOGUE_TOKEN": "Rw3tYp7uKs9dFg2hJz5xCv8bNm4qEa6o",
    "ZOE_SMTP_HOST": "mail.saas.test",
    "ZOE_MAIL_FROM": "Zoe <zoe@saas.test>",
}
SMTP_LOGIN = {"ZOE_SMTP_USERNAME": "zoe", "ZOE_SMTP_PASSWORD": "typed by a person"}
TWILIO = {
    "ZOE_SMS_PROVIDER": "twilio",
    "ZOE_TWILIO_ACCOUNT_SID": "AC" + "0a1b" * 8,
    "ZOE_TWILIO_AUTH_TOKEN": "4f9c2e7a1b8d3f60c5e94a72d8b1f36e",
    "ZOE_TWILIO_FROM": "+15005550006",
}
ZENVIA = {
    "ZOE_SMS_PROVIDER": "zenvia",
    "ZOE_ZENVIA_API_TOKEN": "zT8-9vLwQ_4kXn2",
    "ZOE_ZENVIA_FROM": "zoe-sms",
    "ZOE_ZENVIA_WEBHOOK_TOKEN": "Rf6yKb9tMz3wCx7hVd5qLs8gJn2pUa4e",
}
MACHINE_SECRETS = (
    "ZOE_SECRET_KEY",
    "ZOE_INTERNAL_TOKEN",
    "ZOE_INTERNAL_ACTIONS_TOKEN",
    "ZOE_DIALOGUE_TOKEN",
    "ZOE_TWILIO_AUTH_TOKEN",
    "ZOE_ZENVIA_WEBHOOK_TOKEN",
)


def whole(name: str) -> dict[str, str]:
    """A configuration that starts and has this variable."""
    return GOOD | (TWILIO if "TWILIO" in name else ZENVIA if "ZENVIA" in name else {})


@pytest.mark.parametrize("more", [{}, SMTP_LOGIN, TWILIO, ZENVIA], ids=["plain", "login", "twilio", "zenvia"])
def test_a_whole_configuration_starts(more: dict[str, str]) -> None:
    check_settings(GOOD | more, demo=False)


@pytest.mark.parametrize(
    "name",
    [*GOOD, *(name for name in (*SMTP_LOGIN, *TWILIO, *ZENVIA) if name != "ZOE_SMS_PROVIDER")],
)
def test_whatever_is_missing_is_named(name: str) -> None:
    variables = whole(name) | (SMTP_LOGIN if name in SMTP_LOGIN else {})
    with pytest.raises(SettingsError, match=name.removeprefix("ZOE_")):
        check_settings({key: value for key, value in variables.items() if key != name}, demo=False)


@pytest.mark.parametrize("name", MACHINE_SECRETS)
@pytest.mark.parametrize(
    "weak",
    [
        "short",
        "a" * 64,
        "changeme-changeme-changeme-changeme",
        "this is an example of a secret key 42",
        "0123456789" * 4,
    ],
)
def test_weak_and_sample_secrets_are_refused_and_not_repeated(name: str, weak: str) -> None:
    with pytest.raises(SettingsError) as raised:
        check_settings(whole(name) | {name: weak}, demo=False)
    assert name in str(raised.value)
    assert weak not in str(raised.value)


@pytest.mark.parametrize("name", [*MACHINE_SECRETS, "ZOE_ZENVIA_API_TOKEN"])
def test_secrets_come_from_files_too(name: str, tmp_path: Path) -> None:
    variables, file = whole(name), tmp_path / "secret"
    file.write_text(variables.pop(name) + "\n", encoding="utf-8")
    check_settings(variables | {f"{name}_FILE": str(file)}, demo=False)
    file.write_text("", encoding="utf-8")
    with pytest.raises(SettingsError, match="empty"):
        check_settings(variables | {f"{name}_FILE": str(file)}, demo=False)
    with pytest.raises(SettingsError, match="can't be read"):
        check_settings(variables | {f"{name}_FILE": str(tmp_path / "nowhere")}, demo=False)
    with pytest.raises(SettingsError, match="not both"):
        check_settings(whole(name) | {f"{name}_FILE": str(file)}, demo=False)


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ({"ZOE_DEMO_PASSWORD": "a demo password"}, "ZOE_DEMO_PASSWORD"),
        ({"ZOE_SMTP_SECURITY": "none"}, "ZOE_SMTP_SECURITY"),
        ({"ZOE_MAIL_FROM": "Zoe <zoe@localhost>"}, "ZOE_MAIL_FROM"),
        ({"ZOE_MAIL_FROM": "Zoe"}, "ZOE_MAIL_FROM"),
        ({"ZOE_PUBLIC_URL": "http://accounts.saas.test"}, "ZOE_PUBLIC_URL"),
        ({"ZOE_SMS_COUNTRIES": "BR,UK"}, "ZOE_SMS_COUNTRIES"),
        ({"ZOE_SMS_PROVIDER": "pigeon"}, "ZOE_SMS_PROVIDER"),
        ({**TWILIO, "ZOE_TWILIO_MESSAGING_SERVICE_SID": "MG1"}, "ZOE_TWILIO_FROM"),
        ({**TWILIO, "ZOE_ZENVIA_API_TOKEN": "x"}, "ZOE_ZENVIA_API_TOKEN"),
        ({"ZOE_TWILIO_AUTH_TOKEN": "x"}, "ZOE_SMS_PROVIDER"),
        ({"ZOE_TWILIO_AUTH_TOKEN_FILE": "/x"}, "ZOE_SMS_PROVIDER"),
    ],
)
def test_what_makes_no_sense_in_production(changed: dict[str, str], named: str) -> None:
    with pytest.raises(SettingsError, match=named):
        check_settings(GOOD | changed, demo=False)


def test_the_demo_is_refused() -> None:
    with pytest.raises(SettingsError, match="--demo"):
        check_settings(GOOD, demo=True)


def test_what_the_settings_say() -> None:
    assert not load_settings(GOOD).sms_available
    assert isinstance(load_settings(GOOD | TWILIO).sms, TwilioSettings)
    assert isinstance(load_settings(GOOD | ZENVIA).sms, ZenviaSettings)
    assert load_settings(GOOD | {"ZOE_SMS_COUNTRIES": "br, PT"}).sms_countries == ("BR", "PT")
    printed = repr(load_settings(GOOD | TWILIO | SMTP_LOGIN | {"ZOE_DATABASE_URL": "postgresql://zoe:pw4db@db/zoe"}))
    for name in ("ZOE_SECRET_KEY", "ZOE_INTERNAL_TOKEN", "ZOE_TWILIO_AUTH_TOKEN", "ZOE_SMTP_PASSWORD"):
        assert (GOOD | TWILIO | SMTP_LOGIN)[name].removeprefix("k1:") not in printed
    assert "pw4db" not in printed
