"""Finds methods, reasons, addresses, phone numbers and codes."""

# Rasa has no types, and its interfaces ask for parameters that not every implementation needs.
# mypy: disallow-subclassing-any=False
# ruff: noqa: ARG003

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from nlu.entities import find_all


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class ZoeEntityExtractor(GraphComponent, EntityExtractorMixin):
    """Adds the entities of `nlu.entities`, positions in the text as typed."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> ZoeEntityExtractor:
        """A component without state."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Adds entities to each message that has text."""
        for message in messages:
            found = [
                {"entity": span.entity, "value": span.value, "start": span.start, "end": span.end}
                for span in find_all(message.get(TEXT) or "")
            ]
            message.set(ENTITIES, [*message.get(ENTITIES, []), *self.add_extractor_name(found)], add_to_output=True)
        return messages
