"""How e-mail and SMS leave, read from the environment; half a configuration is refused, whatever is missing."""

import re
from email.utils import parseaddr

from auth_backend.settings import SmtpSettings, TwilioSettings, ZenviaSettings
from httpkit.environment import Environment, SettingsError

_SID = re.compile(r"AC[0-9a-fA-F]{32}")
_OF_PROVIDER = {
    "twilio": ("TWILIO_ACCOUNT_SID", "TWILIO_AUTH_TOKEN", "TWILIO_FROM", "TWILIO_MESSAGING_SERVICE_SID"),
    "zenvia": ("ZENVIA_API_TOKEN", "ZENVIA_WEBHOOK_TOKEN", "ZENVIA_FROM"),
}


def smtp_settings(env: Environment, *, dev: bool) -> SmtpSettings | None:
    """Where e-mail goes; None when no host is set, which only development may do."""
    host = env.text("SMTP_HOST")
    if not host:
        if not dev:
            raise SettingsError("ZOE_SMTP_HOST is missing: without e-mail nobody can prove an address")
        return None
    security = env.choice("SMTP_SECURITY", "starttls", frozenset({"starttls", "tls", "none"}))
    if security == "none" and not dev:
        raise SettingsError("ZOE_SMTP_SECURITY must be starttls or tls in production: mails carry codes")
    username, password = env.text("SMTP_USERNAME"), env.secret("SMTP_PASSWORD")
    if bool(username) != bool(password):
        raise SettingsError("ZOE_SMTP_USERNAME and ZOE_SMTP_PASSWORD go together: set both or neither")
    return SmtpSettings(
        host=host,
        port=env.integer("SMTP_PORT", 587, least=1, most=65535),
        security=security,
        username=username,
        password=password,
        sender=_sender(env, dev=dev),
    )


def _sender(env: Environment, *, dev: bool) -> str:
    raw = env.text("MAIL_FROM", "Zoe <zoe@localhost>" if dev else "")
    _name, address = parseaddr(raw)
    local, _, domain = address.rpartition("@")
    if not local or not domain or (not dev and "." not in domain):
        raise SettingsError("ZOE_MAIL_FROM must be the sender of every mail, such as Zoe <zoe@example.com>")
    return raw


def sms_settings(env: Environment) -> TwilioSettings | ZenviaSettings | None:
    """The SMS provider, whole or not at all."""
    provider = env.choice("SMS_PROVIDER", "none", frozenset({"none", *_OF_PROVIDER}))
    for other, names in _OF_PROVIDER.items():
        stray = next((name for name in names if env.text(name) or env.text(f"{name}_FILE")), None)
        if other != provider and stray is not None:
            raise SettingsError(f"ZOE_{stray} is set, but ZOE_SMS_PROVIDER is not {other}")
    if provider == "twilio":
        return _twilio(env)
    return _zenvia(env) if provider == "zenvia" else None


def _twilio(env: Environment) -> TwilioSettings:
    account, token = env.text("TWILIO_ACCOUNT_SID"), env.strong_secret("TWILIO_AUTH_TOKEN")
    sender, service = env.text("TWILIO_FROM"), env.text("TWILIO_MESSAGING_SERVICE_SID")
    if not _SID.fullmatch(account):
        raise SettingsError("ZOE_TWILIO_ACCOUNT_SID must be the account's SID: AC and 32 hexadecimal digits")
    if token is None:
        raise SettingsError("ZOE_TWILIO_AUTH_TOKEN (or ZOE_TWILIO_AUTH_TOKEN_FILE) is missing")
    if bool(sender) == bool(service):
        raise SettingsError("set either ZOE_TWILIO_FROM or ZOE_TWILIO_MESSAGING_SERVICE_SID")
    return TwilioSettings(account_sid=account, auth_token=token, sender=sender, messaging_service=service)


def _zenvia(env: Environment) -> ZenviaSettings:
    token, sender = env.secret("ZENVIA_API_TOKEN"), env.text("ZENVIA_FROM")
    webhook = env.strong_secret("ZENVIA_WEBHOOK_TOKEN")
    if token is None:
        raise SettingsError("ZOE_ZENVIA_API_TOKEN (or ZOE_ZENVIA_API_TOKEN_FILE) is missing")
    if not sender:
        raise SettingsError("ZOE_ZENVIA_FROM is missing: the sender id of the SMS integration")
    if webhook is None:
        raise SettingsError(
            "ZOE_ZENVIA_WEBHOOK_TOKEN (or ZOE_ZENVIA_WEBHOOK_TOKEN_FILE) is missing: without it anybody could report "
            "messages as lost"
        )
    return ZenviaSettings(api_token=token, webhook_token=webhook, sender=sender)
