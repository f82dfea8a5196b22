"""TF-IDF features and a multinomial logistic regression that are saved without pickles."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

Matrix = NDArray[np.float32]


def word_vectorizer(ngrams: tuple[int, int] = (1, 2), min_df: int = 1) -> TfidfVectorizer:
    """Words and word pairs; single letters and digits count, "?" is a word of its own."""
    return TfidfVectorizer(
        analyzer="word",
        ngram_range=ngrams,
        token_pattern=r"(?u)\w+|\?",  # noqa: S106 (a pattern, no password)
        sublinear_tf=True,
        min_df=min_df,
        lowercase=False,
        dtype=np.float32,
    )


def character_vectorizer(ngrams: tuple[int, int] = (2, 5), min_df: int = 1) -> TfidfVectorizer:
    """Character n-grams inside words, word edges included."""
    return TfidfVectorizer(
        analyzer="char_wb", ngram_range=ngrams, sublinear_tf=True, min_df=min_df, lowercase=False, dtype=np.float32
    )


class TextFeatures:
    """A stack of fitted vectorizers; rows are texts, columns the vectorizers' columns side by side."""

    def __init__(self, vectorizers: Sequence[TfidfVectorizer]) -> None:
        self._vectorizers = list(vectorizers)

    def fit(self, texts: Sequence[str]) -> TextFeatures:
        """Learns vocabularies and document frequencies."""
        for vectorizer in self._vectorizers:
            vectorizer.fit(texts)
        return self

    def transform(self, texts: Sequence[str]) -> sparse.csr_matrix:
        """(len(texts), columns) float32, each vectorizer's part of a row with length 1 or 0.

        The same numbers as scikit-learn's `transform`, whose checks cost three milliseconds for one short text.
        """
        columns: list[NDArray[np.int32]] = []
        values: list[Matrix] = []
        ends = [0]
        for text in texts:
            for part_columns, part_values in self._row(text):
                columns.append(part_columns)
                values.append(part_values)
            ends.append(sum(map(len, columns[-len(self._vectorizers) :])) + ends[-1])
        shape = (len(texts), self._blocks[-1][-1])
        if not columns:
            return sparse.csr_matrix(shape, dtype=np.float32)
        return sparse.csr_matrix((np.concatenate(values), np.concatenate(columns), ends), shape=shape)

    def _row(self, text: str) -> Iterator[tuple[NDArray[np.int32], Matrix]]:
        for analyze, vocabulary, idf, first, _ in self._blocks:
            counts = Counter(column for term in analyze(text) if (column := vocabulary.get(term)) is not None)
            local = np.fromiter(counts.keys(), dtype=np.int32, count=len(counts))
            weights = np.fromiter(counts.values(), dtype=np.float32, count=len(counts))
            weights = (np.log(weights) + np.float32(1)) * idf[local]
            length = np.sqrt(weights @ weights)
            shifted = (local + first).astype(np.int32)
            yield shifted, np.asarray(weights / length if length else weights, dtype=np.float32)

    @cached_property
    def _blocks(self) -> list[tuple[Callable[[str], list[str]], dict[str, int], Matrix, int, int]]:
        """Each vectorizer's analyzer, vocabulary and idf, its first column and the one after its last."""
        blocks = []
        first = 0
        for vectorizer in self._vectorizers:
            idf = vectorizer.idf_.astype(np.float32)
            vocabulary = {term: int(column) for term, column in vectorizer.vocabulary_.items()}
            blocks.append((vectorizer.build_analyzer(), vocabulary, idf, first, first + len(idf)))
            first += len(idf)
        return blocks

    def save(self, folder: Path, name: str) -> None:
        """Writes `name.N.json` (settings, vocabulary) and `name.N.npy` (idf) for each vectorizer."""
        for index, vectorizer in enumerate(self._vectorizers):
            settings = {
                "analyzer": vectorizer.analyzer,
                "ngram_range": list(vectorizer.ngram_range),
                "token_pattern": vectorizer.token_pattern,
            }
            vocabulary = [term for term, _ in sorted(vectorizer.vocabulary_.items(), key=lambda item: int(item[1]))]
            document = json.dumps({"settings": settings, "vocabulary": vocabulary}, ensure_ascii=False)
            (folder / f"{name}.{index}.json").write_text(document, encoding="utf-8")
            np.save(folder / f"{name}.{index}.npy", vectorizer.idf_.astype(np.float32), allow_pickle=False)

    @classmethod
    def load(cls, folder: Path, name: str) -> TextFeatures:
        """Reads what `save` wrote."""
        vectorizers = []
        for index in range(len(list(folder.glob(f"{name}.*.json")))):
            document = json.loads((folder / f"{name}.{index}.json").read_text(encoding="utf-8"))
            settings = document["settings"]
            vectorizer = TfidfVectorizer(
                analyzer=settings["analyzer"],
                ngram_range=tuple(settings["ngram_range"]),
                token_pattern=settings["token_pattern"],
                sublinear_tf=True,
                lowercase=False,
                dtype=np.float32,
                vocabulary=document["vocabulary"],
            )
            vectorizer.idf_ = np.load(folder / f"{name}.{index}.npy", allow_pickle=False)
            vectorizers.append(vectorizer)
        return cls(vectorizers)


class LinearModel:
    """Class names, weights (classes, columns) and intercepts (classes,) of a fitted logistic regression."""

    def __init__(self, classes: Sequence[str], weights: Matrix, intercepts: Matrix) -> None:
        self.classes = list(classes)
        self._weights = weights
        self._columns = np.ascontiguousarray(weights.T)
        self._intercepts = intercepts

    def scores(self, features: sparse.csr_matrix, dense: Matrix | None = None) -> Matrix:
        """Logits, (rows, classes); `dense` holds the last columns, when there are dense ones."""
        split = features.shape[1]
        logits = features @ self._columns[:split]
        if dense is not None:
            logits = logits + dense @ self._columns[split:]
        return cast("Matrix", np.asarray(logits + self._intercepts, dtype=np.float32))

    def save(self, path: Path, **more: Any) -> None:
        """Writes an .npz without pickles; `more` are arrays or numbers kept beside the model."""
        np.savez(path, classes=np.array(self.classes), weights=self._weights, intercepts=self._intercepts, **more)

    @classmethod
    def load(cls, path: Path) -> tuple[LinearModel, dict[str, NDArray[Any]]]:
        """The model and what was kept beside it."""
        with np.load(path, allow_pickle=False) as stored:
            arrays = {name: stored[name] for name in stored.files}
        classes = [str(name) for name in arrays.pop("classes")]
        return cls(classes, arrays.pop("weights"), arrays.pop("intercepts")), arrays


def softmax(logits: Matrix) -> Matrix:
    """Row-wise probabilities."""
    exponentials = np.exp(logits - logits.max(axis=1, keepdims=True))
    return cast("Matrix", exponentials / exponentials.sum(axis=1, keepdims=True))
