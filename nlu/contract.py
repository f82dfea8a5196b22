"""The names outside tools know: Rasa's parse in the shape of `zoe nlu parse`."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Any

import yaml

from nlu.importer import LANGUAGE
from nlu.understanding import Understanding

FALLBACK = "nlu_fallback"
OUT_OF_SCOPE = "out_of_scope"


@cache
def refined_names() -> Mapping[str, str]:
    """Added intent → the contract's name (`contract_intents.yml`)."""
    text = resources.files("nlu").joinpath("contract_intents.yml").read_text(encoding="utf-8")
    return {str(added): str(name) for added, name in yaml.safe_load(text).items()}


def contract_parse(text: str, understood: Understanding) -> dict[str, Any]:
    """One output line of `zoe nlu parse`.

    `intent` is the best of `ranking`, also where the chat would rather ask; an added intent's confidence goes to the
    name it refines.
    """
    shift = len(text) - len(text.lstrip())  # Rasa strips the text before it looks
    ranking = _ranking(understood)
    best = ranking[0] if ranking else {"name": OUT_OF_SCOPE, "confidence": 0.0}
    return {
        "text": text,
        "intent": best["name"],
        "confidence": best["confidence"],
        "lang": understood.language,
        "entities": [
            {
                "entity": entity["entity"],
                "value": entity["value"],
                "start": entity["start"] + shift,
                "end": entity["end"] + shift,
            }
            for entity in understood.parse_data.get("entities") or []
            if entity.get("entity") != LANGUAGE and "start" in entity
        ],
        "ranking": ranking,
    }


def _ranking(understood: Understanding) -> list[dict[str, Any]]:
    listed = understood.parse_data.get("intent_ranking") or []
    totals: dict[str, float] = {}
    for entry in listed:
        if entry["name"] != FALLBACK:
            name = refined_names().get(entry["name"], entry["name"])
            totals[name] = totals.get(name, 0.0) + float(entry["confidence"])
    ordered = sorted(totals.items(), key=lambda item: -item[1])
    return [{"name": name, "confidence": round(confidence, 4)} for name, confidence in ordered]
