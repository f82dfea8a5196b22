"""Gives each message its normalised forms, on attributes of their own."""

# Rasa has no types, and its interfaces ask for parameters that not every implementation needs.
# mypy: disallow-subclassing-any=False
# ruff: noqa: ARG003

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu import text_forms

PLAIN = "zoe_plain"
NORMALISED = "zoe_normalised"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class Normaliser(GraphComponent):
    """Sets `zoe_plain` and `zoe_normalised` on every message that has text.

    `text` is never written: Rasa's last node turns a text that starts with `/` into an intent, so a component that
    rewrote the text could undo the escaping that happened before Rasa.
    """

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Normaliser:
        """A component without state."""
        return cls()

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Adds the forms to all training examples."""
        self.process(training_data.training_examples)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds the forms to messages."""
        for message in messages:
            text = message.get(TEXT)
            if text:
                message.set(PLAIN, text_forms.plain(text))
                message.set(NORMALISED, text_forms.normalised(text))
        return messages
