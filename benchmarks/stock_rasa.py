"""Stock Rasa 3.6.21, as PyPI has it, in a Python 3.10 environment of its own: made once, trained, run."""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VERSION = "3.6.21"
DEFAULT_CONFIG = Path(__file__).with_name("peer_config.yml")
LIGHT_CONFIG = Path(__file__).with_name("peer_light_config.yml")
_INSTALL_S = 1_200
_STARTING_S = 300


class UnavailableError(Exception):
    """The comparison can't be made here; the message says why."""


@dataclass(frozen=True)
class Trained:
    """A model, the seconds that its training took, and whether that was now or in an earlier run."""

    model: Path
    seconds: float
    earlier: bool


def installed(folder: Path) -> Path:
    """The `rasa` command of the environment, made when it isn't there."""
    rasa = folder / "venv" / "bin" / "rasa"
    done = folder / "venv" / f".installed-{VERSION}"
    if done.exists():
        return rasa
    uv = shutil.which("uv") or (str(tools) if (tools := ROOT / ".tools" / "bin" / "uv").exists() else None)
    if uv is None:
        raise UnavailableError("no uv to make an environment with")
    # --no-config: the project's own metadata for Rasa leaves TensorFlow out, which here must be in.
    for arguments in (
        ["venv", "--quiet", "--clear", "--python", _python(uv), str(folder / "venv")],
        ["pip", "install", "--quiet", "--python", str(folder / "venv"), f"rasa=={VERSION}", "setuptools<81"],
    ):
        _run([uv, "--no-config", *arguments], _INSTALL_S)
    done.touch()
    return rasa


def _python(uv: str) -> str:
    """A Python 3.10 that runs: a version manager's shim may be there without one behind it."""
    own = [str(path) for path in sorted(Path.home().glob(".pyenv/versions/3.10.*/bin/python3.10"))]
    for candidate in [*own, *filter(None, [shutil.which("python3.10")])]:
        if subprocess.run([candidate, "--version"], capture_output=True, check=False).returncode == 0:
            return candidate
    found = subprocess.run([uv, "--no-config", "python", "find", "3.10"], capture_output=True, text=True, check=False)
    if found.returncode != 0:
        raise UnavailableError("no Python 3.10 on this machine")
    return found.stdout.strip()


def trained(rasa: Path, folder: Path, config: str, data: Path, longest_s: int) -> Trained:
    """A model of this configuration (YAML), of `domain.yml` and the training data under `data`.

    One that an earlier run made of the same inputs is taken again, with the seconds that it took then.
    """
    models = folder / "models"
    models.mkdir(parents=True, exist_ok=True)
    name = _fingerprint(config, data)
    model, note = models / f"{name}.tar.gz", models / f"{name}.json"
    if model.exists() and note.exists():
        return Trained(model, float(json.loads(note.read_text(encoding="utf-8"))["seconds"]), earlier=True)
    file = folder / "config.yml"  # a copy: Rasa writes an id of its own into it
    file.write_text(config, encoding="utf-8")
    project = ["--domain", str(ROOT / "domain.yml"), "--data", str(data), "--config", str(file)]
    began = time.perf_counter()
    arguments = ["train", *project, "--out", str(models), "--fixed-model-name", name, "--force"]
    _run([str(rasa), *arguments], longest_s, cwd=folder)
    seconds = time.perf_counter() - began
    note.write_text(json.dumps({"seconds": seconds}), encoding="utf-8")
    return Trained(model, seconds, earlier=False)


def _fingerprint(config: str, data: Path) -> str:
    digest = hashlib.sha256(config.encode())
    for file in [ROOT / "domain.yml", *sorted(data.rglob("*.yml"))]:
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


@contextmanager
def served(rasa: Path, folder: Path, model: Path, port: int, options: Sequence[str] = ()) -> Iterator[int]:
    """`rasa run` on loopback with its HTTP API; the process id, once the model is loaded. Raises TimeoutError."""
    listening = ["-i", "127.0.0.1", "-p", str(port)]
    command = [str(rasa), "run", "--enable-api", *listening, "-m", str(model), *options]
    with (folder / f"server-{port}.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=folder, env=_environment(), stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
        _wait_until_loaded(port)
        yield process.pid
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait_until_loaded(port: int) -> None:
    deadline = time.monotonic() + _STARTING_S
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/status", timeout=5):
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(0.1)
    raise TimeoutError("stock Rasa's server did not start")


def _environment() -> dict[str, str]:
    """As Zoe's parts run: no telemetry; one thread a library is left to TensorFlow's own choice."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("ZOE_", "PYTHON"))}
    return kept | {"RASA_TELEMETRY_ENABLED": "false", "TF_CPP_MIN_LOG_LEVEL": "2"}


def _run(command: list[str], longest_s: int, cwd: Path | None = None) -> None:
    done = subprocess.run(
        command, cwd=cwd, env=_environment(), capture_output=True, text=True, timeout=longest_s, check=False
    )
    if done.returncode != 0:
        raise UnavailableError(f"{Path(command[0]).name} {command[1]} failed: {done.stderr[-600:]}")
