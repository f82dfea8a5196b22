"""Whether more data would still help: accuracy on the development set by examples an intent and language.

Run: `.venv/bin/python -m benchmarks.learning_curve [--sizes 10 20 40 80 0]`; 0 is all of them. Of out of scope three
times as many are taken. Prints a Markdown row for each size.
"""

import argparse
from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from benchmarks.held_out import LANGUAGES, Row, rows_of
from benchmarks.nlu_accuracy import Example, forms, read_examples
from benchmarks.subset import evenly, share
from nlu.contract import OUT_OF_SCOPE
from nlu.intent_model import fit

SIZES = (10, 20, 40, 80, 0)


def taken(examples: Sequence[Example], size: int) -> list[Example]:
    """`size` examples of each intent and language, spread over the order in which they were written; all for 0."""
    if size == 0:
        return list(examples)
    groups: dict[tuple[str, str], list[Example]] = defaultdict(list)
    for example in examples:
        groups[example.intent, example.language].append(example)
    return [each for (intent, _), group in groups.items() for each in evenly(group, share(intent, size))]


def row_of(examples: list[Example], held_out: Sequence[Row]) -> str:
    """Accuracy of a model of these examples, by language, and what it makes of out of scope."""
    model = fit(*forms(examples), [example.intent for example in examples], ridge=0.1)
    texts = [Example(row.text, row.intent, row.lang) for row in held_out]
    said = [str(model.classes[best]) for best in model.probabilities(*forms(texts)).argmax(axis=1)]
    pairs = list(zip(held_out, said, strict=True))
    by_language = [np.mean([row.intent == each for row, each in pairs if row.lang == lang]) for lang in LANGUAGES]
    recall = np.mean([each == OUT_OF_SCOPE for row, each in pairs if row.intent == OUT_OF_SCOPE])
    refused = np.mean([each == OUT_OF_SCOPE for row, each in pairs if row.intent != OUT_OF_SCOPE])
    return f"{' / '.join(f'{share:.3f}' for share in by_language)} | {recall:.3f} | {refused:.3f}"


def main() -> None:
    """Prints the curve."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    examples, held_out = read_examples(), rows_of("dev")
    print(
        "| examples an intent and language | en / pt / es | out-of-scope recall | in scope refused |\n|---|---|---|---|"
    )
    for size in parser.parse_args().sizes:
        some = taken(examples, size)
        print(f"| {size or 'all'} ({len(some):,}) | {row_of(some, held_out)} |", flush=True)


if __name__ == "__main__":
    main()
