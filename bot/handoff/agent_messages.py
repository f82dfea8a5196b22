"""What an agent may write to a customer. Pure: a verdict on a text, in all three languages whatever the conversation's.

A message that asks for a code or a password is held back, and so is one with a link that leaves Zoe's own pages or
leads to a page with a token (rules.md, Support desk). Held back wrongly costs a rephrasing; let through wrongly
costs an account: in doubt it is held.
"""

import re
import unicodedata
from enum import StrEnum
from urllib.parse import unquote, urlsplit

from bot.incoming_text import MAX_CHARACTERS
from bot.moments.links import is_own


class Held(StrEnum):
    """Why a message was not sent."""

    ASKS_FOR_SECRET = "asks_for_secret"  # noqa: S105 - a reason's name
    FOREIGN_LINK = "foreign_link"
    TOKEN_LINK = "token_link"  # noqa: S105 - a reason's name
    TOO_LONG = "too_long"
    EMPTY = "empty"


_DISGUISES = str.maketrans({"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "@": "a", "$": "s"})
_GUARDED = (
    r"(?:(?:pass\s?)?codes?|pass\s?words?|pass\s?phrases?|pins?|otps?|tokens?|digits?|"
    r"senhas?|codigos?|digitos?|contrasenas?|claves?|palavra\s?passe)"
)
_NO_SECRET = re.compile(
    r"\b(?:country|area|zip|postal|post|error|promo|discount|voucher|qr|source|reference|dialling|dialing|tracking)\s+"
    r"codes?\b|\b(?:codigos?|claves?)\s+(?:de\s+|do\s+|da\s+|del\s+)?(?:area|pais|postal(?:es)?|erro|error|barras|qr|"
    r"referencia|rastreio|promocional|desconto|descuento)\b"
)
_ASK = re.compile(
    r"\b(?:send|give|tell|type|share|enter|write|read|say|paste|post|forward|provide|confirm|show|dictate|reply|"
    r"respond|text|submit|supply|spell|drop|leave|need|want|require|verify|have|see|get|know|"
    r"(?:env|mand|pass|inform|digit|escrev|coloc|repass|forne|compartilh|encaminh|mostr|dit|ced|cont|respond|"
    r"confirm|repit|repet|precis|necessit|quer|diz|dig|fal|mostr|cop|col)\w{0,7}|me\s+da|da(?:me|r)?|de\s?me|deme|"
    r"(?:mand|dig|di|escrib|escrev|comp[ao]rt|facilit|proporcion|indic|ingres|introduc|tecle|pon|leam?e|lea|lee|"
    r"pega|muestr|ensen|necesit|quier|pas)\w{0,7})\b"
)
_WHICH = re.compile(r"\b(?:what|whats|which|qual|quais|cual|cuales|que)\b")
_NEGATED = re.compile(
    r"\b(?:never|not|dont|do not|wont|cannot|cant|nobody|no one|nao|nunca|jamais|ninguem|no|jamas|nadie)\b"
    r"(?!\s+(?:problem|worries|worry|forget|hesitate|mind|se esqueca|esqueca|hesite|dude|olvides?|te preocupes|"
    r"se preocupe))(?:\s+\w+){0,4}\s*$"
)
_BARE = re.compile(rf"^(?:(?:your|the|seu|sua|o|a|tu|su|el|la)\s+)?{_GUARDED}(?:\s+\w+){{0,3}}$")
_CLAUSE = re.compile(r"[.!?;:,\n()]+|\s[-–—]\s|\b(?:but|and then|mas|pero|sino)\b")
_LINK = re.compile(r"(?:[a-z][a-z0-9+.\-]{1,20}:)?//[^\s<>\"'`\])]+|\bwww\.[^\s<>\"'`\])]+", re.IGNORECASE)
_RUNS = re.compile(r"\b(?:javascript|data|vbscript|file|blob):\S", re.IGNORECASE)
_HOST = re.compile(
    r"(?<![@\w.\-/])(?:[\w\-]{1,63}\.){1,5}(?:(?:com|net|org|io|co|app|dev|info|biz|me|ly|xyz|site|online|link|top|"
    r"shop|br|es|pt|mx|ar|cl|us|uk|eu|ru|cn|tk)\b(?:[:/]\S*)?|[a-z]{2,24}/\S+)",
    re.IGNORECASE,
)
_TOKEN_PAGE = re.compile(r"[/\\]+(?:\.?[/\\])*(?:verify|resets|undo)\b", re.IGNORECASE)


def judge_message(text: str, public_url: str) -> Held | None:
    """Why `text` may not be sent, None when it may. `text` is cleaned already (`incoming_text.clean`)."""
    if not text.strip():
        return Held.EMPTY
    if len(text) > MAX_CHARACTERS:
        return Held.TOO_LONG
    if asks_for_secret(text):
        return Held.ASKS_FOR_SECRET
    return _judge_links(text, public_url)


def asks_for_secret(text: str) -> bool:
    """Whether `text` asks the reader for a code or a password, in English, Portuguese or Spanish."""
    words = _plain(text)
    return any(_clause_asks(clause.strip()) for clause in _CLAUSE.split(words) if clause.strip())


def _clause_asks(clause: str) -> bool:
    clause = _NO_SECRET.sub(" ", clause)
    secrets = list(re.finditer(rf"\b{_GUARDED}\b", clause))
    if not secrets:
        return False
    if _BARE.match(clause):
        return True
    for wish in (*_ASK.finditer(clause), *_WHICH.finditer(clause)):
        before = clause[: wish.start()]
        if any(wish.start() <= found.start() <= wish.end() for found in secrets):
            continue
        if not _NEGATED.search(before):
            return True
    return bool(re.search(r"\b(?:please|por favor|pls|urgent\w*)\b", clause))


def _plain(text: str) -> str:
    """Lower case, without accents, invisible characters, letters written as digits, and dots between letters."""
    decomposed = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    letters = "".join(c for c in decomposed if not unicodedata.combining(c) and unicodedata.category(c) != "Cf")
    letters = letters.replace("'", "").replace("’", "")
    spaced = re.sub(r"\b(?:\w[.\-_* ]){3,}\w\b", lambda found: re.sub(r"[.\-_* ]", "", found.group()), letters)
    return re.sub(r"\b\w*[a-z$@]\w*\b", lambda word: word.group().translate(_DISGUISES), spaced.replace("*", ""))


def _judge_links(text: str, public_url: str) -> Held | None:
    plain = unicodedata.normalize("NFKC", text)
    opened = unquote(unquote(plain))
    if _TOKEN_PAGE.search(opened):
        return Held.TOKEN_LINK
    if _RUNS.search(plain):
        return Held.FOREIGN_LINK
    rest = plain
    for link in _LINK.findall(plain):
        if not is_own(link.rstrip(".,;:!?"), public_url):
            return Held.FOREIGN_LINK
        rest = rest.replace(link, " ")
    own = urlsplit(public_url).netloc.lower()
    hosts = (found.group().rstrip(".,;:!?").lower() for found in _HOST.finditer(rest))
    return Held.FOREIGN_LINK if any(host.partition("/")[0] != own for host in hosts) else None
