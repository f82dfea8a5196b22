"""From `ZOE_*` variables to settings; production refuses to start half-configured (docs/settings.md)."""

import secrets
from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from auth_backend.settings import Settings, public_url, secret_keys, smtp_settings
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
    smtp = smtp_settings(env)
    if smtp is None and not dev:
        raise SettingsError("ZOE_SMTP_HOST is missing: without e-mail nobody can prove an address")
    internal_port = env.integer("INTERNAL_PORT", 8081, least=0, most=65535)
    return Settings(
        dev=dev,
        public_url=public_url(public, dev=dev),
        database_url=database_url(env.text("DATABASE_URL"), data_dir),
        secret_keys=secret_keys(_secret_key(env, dev, data_dir)),
        internal_token=_token(env, "INTERNAL_TOKEN") if with_tokens else "",
        internal_actions_token=_token(env, "INTERNAL_ACTIONS_TOKEN") if with_tokens else "",
        internal_url=env.text("INTERNAL_URL", f"http://127.0.0.1:{internal_port}"),
        data_dir=data_dir,
        trusted_proxies=env.words("TRUSTED_PROXIES"),
        reset_wait=env.choice("RESET_WAIT", "risk", frozenset({"risk", "always"})),
        reset_wait_for=timedelta(hours=env.integer("RESET_WAIT_HOURS", 24, least=1, most=24 * 14)),
        grace=timedelta(days=env.integer("GRACE_DAYS", 7, most=90)),
        sms_countries=env.words("SMS_COUNTRIES"),
        sms_daily_ceiling=env.integer("SMS_DAILY_CEILING", 1000),
        sms_daily_ceiling_per_country=env.integer("SMS_DAILY_CEILING_PER_COUNTRY", 300),
        smtp=smtp,
        demo_password=env.secret("DEMO_PASSWORD"),
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


def _token(env: Environment, name: str) -> str:
    token = env.secret(name)
    if token is None:
        raise SettingsError(f"ZOE_{name} is missing (zoe up makes it; a part that is started alone needs it)")
    if len(token) < 32:
        raise SettingsError(f"ZOE_{name} needs at least 32 random characters")
    return token
