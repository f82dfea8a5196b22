"""Stock Rasa 3.6.21 beside Zoe: same training data and domain, its own default pipeline."""

import json
import subprocess
import time
import urllib.request
from enum import Enum
from pathlib import Path

from benchmarks.figures import Figure, Result, Skipped, median, percentile
from benchmarks.memory import family, pss_mb
from benchmarks.stock_rasa import DEFAULT_CONFIG, ROOT, Trained, UnavailableError, installed, served, trained
from benchmarks.turns import Question, faq_questions
from tests.support.running_zoe import free_port

_QUICK_EPOCHS = 1
_TRAIN_S = {"quick": 900, "full": 3 * 3_600}
_QUESTIONS = 200


class Effort(Enum):
    """How much time the comparison may take."""

    QUICK = "quick"
    FULL = "full"
    OFF = "off"


def measure_peer(effort: Effort, folder: Path) -> list[Result]:
    """Training, start, parsing and memory of stock Rasa; one Skipped with the reason where that can't be had."""
    if effort is Effort.OFF:
        return [Skipped("stock Rasa", "switched off (--peer off)")]
    try:
        rasa = installed(folder)
        text = DEFAULT_CONFIG.read_text(encoding="utf-8")
        config = text.replace("100", str(_QUICK_EPOCHS)) if effort is Effort.QUICK else text
        made = trained(rasa, folder, config, ROOT / "nlu" / "data", _TRAIN_S[effort.value])
        return [_training_figure(made, effort), *_running_figures(rasa, folder, made.model)]
    except (UnavailableError, OSError, subprocess.SubprocessError, TimeoutError) as error:
        return [Skipped("stock Rasa", " ".join(str(error).split())[:300])]


def _training_figure(made: Trained, effort: Effort) -> Figure:
    cut = f"; {_QUICK_EPOCHS} epoch instead of 100, so its true time is longer" if effort is Effort.QUICK else ""
    when = "; in an earlier run" if made.earlier else ""
    return Figure("training, default pipeline", made.seconds, "s", note=f"the same data and domain{cut}{when}")


def _running_figures(rasa: Path, folder: Path, model: Path) -> list[Result]:
    """Of a server on the trained model; the number of epochs changes neither its size nor its speed."""
    port = free_port()
    began = time.perf_counter()
    with served(rasa, folder, model, port) as pid:
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


def _parse_ms(port: int, question: Question) -> float:
    body = json.dumps({"text": question.text}).encode()
    request = urllib.request.Request(f"http://127.0.0.1:{port}/model/parse", body, {"Content-Type": "application/json"})
    began = time.perf_counter()
    with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310 - loopback
        response.read()
    return (time.perf_counter() - began) * 1000
