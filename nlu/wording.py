"""Which variation of a response is said: in turn, so that no sentence comes twice in a row, and without chance."""

# Rasa has no types.
# mypy: disallow-subclassing-any=False

from __future__ import annotations

import copy
from typing import Any

from rasa.core.nlg.generator import ResponseVariationFilter
from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

ONCE_MORE = "utter_once_more"
"""The response put before a sentence that has no other wording and was just said."""


class Wording(TemplatedNaturalLanguageGenerator):
    """Rasa's generator from the domain's responses; `endpoints.yml` names it (`nlg`)."""

    def __init__(self, endpoint_config: EndpointConfig, domain: Domain) -> None:  # noqa: ARG002 (Rasa's signature)
        super().__init__(domain.responses)

    async def generate(
        self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, **kwargs: Any
    ) -> dict[str, Any] | None:
        """The variation after the one that was said last; the only one gets a lead-in when it was just said."""
        slots = tracker.current_slot_values()
        variations = self._variations(utter_action, output_channel, slots)
        if not variations:
            return None
        filled = [self._fill_response(copy.deepcopy(each), slots, **kwargs) for each in variations]
        said, just_now = _last_said(utter_action, tracker)
        texts = [each.get("text") for each in filled]
        before = next((place for place, text in enumerate(texts) if text and said.endswith(text)), -1)
        chosen: dict[str, Any] = filled[(before + 1) % len(filled)]
        lead_in = self._variations(ONCE_MORE, output_channel, slots)
        if just_now and lead_in and chosen.get("text") == said:
            chosen["text"] = f"{lead_in[0]['text']} {said}"
        return chosen

    def _variations(self, utter_action: str, output_channel: str, slots: dict[str, Any]) -> list[dict[str, Any]]:
        if utter_action not in self.responses:
            return []
        fitting = ResponseVariationFilter(self.responses).responses_for_utter_action(
            utter_action, output_channel, slots
        )
        return list(fitting)


def _last_said(utter_action: str, tracker: DialogueStateTracker) -> tuple[str, bool]:
    """The text that `utter_action` had last, and whether that was in the turn before this one."""
    messages = 0
    for event in reversed(tracker.events):
        if isinstance(event, UserUttered):
            messages += 1
        elif isinstance(event, BotUttered) and (event.metadata or {}).get("utter_action") == utter_action:
            return event.text or "", messages <= 1
    return "", False
