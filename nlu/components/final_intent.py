"""The intent by which the conversation goes on: of two questions, of a topic of the product, else the classifier's."""

# Rasa has no types.
# mypy: disallow-subclassing-any=False
# ruff: noqa: ARG003

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT
from rasa.shared.nlu.training_data.message import Message

from nlu.components.intent_classifier import QUESTIONS, ZoeIntentClassifier
from nlu.components.normaliser import PLAIN
from nlu.refinements import refined

TWO_QUESTIONS = "two_questions"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=False)
class FinalIntent(IntentClassifier, GraphComponent):
    """Sets intents that no example has (`two_questions`, `nlu.refinements`); their rules answer.

    It stands last, so that a message which is torn between two questions, or between intents that none of them fits,
    is not taken for an unclear one. The ranking stays the classifier's.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        """The classifier reads the halves."""
        return [ZoeIntentClassifier]

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> FinalIntent:
        """A component without state."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Decides for each message."""
        for message in messages:
            before = message.get(INTENT) or {}
            name = (
                TWO_QUESTIONS if message.get(QUESTIONS) else refined(str(before.get("name")), message.get(PLAIN) or "")
            )
            if name:
                message.set(INTENT, {"name": name, "confidence": before.get("confidence", 0.0)}, add_to_output=True)
        return messages
