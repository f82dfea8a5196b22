"""Return codes: six consonants that the verify page shows, as `BCD-FGH`. Pure; reads the folded text."""

import re

from bot.redaction.kinds import Awaited, Found, Hit

_CONSONANTS = "BCDFGHJKLMNPQRSTVWXZ"
_DASH = r"\-\u2010-\u2015\u2212"
_JOINED = re.compile(rf"(?<![0-9A-Z])[{_CONSONANTS}]{{6}}(?![0-9A-Z])")
_HYPHEN = re.compile(rf"(?<![0-9A-Z])[{_CONSONANTS}]{{3}}\s?[{_DASH}]\s?[{_CONSONANTS}]{{3}}(?![0-9A-Z])")
_HALVES = re.compile(rf"(?<![0-9A-Z])([{_CONSONANTS}]{{3}})[\s._/]{{1,2}}([{_CONSONANTS}]{{3}})(?![0-9A-Z])")
_ONE_BY_ONE = re.compile(
    rf"(?<![0-9A-Z])[{_CONSONANTS}](?:[\s.,_/{_DASH}]{{1,3}}[{_CONSONANTS}](?![0-9A-Z])){{5}}"
    rf"(?![\s.,_/{_DASH}]{{1,3}}[{_CONSONANTS}](?![0-9A-Z]))"
)
_SPELLED = re.compile(rf"[{_CONSONANTS}](?:[\s.{_DASH}]{{0,3}}[{_CONSONANTS}]){{5}}[\s.]*")
# fmt: off
_SHORT_WORDS = frozenset({
    "BLZ", "BRB", "BTW", "CMG", "CRM", "CTZ", "DPS", "FDS", "FML", "GPS", "HMM", "HTML", "KKK", "MDS", "MMM", "MSG",
    "MSM", "MSN", "NVM", "PDF", "PFV", "PLS", "PLZ", "PQP", "QLQ", "SFF", "SMS", "SQL", "TBM", "TBT", "THX", "TKS",
    "TMB", "TNX", "TRX", "VCS", "VLW", "VPN", "WTF", "XML",
})
# fmt: on
"""Words without a vowel that people type in chats; two of them in a row are no code ("pls sms")."""


def return_codes(plain: str, awaited: Awaited) -> list[Hit]:
    """The return codes in `plain`; where one may be awaited also any six consonants alone in the message."""
    spelled = awaited not in {Awaited.NOTHING, Awaited.CODE}
    spans = [match.span() for pattern in (_HYPHEN, _ONE_BY_ONE) for match in pattern.finditer(plain)]
    # "kkkkkk" and "hmmmmm" are laughter and doubt, not codes.
    spans += [
        match.span()
        for match in _JOINED.finditer(plain)
        if len(set(match.group())) > 2 or (spelled and match.group() == plain.strip())
    ]
    spans += [match.span() for match in _HALVES.finditer(plain) if _SHORT_WORDS.isdisjoint(match.groups())]
    if spelled and not spans and _SPELLED.fullmatch(plain.strip()):
        spans.append((0, len(plain)))
    return [Hit(Found.RETURN_CODE, start, end, exact=True, code=_letters(plain[start:end])) for start, end in spans]


def _letters(text: str) -> str:
    return re.sub(r"[^A-Z]", "", text)
