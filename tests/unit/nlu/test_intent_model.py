"""The intent model on a handful of examples: right on paraphrases, the same after saving, sums to one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from nlu import text_forms
from nlu.intent_model import IntentModel, fit
from tests.integration.nlu.tiny_project import EXAMPLES


@pytest.fixture(scope="module")
def model() -> IntentModel:
    pairs = [(text, intent) for intents in EXAMPLES.values() for intent, texts in intents.items() for text in texts]
    texts = [text for text, _ in pairs]
    return fit(*forms(texts), [intent for _, intent in pairs], ridge=0.1)


def forms(texts: list[str]) -> tuple[list[str], list[str]]:
    return [text_forms.normalised(text) for text in texts], [text_forms.plain(text) for text in texts]


@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("helo there", "greet"),
        ("Somebody stole my phone!!! please reset it", "reset_2fa"),
        ("perdi o celular, me ajuda a redefinir", "reset_2fa"),
        ("muchisimas gracias", "thanks"),
        ("cuéntame otro chiste", "out_of_scope"),
    ],
)
def test_unseen_sentences(model: IntentModel, text: str, intent: str) -> None:
    row = model.probabilities(*forms([text]))[0]
    assert model.classes[int(row.argmax())] == intent


def test_probabilities_sum_to_one(model: IntentModel) -> None:
    rows = model.probabilities(*forms(["hello", "????", "x" * 3000]))
    assert rows.shape == (3, len(model.classes))
    assert np.allclose(rows.sum(axis=1), 1.0, atol=1e-5)


def test_only_intents_with_examples_exist(model: IntentModel) -> None:
    assert set(model.classes) == set(EXAMPLES["en"])


def test_saved_and_loaded_it_is_the_same(model: IntentModel, tmp_path: Path) -> None:
    model.save(tmp_path)
    texts = forms(["bom dia", "i lost it"])
    assert np.allclose(IntentModel.load(tmp_path).probabilities(*texts), model.probabilities(*texts), atol=1e-6)
    assert not list(tmp_path.glob("*.pkl"))
