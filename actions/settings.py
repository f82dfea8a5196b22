"""Settings of the actions process, from environment variables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from httpkit.bearer import LOCAL_HOSTS
from httpkit.environment import Environment


@dataclass(frozen=True)
class ActionsSettings:
    """`token` guards the own port; `internal_token` is the one of scope `actions` at the internal API."""

    token: str = field(repr=False)
    internal_token: str = field(repr=False)
    internal_url: str
    host: str = "127.0.0.1"
    port: int = 5055

    @property
    def hosts(self) -> frozenset[str]:
        """Names this port answers to."""
        return LOCAL_HOSTS if self.host in {"0.0.0.0", "::"} else LOCAL_HOSTS | {self.host.lower()}  # noqa: S104


def read_settings(variables: Mapping[str, str]) -> ActionsSettings:
    """Reads `ZOE_ACTIONS_HOST`, `_PORT`, `_TOKEN`, `ZOE_INTERNAL_URL` and `ZOE_INTERNAL_ACTIONS_TOKEN`.

    Raises SettingsError when a token is missing or a port makes no sense.
    """
    environment = Environment(variables)
    return ActionsSettings(
        token=environment.token("ACTIONS_TOKEN"),
        internal_token=environment.token("INTERNAL_ACTIONS_TOKEN"),
        internal_url=environment.text("INTERNAL_URL", "http://127.0.0.1:8081").rstrip("/"),
        host=environment.text("ACTIONS_HOST", "127.0.0.1"),
        port=environment.integer("ACTIONS_PORT", 5055, least=0, most=65535),
    )
