"""The settings of the auth backend, read once at start (docs/settings.md)."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from auth_backend.support_hours import SupportHours
from httpkit.bearer import LOCAL_HOSTS
from httpkit.environment import SettingsError, weakness


@dataclass(frozen=True)
class SmtpSettings:
    """How e-mail leaves. `security` is `starttls`, `tls` or `none`."""

    host: str
    port: int
    security: str
    username: str
    password: str | None = field(repr=False)
    sender: str


@dataclass(frozen=True)
class TwilioSettings:
    """SMS by Twilio. Either `sender` (a number or a sender id) or `messaging_service` (a SID) is set.

    `auth_token` also signs what Twilio reports (X-Twilio-Signature).
    """

    account_sid: str
    auth_token: str = field(repr=False)
    sender: str = ""
    messaging_service: str = ""


@dataclass(frozen=True)
class ZenviaSettings:
    """SMS by Zenvia. `webhook_token` is what its status webhook has to show."""

    api_token: str = field(repr=False)
    webhook_token: str = field(repr=False)
    sender: str


@dataclass(frozen=True)
class Settings:
    """Everything that differs between installations. Durations that the guard depends on are policy, not settings."""

    dev: bool
    public_url: str
    database_url: str = field(repr=False)
    secret_keys: Mapping[str, bytes] = field(repr=False)
    """Key id → secret, oldest first."""
    internal_token: str = field(repr=False)
    internal_actions_token: str = field(repr=False)
    internal_url: str
    """Where the other parts find the internal API."""
    data_dir: Path
    trusted_proxies: tuple[str, ...] = ()
    slow_after: int = 30
    """Passwords, codes or sendings a minute from one network address, each apart, beyond which they wait; 0: never."""
    reset_wait: str = "risk"
    reset_wait_for: timedelta = timedelta(hours=24)
    grace: timedelta = timedelta(days=7)
    sms_countries: tuple[str, ...] = ()
    sms_daily_ceiling: int = 1000
    sms_daily_ceiling_per_country: int = 300
    support_hours: SupportHours | None = None
    """When a person answers a report; None: nothing is promised."""
    smtp: SmtpSettings | None = None
    sms: TwilioSettings | ZenviaSettings | None = None
    demo_password: str | None = field(default=None, repr=False)
    metrics_token: str = field(default="", repr=False)
    """Opens `/internal/metrics` alone; empty: only scope `bot` does."""
    secret_key_id: str | None = None
    """Which of the secrets encrypts; None: the last one."""

    internal_host: str = "127.0.0.1"

    @property
    def internal_names(self) -> frozenset[str]:
        """Names under which the internal port answers: local ones, the address it is bound to, and its own URL's."""
        bound = frozenset() if self.internal_host in {"0.0.0.0", "::"} else {self.internal_host.lower()}  # noqa: S104
        return LOCAL_HOSTS | bound | {urlsplit(self.internal_url).hostname or "localhost"}

    @property
    def sms_available(self) -> bool:
        """Whether SMS can leave, so that pages may offer it: by a provider, or in development to the mailbox."""
        return self.dev or self.sms is not None

    @property
    def secure_cookies(self) -> bool:
        """Whether cookies carry `Secure` and the `__Host-`/`__Secure-` prefixes."""
        return not self.dev or self.public_url.startswith("https://")


def secret_keys(raw: str) -> dict[str, bytes]:
    """`secret`, or `id1:secret1,id2:secret2` with the current key last. Raises SettingsError for weak or unclear
    ones.
    """
    keys: dict[str, bytes] = {}
    for part in (piece.strip() for piece in raw.split(",")):
        name, colon, secret = part.partition(":")
        key_id, value = (name, secret) if colon else ("k1", part)
        if not key_id.isalnum() or key_id in keys:
            raise SettingsError("ZOE_SECRET_KEY: key ids are letters and digits, each once")
        if (problem := weakness(value)) is not None:
            raise SettingsError(f"ZOE_SECRET_KEY: a key {problem}")
        keys[key_id] = value.encode()
    return keys


def public_url(raw: str, *, dev: bool) -> str:
    """An origin without path. Raises SettingsError for anything else, and for plain http in production."""
    parts = urlsplit(raw)
    if (
        parts.scheme not in {"http", "https"}
        or not parts.netloc
        or parts.path.strip("/")
        or parts.query
        or parts.fragment
    ):
        raise SettingsError("ZOE_PUBLIC_URL must be an origin such as https://accounts.example.com")
    if parts.scheme == "http" and not dev:
        raise SettingsError("ZOE_PUBLIC_URL must be https in production")
    return f"{parts.scheme}://{parts.netloc}"
