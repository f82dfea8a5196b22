"""Stock Rasa 3.6.21, as PyPI has it, beside Zoe: same training data and domain, its own default pipeline.

It needs Python 3.10 and an environment of its own, which is made once under `benchmarks/results/peer`.
"""

import json
import os
import shutil
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path

from benchmarks.figures import Figure, Result, Skipped, median, percentile
from benchmarks.memory import family, pss_mb
from benchmarks.turns import Question, faq_questions
from tests.support.running_zoe import free_port

ROOT = Path(__file__).resolve().parent.parent
VERSION = "3.6.21"
_CONFIG = Path(__file__).with_name("peer_config.yml")
_QUICK_EPOCHS = 1
_INSTALL_S = 1_200
_TRAIN_S = {"quick": 900, "full": 3 * 3_600}
_STARTING_S = 300
_QUESTIONS = 200


class Effort(Enum):
    """How much time the comparison may take."""

    QUICK = "quick"
    FULL = "full"
    OFF = "off"


class UnavailableError(Exception):
    """The comparison can't be made here; the message says why."""


def measure_peer(effort: Effort, folder: Path) -> list[Result]:
    """Training, start, parsing and memory of stock Rasa; one Skipped with the reason where that can't be had."""
    if effort is Effort.OFF:
        return [Skipped("stock Rasa", "switched off (--peer off)")]
    try:
        rasa = _installed(folder)
        model, training_s = _trained(rasa, folder, effort)
        return [_training_figure(training_s, effort), *_running_figures(rasa, folder, model)]
    except (UnavailableError, OSError, subprocess.SubprocessError, TimeoutError) as error:
        return [Skipped("stock Rasa", " ".join(str(error).split())[:300])]


def _installed(folder: Path) -> Path:
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


def _trained(rasa: Path, folder: Path, effort: Effort) -> tuple[Path, float]:
    """The model and the seconds that its training took."""
    config = folder / f"config-{effort.value}.yml"
    text = _CONFIG.read_text(encoding="utf-8")
    config.write_text(text.replace("100", str(_QUICK_EPOCHS)) if effort is Effort.QUICK else text, encoding="utf-8")
    models = folder / "models"
    project = ["--domain", str(ROOT / "domain.yml"), "--data", str(ROOT / "nlu" / "data"), "--config", str(config)]
    began = time.perf_counter()
    _run(
        [str(rasa), "train", *project, "--out", str(models), "--fixed-model-name", effort.value, "--force"],
        _TRAIN_S[effort.value],
        cwd=folder,
    )
    return models / f"{effort.value}.tar.gz", time.perf_counter() - began


def _training_figure(seconds: float, effort: Effort) -> Figure:
    cut = f"; {_QUICK_EPOCHS} epoch instead of 100, so its true time is longer" if effort is Effort.QUICK else ""
    return Figure("training, default pipeline", seconds, "s", note=f"the same data and domain{cut}")


def _running_figures(rasa: Path, folder: Path, model: Path) -> list[Result]:
    """Of a server on the trained model; the number of epochs changes neither its size nor its speed."""
    port = free_port()
    began = time.perf_counter()
    with _server(
        [str(rasa), "run", "--enable-api", "-i", "127.0.0.1", "-p", str(port), "-m", str(model)], folder
    ) as pid:
        _wait_until_loaded(port)
        started_s = time.perf_counter() - began
        times = [_parse_ms(port, question) for question in faq_questions(_QUESTIONS)]
        memory = sum(pss_mb(member) for member in family(pid))
    note = f"{len(times)} distinct questions to /model/parse: understanding alone, no dialogue, no chat protocol"
    return [
        Figure("start to a loaded model", started_s, "s"),
        Figure("parse, p50", median(times), "ms", note=note),
        Figure("parse, p95", percentile(times, 95), "ms"),
        Figure("memory of its one process after them (PSS)", memory, "MB"),
    ]


@contextmanager
def _server(command: list[str], folder: Path) -> Iterator[int]:
    with (folder / "server.log").open("wb") as log:
        process = subprocess.Popen(
            command, cwd=folder, env=_environment(), stdout=log, stderr=subprocess.STDOUT, start_new_session=True
        )
    try:
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


def _parse_ms(port: int, question: Question) -> float:
    body = json.dumps({"text": question.text}).encode()
    request = urllib.request.Request(f"http://127.0.0.1:{port}/model/parse", body, {"Content-Type": "application/json"})
    began = time.perf_counter()
    with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310 - loopback
        response.read()
    return (time.perf_counter() - began) * 1000


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
