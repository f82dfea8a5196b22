"""Accuracy on the held-out sets, beside training time, start, parse and memory; the same figures for both systems."""

import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.figures import Figure, percentile
from benchmarks.memory import family, pss_mb
from benchmarks.processes import wall_ms
from benchmarks.stock_rasa import ROOT, Trained, served
from nlu.contract import FALLBACK, OUT_OF_SCOPE, refined_names
from tests.support.running_zoe import free_port

SETS = ("dev", "test")
LANGUAGES = ("en", "pt", "es")
_HELD_OUT = ROOT / "nlu" / "held_out"
_OWN_TRAINING = """
import sys
from pathlib import Path
from nlu.project import Project
from nlu.training import train
print(train(lambda _: None, Project(Path(sys.argv[1]), Path(sys.argv[2]))))
"""


@dataclass(frozen=True)
class Row:
    """A labelled message."""

    text: str
    intent: str
    lang: str


def rows_of(name: str) -> list[Row]:
    """The rows of one set, all languages."""
    lines = (line for file in sorted((_HELD_OUT / name).glob("*.jsonl")) for line in file.open(encoding="utf-8"))
    return [Row(row["text"], row["intent"], row["lang"]) for row in map(json.loads, lines)]


def measure_ours(data: Path, note: str) -> list[Figure]:
    """Zoe's pipeline trained on `data`, asked through `zoe nlu parse`."""
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch)
        for name in ("config.yml", "domain.yml", "endpoints.yml"):
            (root / name).write_bytes((ROOT / name).read_bytes())
        (root / "nlu").mkdir()
        (root / "nlu" / "data").symlink_to(data, target_is_directory=True)
        began = time.perf_counter()
        command = [sys.executable, "-c", _OWN_TRAINING, str(root), str(root / "models")]
        subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        trained_s = time.perf_counter() - began
        began = time.perf_counter()
        environment = os.environ | {"ZOE_MODEL_DIR": str(root / "models")}
        with subprocess.Popen(
            [sys.executable, "-m", "bot.cli", "nlu", "parse"],
            cwd=ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as parser:

            def parse(text: str) -> str:
                assert parser.stdin is not None
                assert parser.stdout is not None
                parser.stdin.write(json.dumps({"text": text}) + "\n")
                parser.stdin.flush()
                return str(json.loads(parser.stdout.readline())["intent"])

            parse("hello")
            started_s = time.perf_counter() - began
            return _figures("Zoe", note, trained_s, started_s, parse, lambda: pss_mb(parser.pid))


def measure_theirs(rasa: Path, folder: Path, made: Trained, note: str) -> list[Figure]:
    """Stock Rasa's trained model, asked through its HTTP API."""
    port = free_port()
    began = time.perf_counter()
    with served(rasa, folder, made.model, port) as pid:
        started_s = time.perf_counter() - began

        def parse(text: str) -> str:
            body = json.dumps({"text": text}).encode()
            headers = {"Content-Type": "application/json"}
            request = urllib.request.Request(f"http://127.0.0.1:{port}/model/parse", body, headers)
            with urllib.request.urlopen(request, timeout=60) as response:  # noqa: S310 - loopback
                ranking = json.load(response)["intent_ranking"]
            # As for Zoe, the best intent counts, also where the chat would rather ask.
            return next((str(each["name"]) for each in ranking if each["name"] != FALLBACK), OUT_OF_SCOPE)

        memory: Callable[[], float] = lambda: sum(map(pss_mb, family(pid)))  # noqa: E731 - as `parse`, handed on
        return _figures("stock Rasa", note, made.seconds, started_s, parse, memory)


def _figures(
    name: str, note: str, trained_s: float, started_s: float, parse: Callable[[str], str], memory: Callable[[], float]
) -> list[Figure]:
    found = [Figure(f"{name}: training", trained_s, "s", note=note), Figure(f"{name}: start", started_s, "s")]
    waited: list[float] = []
    for held_out in SETS:
        judged = [(row, _timed(parse, row.text, waited)) for row in rows_of(held_out)]
        found += _accuracy(f"{name}: {held_out}", judged)
    return [
        *found,
        Figure(f"{name}: parse, p50", percentile(waited, 50), "ms", note=f"{len(waited)} distinct messages"),
        Figure(f"{name}: parse, p95", percentile(waited, 95), "ms"),
        Figure(f"{name}: memory of the process", memory(), "MB"),
    ]


def _timed(parse: Callable[[str], str], text: str, waited: list[float]) -> str:
    began = time.perf_counter()
    found = parse(text)
    waited.append(wall_ms(began))
    return refined_names().get(found, found)


def _accuracy(name: str, judged: Sequence[tuple[Row, str]]) -> list[Figure]:
    found = []
    for lang in LANGUAGES:
        of_lang = [row.intent == said for row, said in judged if row.lang == lang]
        found.append(Figure(f"{name}, {lang}", 100 * sum(of_lang) / len(of_lang), "%", note=f"{len(of_lang)} rows"))
    refused = [said == OUT_OF_SCOPE for row, said in judged if row.intent != OUT_OF_SCOPE]
    seen = [said == OUT_OF_SCOPE for row, said in judged if row.intent == OUT_OF_SCOPE]
    found.append(Figure(f"{name}, out of scope recognised", 100 * sum(seen) / len(seen), "%"))
    return [*found, Figure(f"{name}, in scope refused", 100 * sum(refused) / len(refused), "%")]
