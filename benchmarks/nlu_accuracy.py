"""How well intents and languages are told on examples that were held back, and how long a sentence takes.

Run: `.venv/bin/python -m benchmarks.nlu_accuracy [--folds N]`. Prints a line of figures for each fold and the most
frequent confusions. The held-back examples were written by the same people as the others: the figures compare models,
they promise no accuracy.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import yaml

from nlu import text_forms
from nlu.intent_model import IntentModel, fit
from nlu.language_model import LanguageModel

DATA = Path(__file__).resolve().parent.parent / "nlu" / "data" / "nlu"
FOLDS = 5
SEED = 0


@dataclass(frozen=True)
class Example:
    """One labelled sentence of the training data."""

    text: str
    intent: str
    language: str


def read_examples() -> list[Example]:
    """All examples, duplicates removed."""
    found = {}
    for file in sorted(DATA.glob("*/*.yml")):
        for block in yaml.safe_load(file.read_text(encoding="utf-8"))["nlu"]:
            for line in block.get("examples", "").splitlines():
                if line.startswith("- "):
                    example = Example(line[2:].strip(), block["intent"], file.parent.name)
                    found[text_forms.normalised(example.text), example.intent] = example
    return list(found.values())


def forms(examples: list[Example]) -> tuple[list[str], list[str]]:
    """The two forms of each text that the intent model reads."""
    return [text_forms.normalised(e.text) for e in examples], [text_forms.plain(e.text) for e in examples]


def judge(train: list[Example], test: list[Example]) -> tuple[dict[str, float], Counter[tuple[str, str]]]:
    """Figures and confusions of models trained on `train`."""
    started = time.perf_counter()
    intents = fit(*forms(train), [e.intent for e in train], ridge=0.1)
    languages = LanguageModel.fit([(e.text, e.language) for e in train])
    training = time.perf_counter() - started
    predicted = [intents.classes[i] for i in intents.probabilities(*forms(test)).argmax(axis=1)]
    pairs = list(zip(test, predicted, strict=True))
    figures = {"accuracy": _share([e.intent == p for e, p in pairs])}
    for language in ("en", "pt", "es"):
        figures[language] = _share([e.intent == p for e, p in pairs if e.language == language])
    figures["oos recall"] = _share([p == "out_of_scope" for e, p in pairs if e.intent == "out_of_scope"])
    figures["false oos"] = _share([p == "out_of_scope" for e, p in pairs if e.intent != "out_of_scope"])
    figures["language >15"] = _share([_language(languages, e) == e.language for e in test if len(e.text) > 15])
    figures["training s"] = training
    figures["parse p50 ms"] = statistics.median(_milliseconds(intents, e) for e in test[:300])
    return figures, Counter((e.intent, p) for e, p in pairs if e.intent != p)


def _share(outcomes: list[bool]) -> float:
    return float(np.mean(outcomes)) if outcomes else float("nan")


def _language(model: LanguageModel, example: Example) -> str:
    found = model.probabilities(text_forms.without_data(text_forms.plain(example.text)))
    return max(found, key=lambda name: found[name])


def _milliseconds(model: IntentModel, example: Example) -> float:
    started = time.perf_counter()
    model.probabilities(*forms([example]))
    return (time.perf_counter() - started) * 1000


def main() -> None:
    """Prints figures for each of the asked folds and their confusions."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folds", type=int, default=FOLDS, help="how many of the five folds to run")
    wanted = parser.parse_args().folds
    examples = read_examples()
    counts = Counter(e.language for e in examples)
    print(f"{len(examples)} examples {dict(counts)}, {len({e.intent for e in examples})} intents")
    fold_of = np.random.default_rng(SEED).integers(0, FOLDS, len(examples))
    confusions: Counter[tuple[str, str]] = Counter()
    for fold in range(wanted):
        test = [e for e, f in zip(examples, fold_of, strict=True) if f == fold]
        train = [e for e, f in zip(examples, fold_of, strict=True) if f != fold]
        figures, wrong = judge(train, test)
        confusions += wrong
        print("  ".join(f"{name} {value:.3f}" for name, value in figures.items()), flush=True)
    for (right, said), count in confusions.most_common(25):
        print(f"{count:4d}  {right} → {said}")


if __name__ == "__main__":
    main()
