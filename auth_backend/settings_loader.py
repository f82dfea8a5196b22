"""From `ZOE_*` variables to settings; production refuses to start half-configured (docs/settings.md)."""

import secrets
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import phonenumbers

from auth_backend.senders_settings import sms_settings, smtp_settings
from auth_backend.settings import Settings, public_url, secret_keys
from auth_backend.support_hours import SupportHours, read_support_hours
from httpkit.environment import Environment, SettingsError


def load_settings(variables: Mapping[str, str], *, with_tokens: bool = True) -> Settings:
    """The settings. Raises SettingsError that names the variable and what is wrong with it, never its value.

    `with_tokens` False is for commands that serve and call nothing: the tokens of the internal API are then empty.
    """
    env = Environment(variables)
    dev = env.choice("ENV", "production", frozenset({"dev", "production"})) == "dev"
    port = env.integer("PORT", 8080, least=0, most=65535)
    data_dir = Path(env.text("DATA_DIR", ".zoe")).absolute()
    public = env.text("PUBLIC_URL", f"http://localhost:{port}" if dev else "")
    if not public:
        raise SettingsError("ZOE_PUBLIC_URL is missing: the https origin under which people reach Zoe")
    demo_password = env.secret("DEMO_PASSWORD")
    if demo_password is not None and not dev:
        raise SettingsError("ZOE_DEMO_PASSWORD is for development only: production has no demo users")
    internal_port = env.integer("INTERNAL_PORT", 8081, least=0, most=65535)
    keys = secret_keys(_secret_key(env, dev, data_dir))
    key_id = env.text("SECRET_KEY_ID") or None
    if key_id is not None and key_id not in keys:
        raise SettingsError("ZOE_SECRET_KEY_ID names none of the keys in ZOE_SECRET_KEY")
    return Settings(
        dev=dev,
        public_url=public_url(public, dev=dev),
        database_url=database_url(env.secret("DATABASE_URL") or "", data_dir),
        secret_keys=keys,
        secret_key_id=key_id,
        metrics_token=env.strong_secret("METRICS_TOKEN") or "",
        internal_token=env.token("INTERNAL_TOKEN") if with_tokens else "",
        internal_actions_token=env.token("INTERNAL_ACTIONS_TOKEN") if with_tokens else "",
        internal_host=env.text("INTERNAL_HOST", "127.0.0.1"),
        internal_url=env.text("INTERNAL_URL", f"http://127.0.0.1:{internal_port}"),
        data_dir=data_dir,
        trusted_proxies=env.words("TRUSTED_PROXIES"),
        slow_after=env.integer("SLOW_AFTER", 30, least=0, most=100_000),
        reset_wait=env.choice("RESET_WAIT", "risk", frozenset({"risk", "always"})),
        reset_wait_for=timedelta(hours=env.integer("RESET_WAIT_HOURS", 24, least=1, most=24 * 14)),
        grace=timedelta(days=env.integer("GRACE_DAYS", 7, most=90)),
        sms_countries=_countries(env),
        sms_daily_ceiling=env.integer("SMS_DAILY_CEILING", 1000),
        sms_daily_ceiling_per_country=env.integer("SMS_DAILY_CEILING_PER_COUNTRY", 300),
        support_hours=_support_hours(env),
        smtp=smtp_settings(env, dev=dev),
        sms=sms_settings(env),
        demo_password=demo_password,
    )


def database_url(raw: str, data_dir: Path) -> str:
    """SQLite in the data directory by default; `postgres://` and `postgresql://` get the psycopg driver."""
    if not raw:
        return f"sqlite+aiosqlite:///{data_dir / 'zoe.sqlite3'}"
    scheme, _, rest = raw.partition("://")
    if scheme in {"postgres", "postgresql", "postgresql+psycopg"}:
        return f"postgresql+psycopg://{rest}"
    if scheme in {"sqlite", "sqlite+aiosqlite"}:
        return f"sqlite+aiosqlite://{rest}"
    raise SettingsError("ZOE_DATABASE_URL must begin with postgresql:// or sqlite://")


def _secret_key(env: Environment, dev: bool, data_dir: Path) -> str:
    given = env.secret("SECRET_KEY")
    if given is not None:
        return given
    if not dev:
        raise SettingsError("ZOE_SECRET_KEY (or ZOE_SECRET_KEY_FILE) is missing: at least 32 random characters")
    file = data_dir / "secret.key"
    if not file.exists():
        data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        fresh = file.with_suffix(f".{secrets.token_hex(4)}")
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_urlsafe(48), encoding="utf-8")
        with suppress(FileExistsError):  # another part was faster: its key is the key
            file.hardlink_to(fresh)
        fresh.unlink()
    return file.read_text(encoding="utf-8").strip()


def _support_hours(env: Environment) -> SupportHours | None:
    """Both variables or neither: a promise has hours and a length."""
    written, within = env.text("SUPPORT_HOURS"), env.text("SUPPORT_ANSWER_HOURS")
    if not written and not within:
        return None
    if not written or not within:
        raise SettingsError("ZOE_SUPPORT_HOURS and ZOE_SUPPORT_ANSWER_HOURS go together: set both or neither")
    try:
        return read_support_hours(written, timedelta(hours=env.integer("SUPPORT_ANSWER_HOURS", 0, least=1, most=168)))
    except ValueError as problem:
        raise SettingsError(f"ZOE_SUPPORT_HOURS {problem}") from None


def _countries(env: Environment) -> tuple[str, ...]:
    """ISO codes, in capitals; a misspelt one would silently close a country."""
    codes = tuple(word.upper() for word in env.words("SMS_COUNTRIES"))
    unknown = [code for code in codes if code not in phonenumbers.SUPPORTED_REGIONS]
    if unknown:
        raise SettingsError(f"ZOE_SMS_COUNTRIES: not the code of a country (ISO 3166-1): {', '.join(unknown)[:40]}")
    return codes
