"""The intent model proper, free of Rasa: features, fit, calibration, probabilities."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import cast

import numpy as np
from scipy import sparse
from scipy.optimize import minimize_scalar
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from threadpoolctl import threadpool_limits

from nlu import sentence_vectors
from nlu.linear_text_model import (
    LinearModel,
    Matrix,
    TextFeatures,
    character_vectorizer,
    softmax,
    word_vectorizer,
)

_FOLDS = 3
_SEED = 7


class IntentModel:
    """Features, weights and the temperature that makes confidences mean what they say."""

    def __init__(self, features: TextFeatures, linear: LinearModel, vector_scale: float, temperature: float) -> None:
        self._features = features
        self._linear = linear
        self._vector_scale = vector_scale
        self.temperature = temperature

    @property
    def classes(self) -> Sequence[str]:
        """Intent names in the columns' order."""
        return self._linear.classes

    def probabilities(self, normalised: Sequence[str], plain: Sequence[str]) -> Matrix:
        """(texts, intents), rows sum to one; both sequences are forms of the same texts."""
        vectors = sentence_vectors.encode(plain) * np.float32(self._vector_scale)
        logits = self._linear.scores(self._features.transform(normalised), vectors)
        return softmax(logits / np.float32(self.temperature))

    def save(self, folder: Path) -> None:
        """Writes the model's files into `folder`."""
        self._features.save(folder, "intent_features")
        self._linear.save(
            folder / "intents.npz",
            temperature=np.float32(self.temperature),
            vector_scale=np.float32(self._vector_scale),
        )

    @classmethod
    def load(cls, folder: Path) -> IntentModel:
        """Reads what `save` wrote and warms the encoder up."""
        linear, more = LinearModel.load(folder / "intents.npz")
        model = cls(
            TextFeatures.load(folder, "intent_features"),
            linear,
            float(more["vector_scale"]),
            float(more["temperature"]),
        )
        model.probabilities(["warm"], ["warm"])
        return model


def fit(
    normalised: Sequence[str],
    plain: Sequence[str],
    labels: Sequence[str],
    *,
    regularisation: float,
    vector_scale: float,
) -> IntentModel:
    """Fits on texts (two forms of each) with their intents; needs at least two intents. Deterministic."""
    with threadpool_limits(limits=1):
        features = TextFeatures([word_vectorizer(), character_vectorizer()]).fit(normalised)
        vectors = sentence_vectors.encode(plain) * np.float32(vector_scale)
        columns = sparse.hstack([features.transform(normalised), sparse.csr_matrix(vectors)], format="csr")
        targets = np.array(labels)
        temperature = _temperature(columns, targets, regularisation)
        linear = _fit_linear(columns, targets, regularisation)
    return IntentModel(features, linear, vector_scale, temperature)


def _fit_linear(columns: sparse.csr_matrix, targets: np.ndarray, regularisation: float) -> LinearModel:
    regression = LogisticRegression(C=regularisation, max_iter=200, tol=1e-3, class_weight=_weights(targets))
    regression.fit(columns, targets)
    weights, intercepts = regression.coef_, regression.intercept_
    classes = [str(name) for name in regression.classes_]
    if len(classes) == 2:
        weights, intercepts = np.vstack([-weights, weights]) / 2, np.concatenate([-intercepts, intercepts]) / 2
    return LinearModel(classes, weights.astype(np.float32), intercepts.astype(np.float32))


def _weights(targets: np.ndarray) -> dict[str, float]:
    """Square-root balancing: a big intent (out of scope) counts more than a small one, but not by its whole size."""
    names, counts = np.unique(targets, return_counts=True)
    mean = counts.mean()
    return {str(name): float(np.sqrt(mean / count)) for name, count in zip(names, counts, strict=True)}


def _temperature(columns: sparse.csr_matrix, targets: np.ndarray, regularisation: float) -> float:
    """The softmax temperature with the least log loss on examples that the model in question has not seen."""
    smallest = np.unique(targets, return_counts=True)[1].min()
    if smallest < _FOLDS:
        return 1.0
    logits = np.zeros((len(targets), len(np.unique(targets))), dtype=np.float32)
    folds = StratifiedKFold(_FOLDS, shuffle=True, random_state=_SEED)
    for train, test in folds.split(np.zeros(len(targets)), targets):
        model = _fit_linear(columns[train], targets[train], regularisation)
        logits[test] = model.scores(columns[test])
    truth = np.searchsorted(np.unique(targets), targets)

    def loss(log_temperature: float) -> float:
        probabilities = softmax(logits / np.float32(np.exp(log_temperature)))
        return float(-np.log(probabilities[np.arange(len(truth)), truth] + 1e-9).mean())

    best = minimize_scalar(loss, bounds=(-2.5, 2.5), method="bounded")
    return cast(float, float(np.exp(best.x)))
