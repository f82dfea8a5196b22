"""The language model proper, free of Rasa."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression
from threadpoolctl import threadpool_limits

from nlu.languages import function_word_examples
from nlu.linear_text_model import LinearModel, TextFeatures, character_vectorizer, softmax, word_vectorizer
from nlu.text_forms import plain, without_data


class LanguageModel:
    """Probabilities of the three languages for a text, accents and case as typed (case is ignored)."""

    def __init__(self, features: TextFeatures, linear: LinearModel) -> None:
        self._features = features
        self._linear = linear

    @classmethod
    def fit(cls, examples: Sequence[tuple[str, str]]) -> LanguageModel:
        """Learns from (text, language) pairs and the built-in function words; works without any pair."""
        pairs = [(without_data(plain(text)).lower(), language) for text, language in examples]
        pairs += function_word_examples()
        texts = [text for text, _ in pairs]
        with threadpool_limits(limits=1):
            features = TextFeatures([word_vectorizer((1, 2)), character_vectorizer((1, 4))]).fit(texts)
            regression = LogisticRegression(C=20.0, max_iter=100, tol=1e-3)
            regression.fit(features.transform(texts), [language for _, language in pairs])
        classes = [str(name) for name in regression.classes_]
        linear = LinearModel(classes, regression.coef_.astype(np.float32), regression.intercept_.astype(np.float32))
        return cls(features, linear)

    def probabilities(self, text: str) -> Mapping[str, float]:
        """`text` without data (`text_forms.without_data`); the values sum to one."""
        row = softmax(self._linear.scores(self._features.transform([text.lower()])))[0]
        return dict(zip(self._linear.classes, map(float, row), strict=True))

    def save(self, folder: Path) -> None:
        """Writes the model's files into `folder`."""
        self._features.save(folder, "language_features")
        self._linear.save(folder / "languages.npz")

    @classmethod
    def load(cls, folder: Path) -> LanguageModel:
        """Reads what `save` wrote."""
        linear, _ = LinearModel.load(folder / "languages.npz")
        return cls(TextFeatures.load(folder, "language_features"), linear)
