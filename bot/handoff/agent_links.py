"""Which links an agent may write: to Zoe's own pages, and never to one with a token. Pure.

Read as a browser would read it and then some: percent-encoding undone as often as it was done, full-width letters and
other dots as their plain forms, back slashes as slashes, dots in paths resolved. What is no plain link to Zoe's own
host is foreign; letters of other alphabets in a host are, too.
"""

import re
import unicodedata
from enum import StrEnum
from posixpath import normpath
from urllib.parse import parse_qsl, unquote, urlsplit

from bot.moments.links import is_own


class BadLink(StrEnum):
    """Why a text with links may not be sent."""

    FOREIGN = "foreign_link"
    TOKEN = "token_link"  # noqa: S105 - a reason's name


_TOKEN_PATHS = frozenset({"verify", "resets", "undo", "report", "cancel", "dispute", "approve", "approvals", "decide"})
_NAMES = "|".join(sorted(_TOKEN_PATHS))
_SLASHES = re.compile(r"[/\\][/\\.]*")
_TOKEN_IN_PATH = re.compile(rf"(?<!\w)/(?:{_NAMES})\b|/(?:{_NAMES})[/?#]\S", re.IGNORECASE)
_NOT_ME = re.compile(r"/not-me/?[^\s/).,;:!'\"]", re.IGNORECASE)
"""`/not-me` itself is for everybody; with anything behind it, it is one mail's link."""
_LINK = re.compile(r"(?:[a-z][a-z0-9+.\-]{1,20}:)?[/\\]{2}[^\s<>\"'`\])]*|\bwww\.[^\s<>\"'`\])]+", re.IGNORECASE)
_SCHEME = re.compile(
    r"\b(?:javascript|data|vbscript|file|blob|about|intent|mailto|tel|sms|whatsapp|ftps?|hxxps?|wss?):\S"
    r"|\bhttps?:(?![/\\]{2}[^/\\])",
    re.IGNORECASE,
)
# fmt: off
_TOP_LEVEL = (
    "academy|agency|app|ar|au|bank|best|biz|blog|bo|br|bz|ca|cam|care|cc|center|chat|ch|cl|click|cloud|club|cn|co|com|"
    "company|cr|cu|cx|de|dev|digital|direct|do|ec|email|es|eu|example|fi|finance|fit|fm|fr|fun|fyi|gdn|gg|gl|global|gq|"
    "group|gt|help|hn|host|icu|id|ie|info|ink|int|io|ir|is|it|jp|kim|kr|la|life|link|live|lol|ltd|ly|me|ml|mobi|monster|"
    "mx|name|net|network|news|ni|nl|no|nu|one|online|ooo|org|page|pe|ph|pl|pro|pt|pw|py|rest|review|rocks|ru|run|sbs|se|"
    "services|sh|shop|site|skin|space|store|stream|su|support|surf|sv|systems|team|tech|tel|tk|to|today|tools|top|tv|tw|"
    "ua|uk|us|uy|ve|vip|ws|website|wiki|win|work|world|wtf|xin|xyz|zip|zone"
)
# fmt: on
_DOT = r"(?:\.|\s?(?:\[\.\]|\(\.\)|\{\.\}|\[dot\]|\(dot\))\s?|\sdot\s|\sponto\s|\spunto\s)"
_HOST = re.compile(
    rf"(?<![@\w.\-/])(?P<host>(?:[\w\-]{{1,63}}{_DOT}){{1,5}}(?:(?:{_TOP_LEVEL})\b(?!-)|[a-z]{{2,24}}(?=[/\\]\S)))"
    rf"(?P<rest>[:/\\?#]\S*)?",
    re.IGNORECASE,
)
_NUMBER_HOST = re.compile(r"(?<![\w.])(?:[0-9]{1,3}\.){3}[0-9]{1,3}(?![\w.])")
_END = ".,;:!?)'\"»”’"
_MOST_LAYERS = 5


def judge_links(text: str, public_url: str) -> BadLink | None:
    """What is wrong with the links in `text`; None when there is nothing, or none at all."""
    plain = _opened(text)
    steps = _SLASHES.sub("/", plain)
    if _TOKEN_IN_PATH.search(steps) or _NOT_ME.search(steps):
        return BadLink.TOKEN
    links = _LINK.findall(plain)
    for link in links:
        if (bad := _judge_link(link.rstrip(_END), public_url)) is not None:
            return bad
    rest = _LINK.sub(" ", plain)
    if _SCHEME.search(rest) or _SCHEME.search(plain) or _NUMBER_HOST.search(rest):
        return BadLink.FOREIGN
    for found in _HOST.finditer(rest):
        if (bad := _judge_link(_bare(found, public_url), public_url)) is not None:
            return bad
    # What was not undone can't be judged.
    return BadLink.FOREIGN if "%2f" in plain.lower() else None


def _opened(text: str) -> str:
    """`text` as plain as it gets."""
    plain = text
    for _ in range(_MOST_LAYERS):
        opened = unquote(unicodedata.normalize("NFKC", plain)).translate(_OTHER_DOTS)
        if opened == plain:
            break
        plain = opened
    return "".join(character for character in plain if unicodedata.category(character) != "Cf")


_OTHER_DOTS = str.maketrans({"\u3002": ".", "\uff0e": ".", "\uff61": ".", "\u2215": "/", "\u2044": "/", "\u29f8": "/"})


def _bare(found: re.Match[str], public_url: str) -> str:
    host = re.sub(_DOT, ".", found.group("host"), flags=re.IGNORECASE)
    scheme = urlsplit(public_url).scheme
    return f"{scheme}://{host}{(found.group('rest') or '').rstrip(_END)}"


def _judge_link(link: str, public_url: str) -> BadLink | None:
    if link[:2] in {"//", "/\\"}:
        link = f"{urlsplit(public_url).scheme}:{link}"
    if not link.isascii() or not is_own(link, public_url):
        return BadLink.FOREIGN
    parts = urlsplit(link)
    steps = [step for step in normpath(f"/{parts.path}").lower().split("/") if step]
    if steps and (steps[0] in _TOKEN_PATHS or (steps[0] == "not-me" and (steps[1:] or parts.query or parts.fragment))):
        return BadLink.TOKEN
    for _, value in parse_qsl(parts.query):
        if "//" in value or "\\" in value or ":" in value:
            return BadLink.FOREIGN
    return None
