"""What a text means, by the one code path that the chat, `zoe nlu parse` and `zoe nlu eval` share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rasa.core.channels.channel import UserMessage
from rasa.core.processor import MessageProcessor
from rasa.shared.core.trackers import DialogueStateTracker

from nlu.components.language_identifier import METADATA_LANGUAGE, language_entity
from nlu.importer import LANGUAGE, LANGUAGES


@dataclass(frozen=True)
class Understanding:
    """Rasa's parse of one text, with the language that was found."""

    parse_data: dict[str, Any]
    language: str

    @property
    def intent(self) -> str:
        """The predicted intent's name, `nlu_fallback` included; empty when there is none."""
        return str(self.parse_data["intent"].get("name") or "")

    @property
    def confidence(self) -> float:
        """The confidence of `intent`."""
        return float(self.parse_data["intent"].get("confidence") or 0.0)


async def understand(
    processor: MessageProcessor,
    text: str,
    metadata: Mapping[str, Any] | None = None,
    tracker: DialogueStateTracker | None = None,
) -> Understanding:
    """Parses `text`. The conversation's language is `metadata["lang"]`, else the tracker's slot `language`.

    Rasa drops everything else about a text like `/start_reset`; the language entity is put back then, so that the slot
    is filled in every turn.
    """
    known = _conversation_language(metadata or {}, tracker)
    for_parsing = {**(metadata or {}), METADATA_LANGUAGE: known} if known else dict(metadata or {})
    parse_data = dict(await processor.parse_message(UserMessage(text, metadata=for_parsing), tracker))
    language = str(parse_data.get(LANGUAGE) or known or LANGUAGES[0])
    entities = list(parse_data.get("entities") or [])
    if not any(entity.get("entity") == LANGUAGE for entity in entities):
        entities.append(language_entity(language, len(text), 1.0))
    return Understanding({**parse_data, "entities": entities}, language)


def _conversation_language(metadata: Mapping[str, Any], tracker: DialogueStateTracker | None) -> str | None:
    slot = tracker.get_slot(LANGUAGE) if tracker is not None else None
    for candidate in (metadata.get(METADATA_LANGUAGE), slot):
        if isinstance(candidate, str) and candidate[:2] in LANGUAGES:
            return candidate[:2]
    return None
