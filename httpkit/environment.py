"""Settings from environment variables with the prefix `ZOE_`; a secret may also come from a file (`ZOE_X_FILE`)."""

from collections.abc import Mapping
from pathlib import Path


class SettingsError(Exception):
    """A setting is missing or makes no sense. The message is for the operator and never holds a secret's value."""


LEAST_CHARACTERS = 32
LEAST_DIFFERENT = 10
_SAMPLES = ("changeme", "change-me", "change_me", "example", "secret", "password", "your-", "abcdefgh", "01234567")
"""What documentation, templates and keyboards put where a random secret belongs."""


def weakness(secret: str) -> str | None:
    """What a secret that machines exchange lacks, as the end of a sentence for the operator; None when it is strong."""
    if len(secret.encode()) < LEAST_CHARACTERS or len(set(secret)) < LEAST_DIFFERENT:
        return f"needs at least {LEAST_CHARACTERS} random characters"
    if any(sample in secret.lower() for sample in _SAMPLES):
        return "looks like a sample; make a random one"
    return None


class Environment:
    """Typed reading of `ZOE_*` variables from a mapping, `os.environ` in production."""

    def __init__(self, variables: Mapping[str, str]) -> None:
        self._variables = variables

    def text(self, name: str, default: str = "") -> str:
        """The value of `ZOE_{name}`, stripped; `default` when unset or empty."""
        return self._variables.get(f"ZOE_{name}", "").strip() or default

    def integer(self, name: str, default: int, *, least: int = 0, most: int = 2**31) -> int:
        """A whole number between `least` and `most`."""
        raw = self.text(name)
        if not raw:
            return default
        try:
            value = int(raw)
        except ValueError:
            raise SettingsError(f"ZOE_{name} must be a whole number") from None
        if not least <= value <= most:
            raise SettingsError(f"ZOE_{name} must be between {least} and {most}")
        return value

    def flag(self, name: str, default: bool = False) -> bool:
        """True for 1/true/yes/on, False for 0/false/no/off."""
        raw = self.text(name).lower()
        if not raw:
            return default
        if raw in {"1", "true", "yes", "on"}:
            return True
        if raw in {"0", "false", "no", "off"}:
            return False
        raise SettingsError(f"ZOE_{name} must be yes or no")

    def choice(self, name: str, default: str, allowed: frozenset[str]) -> str:
        """One of `allowed`."""
        value = self.text(name, default)
        if value not in allowed:
            raise SettingsError(f"ZOE_{name} must be one of: {', '.join(sorted(allowed))}")
        return value

    def words(self, name: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
        """A comma-separated list."""
        raw = self.text(name)
        return tuple(word.strip() for word in raw.split(",") if word.strip()) if raw else default

    def secret(self, name: str) -> str | None:
        """`ZOE_{name}`, or the content of the file that `ZOE_{name}_FILE` names; None when neither is set."""
        value = self.text(name)
        file = self.text(f"{name}_FILE")
        if value and file:
            raise SettingsError(f"set ZOE_{name} or ZOE_{name}_FILE, not both")
        if not file:
            return value or None
        try:
            content = Path(file).read_text(encoding="utf-8").strip()
        except OSError as error:
            raise SettingsError(f"ZOE_{name}_FILE can't be read: {error.strerror}") from None
        if not content:
            raise SettingsError(f"the file that ZOE_{name}_FILE names is empty")
        return content

    def strong_secret(self, name: str) -> str | None:
        """A secret that no person types: refused when it is short, monotonous or a sample."""
        value = self.secret(name)
        problem = weakness(value) if value is not None else None
        if problem is not None:
            raise SettingsError(f"ZOE_{name} {problem}")
        return value

    def token(self, name: str) -> str:
        """A bearer token between the parts, which each part that is started alone needs."""
        value = self.strong_secret(name)
        if value is None:
            raise SettingsError(f"ZOE_{name} is missing (zoe up makes it; a part that is started alone needs it)")
        return value
