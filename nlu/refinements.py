"""What a message is about or wants beyond the contract's intents, told by its words (`refinements.yml`).

The classifier's intents are a contract, and some of them hold several things: a forgotten password is filed under out
of scope, a passkey under authenticator apps, "hold on a sec" under stop. Here a term of the product, or an ordinary
way of asking for a moment, picks the answer; what `zoe nlu parse` reports is not touched.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml

from nlu.text_forms import folded

_LONGEST_WAIT = 8
"""Words in "wait, I'm looking for it"; a longer message says more than that."""

_WAIT = re.compile(
    r"^(?:(?:ok|okay|yes|sim|si|please|por favor|sorry|desculpa|perdon|ah|oh|uh|hey|ei|oye)\W+)*(?:"
    r"wait\b|hold on|hang on|(?:(?:just|give me) )?(?:a|one) (?:moment|sec\b|second|minute|min\b)|brb\b|be right back|"
    r"let me (?:check|look|open|find|get)|"
    r"(?:espera|espere|aguarda|aguarde|pera|perai|calma)\b|(?:so )?um (?:moment|minut|segund)|ja volto|"
    r"deixa eu (?:ver|abrir|procurar|olhar|pegar)|me da um (?:minut|segund|moment|tempo)|"
    r"(?:solo )?un (?:moment|minut|segund)|dame un (?:moment|minut|segund)|"
    r"ya vuelvo|ahora vuelvo|ahorita vuelvo|dejame (?:ver|buscar|abrir))"
)
_NO_WAIT = re.compile(
    r"\?|\b(?:stop|cancel\w*|forget|para|parar|pare|esquec\w+|olvid\w+|deten\w*|pessoa|persona|person)\b"
)
_WAIT_OF = {
    "stop",
    "goodbye",
    "nlu_fallback",
    "out_of_scope",
    "resend_code",
    "affirm",
    "deny",
    "capabilities",
    "faq_email_alternative",
    "feedback_negative",
}


@dataclass(frozen=True)
class Refinement:
    """`intent` takes the place of one of `of` where `pattern` is found in a folded text."""

    intent: str
    of: frozenset[str]
    pattern: re.Pattern[str]


def refined(intent: str, text: str) -> str | None:
    """The intent that takes the place of `intent` for `text`; None when it stays."""
    plain = folded(text).strip()
    short = intent in _WAIT_OF and len(plain.split()) <= _LONGEST_WAIT
    if short and _WAIT.search(plain) and not _NO_WAIT.search(plain):
        return "wait"
    fitting = (each.intent for each in _refinements() if intent in each.of and each.pattern.search(plain))
    return next(fitting, None)


@cache
def _refinements() -> tuple[Refinement, ...]:
    listed = yaml.safe_load(resources.files("nlu").joinpath("refinements.yml").read_text(encoding="utf-8"))
    return tuple(Refinement(each["intent"], frozenset(each["of"]), _pattern(each["words"])) for each in listed)


def _pattern(words: dict[str, list[str]]) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(word for listed in words.values() for word in listed)})\b")
