"""A whole Zoe as an operator starts it (`zoe up --demo`), for tests that must see everything at once."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

PASSWORD = "a heron waits by the mill pond"
ROOT = Path(__file__).resolve().parents[2]
STARTING_S = 180
_SIX_DIGITS = re.compile(r"(?<!\d)(\d{6})(?!\d)")


def free_port() -> int:
    """A port that nobody listens on at this moment."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def wait_for[T](look: Callable[[], T], what: str, timeout_s: float = 30.0) -> T:
    """Asks again and again until the answer is true, and returns it. Raises TimeoutError that says what was awaited."""
    deadline, pause = time.monotonic() + timeout_s, threading.Event()
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        pause.wait(0.1)
    raise TimeoutError(what)


@dataclass
class RunningZoe:
    """One `zoe up` on a port and a data directory of its own."""

    data_dir: Path
    port: int = field(default_factory=free_port)
    settings: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The printed origin."""
        return f"http://localhost:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """What the command is run with; nothing of the developer's own `ZOE_` settings but the model's folder."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith("ZOE_") or k == "ZOE_MODEL_DIR"}
        return kept | {
            "ZOE_ENV": "dev",
            "ZOE_PORT": str(self.port),
            "ZOE_DATA_DIR": str(self.data_dir),
            "ZOE_DEMO_PASSWORD": PASSWORD,
            **self.settings,
        }

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self, *, ready: bool = True) -> None:
        """Starts it and, with `ready`, waits until a turn went through everything."""
        self.data_dir.mkdir(parents=True, exist_ok=True)
        with (self.data_dir / "up.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "bot.cli", "up", "--demo"],
                env=self.environment,
                cwd=ROOT,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        if ready:
            self.wait_until_healthy()

    def stop(self) -> None:
        """Ctrl-C, and waits for the end."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(30)

    def wait_until_healthy(self) -> None:
        """Until `/healthz` says ok."""
        wait_for(self._healthy, "healthz: " + self.log()[-2000:], STARTING_S)

    def log(self) -> str:
        """What it printed so far."""
        file = self.data_dir / "up.log"
        return file.read_text(encoding="utf-8", errors="replace") if file.exists() else ""

    def run(self, *arguments: str, stdin: str = "") -> str:
        """Runs another `zoe` command on the same data and returns what it printed."""
        done = subprocess.run(  # noqa: S603 - our own command
            [sys.executable, "-m", "bot.cli", *arguments],
            env=self.environment,
            cwd=ROOT,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
        return done.stdout

    def get(self, path: str) -> Any:
        """The JSON of a page."""
        with urllib.request.urlopen(self.url + path, timeout=10) as response:  # noqa: S310 - loopback
            return json.load(response)

    def mails(self, to: str, channel: str | None = None) -> list[dict[str, str]]:
        """What was sent to an address or number, newest first."""
        sent: list[dict[str, str]] = self.get(f"/dev/mailbox.json?to={urllib.parse.quote(to)}")
        return [mail for mail in sent if channel in {None, mail["channel"]}]

    def next_code(self, to: str, known: int) -> str:
        """The six digits of the first message to `to` beyond the `known` ones that were there before."""
        mails = wait_for(lambda: (found := self.mails(to))[: len(found) - known], f"a code for {to}")
        for mail in mails:
            found = _SIX_DIGITS.search(mail["text"])
            if found:
                return found[1]
        raise AssertionError(f"no code in the newest messages: {[mail['subject'] for mail in mails]}")

    def advance(self, seconds: int) -> str:
        """Moves the development clock forward and returns its time (ISO 8601)."""
        request = urllib.request.Request(  # noqa: S310 - loopback
            f"{self.url}/dev/clock",
            data=json.dumps({"advance_s": seconds}).encode(),
            headers={"Content-Type": "application/json"},
            method="POST",
        )
        with urllib.request.urlopen(request, timeout=10) as response:  # noqa: S310 - loopback
            now: str = json.load(response)["now"]
        return now

    def pid_of(self, part: str) -> int:
        """The process id of a part (`web`, `dialogue`, `actions`) of this very Zoe."""
        assert self.process is not None
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        for child in children:
            words = Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")
            if part.encode() in words:
                return int(child)
        raise LookupError(part)

    def _healthy(self) -> bool:
        assert self.process is not None
        if self.process.poll() is not None:
            raise AssertionError("zoe up ended: " + self.log()[-3000:])
        try:
            return bool(self.get("/healthz")["status"] == "ok")
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False
