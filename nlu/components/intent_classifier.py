"""Intents from multilingual sentence vectors and n-grams (`nlu.intent_model`)."""

# Rasa has no types, and its interfaces ask for parameters that not every implementation needs.
# mypy: disallow-subclassing-any=False
# ruff: noqa: ARG003

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu import intent_model, text_forms
from nlu.components.normaliser import NORMALISED, PLAIN, Normaliser
from nlu.two_questions import both_asked, cuts

logger = logging.getLogger(__name__)

QUESTIONS = "questions"
"""Message attribute: the intents of two questions in one message, in order; absent when there is one."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class ZoeIntentClassifier(IntentClassifier, GraphComponent):
    """Sets `intent` and `intent_ranking` with calibrated confidences.

    Only intents with examples can be predicted; those that exist as button payloads alone have none.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        """The normalised forms must be there."""
        return [Normaliser]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`ridge`: how little single examples are trusted; `ranking_length`: how many intents are listed;
        `both_at_least`: how sure each half of a message must be to be a question of its own.
        """
        return {"ridge": 0.1, "ranking_length": 10, "both_at_least": 0.6}

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        self._config = {**self.get_default_config(), **config}
        self._storage = storage
        self._resource = resource
        self._model: intent_model.IntentModel | None = None

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ZoeIntentClassifier:
        """An untrained component."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> ZoeIntentClassifier:
        """A trained component; untrained when the model was made without NLU examples."""
        component = cls(config, model_storage, resource)
        try:
            with model_storage.read_from(resource) as folder:
                component._model = intent_model.IntentModel.load(folder)
        except ValueError:
            logger.warning("The model holds no trained intent classifier.")
        return component

    def train(self, training_data: TrainingData) -> Resource:
        """Fits on all examples that have an intent and text."""
        examples = [m for m in training_data.intent_examples if m.get(INTENT) and m.get(TEXT)]
        labels = [str(m.get(INTENT)) for m in examples]
        if len(set(labels)) < 2:
            logger.warning("Fewer than two intents have examples: the intent classifier stays untrained.")
            return self._resource
        self._model = intent_model.fit(*_forms(examples), labels, ridge=float(self._config["ridge"]))
        with self._storage.write_to(self._resource) as folder:
            self._model.save(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Predicts; a message that says nothing has the intent None, as Rasa's fallback classifier expects."""
        for message in messages:
            message.set(INTENT, {"name": None, "confidence": 0.0}, add_to_output=True)
            message.set(INTENT_RANKING_KEY, [], add_to_output=True)
        known = [m for m in messages if m.get(NORMALISED)]
        if self._model is None or not known:
            return messages
        for message, row in zip(known, self._model.probabilities(*_forms(known)), strict=True):
            ranking = self._ranking(self._model.classes, row)
            message.set(INTENT, dict(ranking[0]), add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
            if asked := self._questions(self._model, message.get(PLAIN) or ""):
                message.set(QUESTIONS, list(asked), add_to_output=True)
        return messages

    def _questions(self, model: intent_model.IntentModel, plain: str) -> tuple[str, str] | None:
        """Reads the halves of each cut of a message; most messages have none, and cost nothing more."""
        halves = [half for cut in cuts(plain) for half in cut]
        if not halves:
            return None
        rows = model.probabilities([text_forms.normalised(half) for half in halves], halves)
        read = [(str(model.classes[int(row.argmax())]), float(row.max())) for row in rows]
        return both_asked(list(zip(read[::2], read[1::2], strict=True)), float(self._config["both_at_least"]))

    def _ranking(self, classes: Sequence[str], row: NDArray[np.float32]) -> list[dict[str, Any]]:
        order = np.argsort(-row)[: int(self._config["ranking_length"])]
        return [{"name": classes[i], "confidence": float(row[i])} for i in order]


def _forms(messages: Sequence[Message]) -> tuple[list[str], list[str]]:
    return [m.get(NORMALISED) or "" for m in messages], [m.get(PLAIN) or "" for m in messages]
