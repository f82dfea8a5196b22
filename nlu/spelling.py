"""Mends typing slips and missing accents: an unknown word becomes the most frequent known word one slip away.

The known words are those of the training examples, all languages together. A slip is a letter left out, put in,
replaced, or swapped with its neighbour (Damerau's four; they make up most of what people mistype). Words are found
through their deletions, so a look-up costs as much as the word is long, whatever the vocabulary's size.
"""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path

from nlu.text_forms import unaccented

_WORD = re.compile(r"[^\W\d_]+")
_SHORTEST = 4
"""Letters of the shortest word that is mended: shorter ones are one slip from too many others."""
_ACCENTED_SHARE = 0.4
"""How often a word has to be written with its accents before they are put where they are missing. People leave them out
often enough that it need not be most of the time."""
_LEAST_SEEN = 3
"""How often a word has to stand in the examples before others are mended to it."""


class Spelling:
    """A vocabulary: each word's unaccented lower-case key with its usual written form and how often it was seen."""

    def __init__(self, words: Mapping[str, tuple[str, int]]) -> None:
        self._words = words

    @classmethod
    def learn(cls, texts: Iterable[str]) -> Spelling:
        """The vocabulary of `texts`."""
        written: dict[str, Counter[str]] = defaultdict(Counter)
        for text in texts:
            for word in _WORD.findall(text.lower()):
                written[unaccented(word)][word] += 1
        return cls({key: (_usual(forms), forms.total()) for key, forms in written.items()})

    def mend(self, text: str) -> str:
        """`text` with its slips mended; the very same text when there are none."""
        return _WORD.sub(lambda match: self._mended(match.group()), text)

    def accented(self, text: str) -> str:
        """`text` with the accents that its words usually have; words that have some are left alone."""
        return _WORD.sub(lambda match: self._accented(match.group()), text)

    def _accented(self, word: str) -> str:
        known = self._words.get(word.lower()) if len(word) >= _SHORTEST else None
        return known[0] if known else word

    def _mended(self, word: str) -> str:
        key = unaccented(word.lower())
        if len(key) < _SHORTEST or key in self._words:
            return word
        near = {known for form in (key, *_deletions(key)) for known in self._by_deletion.get(form, ())}
        meant = [known for known in near if _one_slip_apart(key, known)]
        return self._words[max(meant, key=lambda known: (self._words[known][1], known))][0] if meant else word

    @cached_property
    def _by_deletion(self) -> Mapping[str, list[str]]:
        index: dict[str, list[str]] = defaultdict(list)
        for known, (_, seen) in self._words.items():
            if seen >= _LEAST_SEEN and len(known) >= _SHORTEST:
                for form in {known, *_deletions(known)}:
                    index[form].append(known)
        return dict(index)

    def save(self, path: Path) -> None:
        """Writes the vocabulary as JSON."""
        path.write_text(json.dumps(self._words, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, path: Path) -> Spelling:
        """Reads what `save` wrote."""
        stored = json.loads(path.read_text(encoding="utf-8"))
        return cls({key: (str(form), int(seen)) for key, (form, seen) in stored.items()})


def _usual(forms: Counter[str]) -> str:
    form = forms.most_common(1)[0][0]
    accented = [(count, form) for form, count in forms.items() if form != unaccented(form)]
    count, best = max(accented, default=(0, form))
    return best if count >= _ACCENTED_SHARE * forms.total() else form


def _deletions(word: str) -> set[str]:
    return {word[:i] + word[i + 1 :] for i in range(len(word))}


def _one_slip_apart(typed: str, known: str) -> bool:
    """Whether one insertion, deletion, replacement or swap of neighbours leads from one to the other."""
    i = next((i for i, (a, b) in enumerate(zip(typed, known, strict=False)) if a != b), min(len(typed), len(known)))
    if len(typed) == len(known):
        swapped = typed[i : i + 2] == known[i : i + 2][::-1] and typed[i + 2 :] == known[i + 2 :]
        return typed[i + 1 :] == known[i + 1 :] or swapped
    longer, shorter = (typed, known) if len(typed) > len(known) else (known, typed)
    return longer[i + 1 :] == shorter[i:]
