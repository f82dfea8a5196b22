"""Reads the training data as Rasa does and remembers each example's language, which is a folder of its path."""

from __future__ import annotations

from pathlib import Path

import nlu.compat  # noqa: F401  (before rasa)
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.loading import load_data
from rasa.shared.nlu.training_data.training_data import TrainingData

LANGUAGES = ("en", "pt", "es")
LANGUAGE = "language"
"""Message attribute: the language of an example while training, of the user's text while running."""


def language_of(path: str) -> str | None:
    """The language of a training file: the nearest folder named `en`, `pt` or `es`, if there is one."""
    return next((part for part in reversed(Path(path).parent.parts) if part in LANGUAGES), None)


class LanguageAwareImporter(RasaFileImporter):
    """Rasa's file importer; NLU examples also get the attribute `language`."""

    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """All NLU examples of all files."""
        parts = []
        for path in self._nlu_files:
            data = load_data(path, language or "en")
            if known := language_of(path):
                for message in data.training_examples:
                    message.set(LANGUAGE, known)
            parts.append(data)
        return TrainingData().merge(*parts)
