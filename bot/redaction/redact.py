"""The one function of redaction.

Pure. It always masks; which one of the masked things is a code to hand in depends on what the conversation awaits.
Masking errs on the side of hiding: a needlessly hidden date is a smaller harm than a code in a transcript.
"""

import re

from bot.redaction.digits import digit_codes
from bot.redaction.kinds import MASK, Awaited, Found, Hit, Redacted
from bot.redaction.letters import folded
from bot.redaction.passwords import EMAIL, is_answer, passwords
from bot.redaction.recovery_codes import recovery_codes
from bot.redaction.return_codes import return_codes
from bot.redaction.spelled import spelled_codes

type Span = tuple[int, int]


def redact(text: str, awaited: Awaited = Awaited.NOTHING) -> Redacted:
    """`text` with every code and password-looking answer replaced by six dots, and the code to hand in if exactly
    one is awaited.

    Full-width and other digits count as digits, number words too. With more than one candidate none is handed in, all
    are hidden.
    """
    plain = folded(text)
    addresses = [match.span() for match in EMAIL.finditer(plain)]
    hits = [
        hit
        for hit in (
            *digit_codes(plain, awaited),
            *spelled_codes(text, awaited),
            *return_codes(plain, awaited),
            *recovery_codes(plain),
            *passwords(text, plain, awaited),
        )
        if hit.said or not any(begin <= hit.start and hit.end <= stop for begin, stop in addresses)
    ]
    kept = _without_overlaps(hits)
    beside = [hit for hit in hits if hit not in kept and _hides_more(text, hit, kept)]
    masked = _masked(text, _joined([(hit.start, hit.end) for hit in (*kept, *beside)]))
    found = frozenset(hit.kind for hit in (*kept, *beside))
    if awaited is Awaited.PASSWORD and is_answer(masked.replace(MASK, " ")):
        masked, found = MASK, found | {Found.PASSWORD}
    bare = bool(found) and not re.search(r"\w", masked.replace(MASK, ""))
    return Redacted(masked, found, *_handed_in(kept, awaited), bare=bare)


def _without_overlaps(hits: list[Hit]) -> list[Hit]:
    """Of overlapping hits the exact one, then the longer: what a thing is, and whether it can be handed in."""
    kept: list[Hit] = []
    for hit in sorted(hits, key=lambda hit: (not hit.exact, hit.start - hit.end)):
        if all(hit.end <= other.start or hit.start >= other.end for other in kept):
            kept.append(hit)
    return kept


def _hides_more(text: str, hit: Hit, kept: list[Hit]) -> bool:
    """Whether there is something to hide beside the code that was found in it: "senha: gato azul 482913" is more than
    its code, "código:482913" is not.
    """
    covered = [(other.start, other.end) for other in kept]
    rest = "".join(text[i] for i in range(hit.start, hit.end) if not any(begin <= i < end for begin, end in covered))
    if hit.said:
        return bool(re.search(r"\w", rest))
    return any(character.isdigit() for character in rest) and any(character.isalpha() for character in rest)


def _joined(spans: list[Span]) -> list[Span]:
    """The spans in reading order, overlapping ones as one."""
    joined: list[Span] = []
    for begin, end in sorted(spans):
        if joined and begin < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((begin, end))
    return joined


def _masked(text: str, spans: list[Span]) -> str:
    parts, position = [], 0
    for begin, end in spans:
        parts += [text[position:begin], MASK]
        position = end
    return "".join([*parts, text[position:]])


def _handed_in(kept: list[Hit], awaited: Awaited) -> tuple[Found | None, str | None]:
    """The one code to hand in, of the awaited kind first. A code that was accepted may come again, so other stages
    hand in too.
    """
    if awaited is Awaited.NOTHING:
        return None, None
    kinds = (Found.RETURN_CODE, Found.CODE) if awaited is Awaited.RETURN_CODE else (Found.CODE, Found.RETURN_CODE)
    for kind in kinds:
        candidates = [hit for hit in kept if hit.kind is kind]
        if len(candidates) == 1 and candidates[0].exact:
            return kind, candidates[0].code
    return None, None
