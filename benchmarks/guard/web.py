"""`zoe web` alone, on a database and a core of the benchmark's choice."""

import os
import secrets
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.running_zoe import ROOT, free_port

SECRETS = {
    name: secrets.token_urlsafe(40)
    for name in ("ZOE_SECRET_KEY", "ZOE_INTERNAL_TOKEN", "ZOE_INTERNAL_ACTIONS_TOKEN", "ZOE_DIALOGUE_TOKEN")
}
"""Of this run; whoever seeds a database uses the same."""
STARTING_S = 60
SERVER_CORE, CLIENT_CORE = 0, 1


@dataclass(frozen=True)
class Web:
    """Where it answers."""

    public: str
    internal: str
    pid: int


@contextmanager
def running_web(database_url: str, folder: Path, *, core: int | None = SERVER_CORE) -> Iterator[Web]:
    """One worker, in development mode: plain http, messages go to the mailbox. No rule of the guard differs there.

    Trusts this client as a proxy, so that each request may come from an address of its own: the pace stays on.
    """
    public, internal = free_port(), free_port()
    log = folder / "web.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            [*on_core(core), sys.executable, "-m", "bot.cli", "web"],
            cwd=ROOT,
            env=_environment(database_url, folder, public, internal),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    web = Web(f"http://127.0.0.1:{public}", f"http://127.0.0.1:{internal}", process.pid)
    try:
        wait_until_answering(f"{web.public}/login", process, log)
        yield web
    finally:
        process.terminate()
        process.wait(30)


def on_core(core: int | None) -> list[str]:
    """The command's beginning that keeps a program on one core."""
    return [] if core is None else ["taskset", "-c", str(core)]


def wait_until_answering(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Until the address answers at all. Raises TimeoutError with the end of the log."""
    deadline = time.monotonic() + STARTING_S
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310 - loopback
                return
        except urllib.error.HTTPError:
            return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise TimeoutError(f"{url}: {log.read_text(encoding='utf-8', errors='replace')[-2000:]}")


def _environment(database_url: str, folder: Path, public: int, internal: int) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith("ZOE_")}
    return (
        kept
        | SECRETS
        | {
            "ZOE_ENV": "dev",
            "ZOE_PORT": str(public),
            "ZOE_INTERNAL_PORT": str(internal),
            "ZOE_DATA_DIR": str(folder),
            "ZOE_DATABASE_URL": database_url,
            "ZOE_DIALOGUE_URL": "http://127.0.0.1:9",
            "ZOE_TRUSTED_PROXIES": "127.0.0.1",
            "ZOE_LOG_LEVEL": "WARNING",
        }
    )
