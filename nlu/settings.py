"""Settings of the dialogue process, from environment variables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from httpkit.bearer import LOCAL_HOSTS
from httpkit.environment import Environment
from nlu.project import Project

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True)
class DialogueSettings:
    """What the dialogue server needs; tokens are the bearer tokens of its own port and of the actions server."""

    token: str = field(repr=False)
    actions_token: str = field(repr=False)
    actions_url: str
    data_dir: Path
    tracker_url: str = field(repr=False)
    project: Project
    lock_url: str = field(default="memory://", repr=False)
    host: str = "127.0.0.1"
    port: int = 5005

    @property
    def hosts(self) -> frozenset[str]:
        """Names this port answers to."""
        return LOCAL_HOSTS if self.host in {"0.0.0.0", "::"} else LOCAL_HOSTS | {self.host.lower()}  # noqa: S104

    def endpoint_variables(self) -> dict[str, str]:
        """The variables that `endpoints.yml` refers to."""
        return {
            "ZOE_ACTIONS_URL": self.actions_url,
            "ZOE_ACTIONS_TOKEN": self.actions_token,
            "ZOE_TRACKER_URL": self.tracker_url,
            "ZOE_LOCK_URL": self.lock_url,
        }


def read_project(variables: Mapping[str, str]) -> Project:
    """The project of this checkout, models in `ZOE_MODEL_DIR` (default `.models`)."""
    folder = Environment(variables).text("MODEL_DIR")
    return Project(root=ROOT, model_dir=Path(folder).resolve() if folder else ROOT / ".models")


def read_settings(variables: Mapping[str, str]) -> DialogueSettings:
    """Reads `ZOE_DIALOGUE_*`, `ZOE_ACTIONS_*`, `ZOE_DATA_DIR`, `ZOE_MODEL_DIR`, `ZOE_TRACKER_URL`, `ZOE_LOCK_URL`.

    Raises SettingsError when a token is missing or the port makes no sense.
    """
    environment = Environment(variables)
    data_dir = Path(environment.text("DATA_DIR", ".zoe")).resolve()
    return DialogueSettings(
        token=environment.token("DIALOGUE_TOKEN"),
        actions_token=environment.token("ACTIONS_TOKEN"),
        actions_url=environment.text("ACTIONS_URL", "http://127.0.0.1:5055").rstrip("/"),
        data_dir=data_dir,
        tracker_url=environment.secret("TRACKER_URL") or f"sqlite:///{data_dir / 'trackers.sqlite3'}",
        lock_url=environment.secret("LOCK_URL") or "memory://",
        project=read_project(variables),
        host=environment.text("DIALOGUE_HOST", "127.0.0.1"),
        port=environment.integer("DIALOGUE_PORT", 5005, least=0, most=65535),
    )
