"""What ordinary sentences about passwords are made of, in the three languages; without accents, lower case.

Closed lists, because the question is the reverse of a dictionary's: a word that is not here may be part of a
password. A word too few hides a harmless sentence, and Zoe says so; a word too many shows a password.
"""

import re
from dataclasses import dataclass

from bot.redaction.letters import plain_word
from bot.redaction.vocabulary import en, es, pt

FILLERS = frozenset(" ".join((en.FILLERS, pt.FILLERS, es.FILLERS)).split())
"""Articles, pronouns, auxiliaries, negations, adverbs: they carry a sentence and are no answer."""
STATES = frozenset(" ".join((en.STATES, pt.STATES, es.STATES)).split())
"""What can be said about a password instead of saying it."""
LEADS_ON = frozenset(" ".join((en.LEADS_ON, pt.LEADS_ON, es.LEADS_ON)).split())
"""After these a sentence goes on about something else: "my password is wrong and …", "… is in my notebook"."""
TALK = frozenset(" ".join((en.TALK, pt.TALK, es.TALK)).split())
"""Words of a conversation with Zoe: an answer that is mostly made of these and of `FILLERS` is no password."""
_UNIT_NAMES = "characters character letters digits days hours minutes caracteres letras digitos dias horas minutos"
_UNITS = frozenset(_UNIT_NAMES.split())


@dataclass(frozen=True)
class _Word:
    plain: str
    pause: bool
    """A comma or the like follows."""


def words_of(text: str) -> list[_Word]:
    """The words of `text` as the lists have them."""
    parts = [(plain_word(token), token[-1] in ",;:…") for token in text.split()]
    return [_Word(plain, pause) for plain, pause in parts if plain]


def says_how_it_is(rest: str, *, least_state: bool = False) -> bool:
    """Whether `rest`, what follows "my password is", says something about the password and not the password itself.

    `least_state`: fillers alone are not enough ("password: this").
    """
    words = words_of(rest)
    state = False
    for index, word in enumerate(words):
        if word.plain in STATES:
            state = True
        elif word.plain.isdigit() and index + 1 < len(words) and words[index + 1].plain in _UNITS:
            return True
        elif word.plain in LEADS_ON and (state or (index == 0 and word.plain not in FILLERS)):
            return state or not _has_figures(rest)
        elif word.plain not in FILLERS:
            return False
        if state and word.pause:
            return True
    return state or not least_state


def is_talk(text: str) -> bool:
    """Whether `text` is part of a conversation: a question, or mostly words that people say to an assistant."""
    words = [word.plain for word in words_of(text) if not (word.plain.isdecimal() and len(word.plain) < 3)]
    if not words:
        return True
    if _is_noise(text):
        return True
    known = sum(word in TALK or word in FILLERS or word in LEADS_ON or word in STATES for word in words)
    spoken = any(word in TALK or word in STATES for word in words)
    return spoken and 2 * known > len(words)


def _has_figures(text: str) -> bool:
    return any(character.isdigit() for character in text)


def _is_noise(text: str) -> bool:
    """Laughter and the like: few letters, again and again; or no letters and digits at all."""
    kept = re.sub(r"[\W_]", "", text.casefold())
    return len(set(kept)) < 3
