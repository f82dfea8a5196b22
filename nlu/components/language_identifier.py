"""Says which language a message is in."""

# Rasa has no types, and its interfaces ask for parameters that not every implementation needs.
# mypy: disallow-subclassing-any=False
# ruff: noqa: ARG003

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, METADATA, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu import languages, text_forms
from nlu.components.normaliser import PLAIN, Normaliser
from nlu.importer import LANGUAGE, LANGUAGES
from nlu.language_model import LanguageModel

LANGUAGE_CONFIDENCE = "language_confidence"
METADATA_LANGUAGE = "lang"
METADATA_PROFILE_LANGUAGE = "profile_lang"


@DefaultV1Recipe.register(
    [DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR],
    is_trainable=True,
)
class LanguageIdentifier(GraphComponent, EntityExtractorMixin):
    """Sets the message attribute `language` and adds an entity `language`, so that a slot can be filled from it.

    When the text is short or doubtful the conversation's language (`metadata.lang`), else the profile's
    (`metadata.profile_lang`), weighs in; with neither, and nothing to go by, the configured `default`.
    """

    @classmethod
    def required_components(cls) -> list[type]:
        """The plain form must be there."""
        return [Normaliser]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """`default`: the language of a text that says nothing in a conversation of unknown language."""
        return {"default": "en"}

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        self._default = str({**self.get_default_config(), **config}["default"])
        self._storage = storage
        self._resource = resource
        self._model: LanguageModel | None = None

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> LanguageIdentifier:
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
    ) -> LanguageIdentifier:
        """A trained component."""
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            component._model = LanguageModel.load(folder)
        return component

    def train(self, training_data: TrainingData) -> Resource:
        """Learns from the examples whose language the importer knows, and from each language's function words."""
        pairs = [(m.get(TEXT), m.get(LANGUAGE)) for m in training_data.intent_examples]
        labelled = [(str(text), str(language)) for text, language in pairs if text and language in LANGUAGES]
        self._model = LanguageModel.fit(labelled)
        with self._storage.write_to(self._resource) as folder:
            self._model.save(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Decides for each message."""
        for message in messages:
            guess = self._guess(message.get(PLAIN) or "", message.get(METADATA) or {})
            message.set(LANGUAGE, guess.language, add_to_output=True)
            message.set(LANGUAGE_CONFIDENCE, guess.confidence, add_to_output=True)
            entity = language_entity(guess.language, len(message.get(TEXT) or ""), guess.confidence)
            entities = self.add_extractor_name([entity])
            message.set(ENTITIES, [*message.get(ENTITIES, []), *entities], add_to_output=True)
        return messages

    def _guess(self, plain: str, metadata: Mapping[str, Any]) -> languages.LanguageGuess:
        text = text_forms.without_data(plain)
        letters = sum(map(str.isalpha, text))
        candidates = (metadata.get(METADATA_LANGUAGE), metadata.get(METADATA_PROFILE_LANGUAGE))
        conversation = next((c[:2] for c in candidates if isinstance(c, str) and c[:2] in LANGUAGES), None)
        probabilities = self._model.probabilities(text) if self._model and letters else {}
        default = languages.hinted(plain) or self._default
        return languages.decide(probabilities, letters if probabilities else 0, conversation, default)


def language_entity(language: str, length: int, confidence: float) -> dict[str, Any]:
    """The entity that tells a whole message's language; it spans the text of `length` characters."""
    return {
        "entity": LANGUAGE,
        "value": language,
        "start": 0,
        "end": length,
        "confidence_entity": confidence,
    }
