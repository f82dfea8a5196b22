"""Two dialogue engines beside the same actions server: Zoe's `zoe dialogue` and stock Rasa's `rasa run`.

The actions server is the project's, with a stand-in for the auth backend behind it (`tests/support/fake_backend.py`);
both run in this process. Each engine is a process of its own that keeps its trackers in a SQLite file.
"""

import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from aiohttp import ClientSession
from aiohttp.test_utils import TestServer

from actions.server import build_app as build_actions
from actions.settings import ActionsSettings
from benchmarks.stock_rasa import ROOT, served
from tests.support.fake_backend import SERVICE_TOKEN, FakeBackend
from tests.support.running_zoe import free_port, wait_for

_ACTIONS_TOKEN = "the actions port of a benchmark, on loopback"  # noqa: S105 - lives as long as the benchmark
_DIALOGUE_TOKEN = "the dialogue port of a benchmark, on loopback"  # noqa: S105
_STARTING_S = 120


@dataclass(frozen=True)
class Engine:
    """A dialogue server that runs, spoken to in the shape of Rasa's REST channel."""

    name: str
    webhook: str
    pid: int
    trackers: Path
    """SQLite; Zoe's tables are Rasa's own."""
    headers: dict[str, str] = field(default_factory=dict, repr=False)

    async def say(self, http: ClientSession, sender: str, text: str, metadata: dict[str, Any]) -> list[dict[str, Any]]:
        """One turn; the replies. Raises ClientResponseError."""
        body = {"sender": sender, "message": text, "metadata": metadata}
        async with http.post(self.webhook, json=body, headers=self.headers) as response:
            response.raise_for_status()
            replies: list[dict[str, Any]] = await response.json()
            return replies


@asynccontextmanager
async def actions_server() -> AsyncIterator[tuple[FakeBackend, str]]:
    """The backend's stand-in, and the URL of the actions server before it."""
    backend = FakeBackend()
    async with TestServer(backend.app()) as behind:
        settings = ActionsSettings(_ACTIONS_TOKEN, SERVICE_TOKEN, _origin(behind))
        async with TestServer(build_actions(settings)) as server:
            yield backend, _origin(server)


def _origin(server: TestServer) -> str:
    return str(server.make_url("")).rstrip("/")


@contextmanager
def zoe_engine(folder: Path, actions_url: str, variables: dict[str, str] | None = None) -> Iterator[Engine]:
    """`zoe dialogue` on the trained model of this checkout."""
    folder.mkdir(parents=True, exist_ok=True)
    port = free_port()
    settings = {
        "ZOE_ENV": "dev",
        "ZOE_DATA_DIR": str(folder),
        "ZOE_DIALOGUE_PORT": str(port),
        "ZOE_DIALOGUE_TOKEN": _DIALOGUE_TOKEN,
        "ZOE_ACTIONS_URL": actions_url,
        "ZOE_ACTIONS_TOKEN": _ACTIONS_TOKEN,
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ZOE_") or name == "ZOE_MODEL_DIR"}
    with (folder / "dialogue.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot.cli", "dialogue"],
            cwd=ROOT,
            env=kept | settings | (variables or {}),
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    headers = {"Authorization": f"Bearer {_DIALOGUE_TOKEN}"}
    origin = f"http://127.0.0.1:{port}"
    try:
        wait_for(lambda: _answers(f"{origin}/ready", headers), "zoe dialogue", _STARTING_S)
        yield Engine("Zoe", f"{origin}/webhooks/zoe/webhook", process.pid, folder / "trackers.sqlite3", headers)
    finally:
        process.terminate()
        process.wait(30)


@contextmanager
def stock_engine(name: str, rasa: Path, folder: Path, model: Path, actions_url: str) -> Iterator[Engine]:
    """`rasa run` of the stock environment, with its REST channel and SQL tracker store."""
    folder.mkdir(parents=True, exist_ok=True)
    trackers = folder / "trackers.sqlite3"
    endpoints = {
        "action_endpoint": {
            "url": f"{actions_url}/webhook",
            "headers": {"Authorization": f"Bearer {_ACTIONS_TOKEN}"},
        },
        "tracker_store": {"type": "SQL", "dialect": "sqlite", "db": str(trackers)},
    }
    (folder / "endpoints.yml").write_text(yaml.safe_dump(endpoints), encoding="utf-8")
    (folder / "credentials.yml").write_text("rest:\n", encoding="utf-8")
    options = ["--endpoints", str(folder / "endpoints.yml"), "--credentials", str(folder / "credentials.yml")]
    port = free_port()
    with served(rasa, folder, model, port, options) as pid:
        yield Engine(name, f"http://127.0.0.1:{port}/webhooks/rest/webhook", pid, trackers)


def _answers(url: str, headers: dict[str, str]) -> bool:
    request = urllib.request.Request(url, headers=headers)  # noqa: S310 - loopback
    try:
        with urllib.request.urlopen(request, timeout=5):  # noqa: S310
            return True
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False
