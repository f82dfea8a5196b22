"""Two questions in one message: where it may be cut, and when both halves are sure enough to be answered.

A cut is tried after a sentence's end, and at a word such as "and" when what follows opens like a question: "I type the
code and it says expired" is one story, "how do I turn it on and can I use two phones" is two questions.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

ANSWERABLE = frozenset(
    {
        "faq_what_is_2fa",
        "faq_activate",
        "faq_button_disabled",
        "faq_authenticator_setup",
        "faq_authenticator_apps",
        "faq_sms_setup",
        "faq_sms_number_taken",
        "faq_email_alternative",
        "faq_code_frequency",
        "faq_code_not_working",
        "faq_disable_2fa",
        "faq_reset_requirements",
        "faq_after_reset",
        "bot_challenge",
        "report_suspicious",
        "reset_2fa",
        "change_2fa_method",
    }
)
"""Intents that are answered with words alone. Those that do something (a person, a code, a cancelling) need the whole
message; "what do I do now" (capabilities) belongs to the story before it.
"""

OFFERS = frozenset({"reset_2fa", "change_2fa_method"})
"""Answered with an offer, of which there is one at a time."""

_FEWEST_WORDS = 3
_MOST_CUTS = 4

_SENTENCE_END = re.compile(r"(?<=[?!.;…])\s+|(?<=[^\s¿])\s*(?=¿)")
_AND = "and also|and|also|plus|but|e também|e tambem|e tb|e|também|tambem|mas|y también|y tambien|y|además|ademas|pero"
_OPENS_A_QUESTION = "|".join(
    [
        "how|what|what's|whats|which|who|where|when|why|can|could|do|does|is|are|should|will|may",
        "como|o que|oq|qual|quais|quem|onde|quando|quanto|a cada|por que|porque|pq|para que|em que|com que",
        "posso|pode|podemos|dá pra|da pra|dá para|tem como|preciso|precisa|serve|funciona",
        "cómo|qué|que|cuál|cual|cuáles|cuales|quién|quien|dónde|donde|cuándo|cuando|cuánto|cuanto|cada cuánto",
        "cada cuanto|por qué|para qué|en qué|en que|con qué|puedo|puede|se puede|hay|hace falta|tengo que|sirve",
    ]
)
_JOINED = re.compile(rf",?\s+(?:{_AND})[,:]?\s+(?=(?:{_OPENS_A_QUESTION})\b)", re.IGNORECASE)


def cuts(text: str) -> list[tuple[str, str]]:
    """The places where `text` may be two messages, at most four; each half has three words at least."""
    found = []
    for match in sorted([*_SENTENCE_END.finditer(text), *_JOINED.finditer(text)], key=lambda match: match.start()):
        left, right = text[: match.start()].strip(), text[match.end() :].strip()
        if min(len(left.split()), len(right.split())) >= _FEWEST_WORDS:
            found.append((left, right))
    return found[:_MOST_CUTS]


def both_asked(halves: Sequence[tuple[tuple[str, float], tuple[str, float]]], least: float) -> tuple[str, str] | None:
    """The intents of the two halves of the surest cut, None unless both are answerable, different, and as sure as
    `least`. `halves` holds intent and confidence of each half of each cut.
    """
    surest, chosen = least, None
    for (left, of_left), (right, of_right) in halves:
        different = left != right and not {left, right} <= OFFERS
        sure = min(of_left, of_right)
        if different and {left, right} <= ANSWERABLE and sure >= surest:
            surest, chosen = sure, (left, right)
    return chosen
