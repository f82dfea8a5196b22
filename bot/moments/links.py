"""What the dialogue engine says is plain text: links to foreign hosts go, markup loses its meaning."""

import re
from urllib.parse import urlsplit

_LINK = re.compile(
    r"(?:[a-z][a-z0-9+.\-]{1,20}:)?//[^\s<>\"'`\])]+|\bwww\.[^\s<>\"'`\])]+|\b(?:javascript|data|vbscript|mailto|tel):\S+",
    re.IGNORECASE,
)
_BARE_HOST = re.compile(
    r"(?<![@\w.\-/])(?:[a-z0-9\-]{1,63}\.){1,5}(?P<tld>[a-z]{2,24})(?P<path>/[^\s<>\"'`\])]*)", re.IGNORECASE
)
_MARKDOWN_LINK = re.compile(r"!?\[(?P<label>[^\]\n]{0,200})\]\((?P<target>[^)\n]{0,2000})\)")
_TAG = re.compile(r"<[/!?a-zA-Z][^>]{0,500}>?")


def harmless(text: str, public_url: str) -> str:
    """`text` without HTML tags and without links that leave `public_url`; a Markdown link keeps its label."""
    text = _TAG.sub("", text)
    text = _MARKDOWN_LINK.sub(lambda match: _labelled(match, public_url), text)
    text = _LINK.sub(lambda match: match.group() if is_own(match.group(), public_url) else "", text)
    text = _BARE_HOST.sub(lambda match: match.group() if is_own("https://" + match.group(), public_url) else "", text)
    return re.sub(r"[^\S\n]{2,}", " ", text).strip()


def is_own(link: str, public_url: str) -> bool:
    """Whether `link` leads to the same scheme, host and port as `public_url`, without credentials or tricks."""
    if "\\" in link or any(character.isspace() or ord(character) < 0x20 for character in link):
        return False
    try:
        ours, theirs = urlsplit(public_url), urlsplit(link)
        return (
            theirs.scheme.lower() == ours.scheme.lower()
            and theirs.hostname == ours.hostname
            and theirs.port == ours.port
            and theirs.username is None
            and theirs.password is None
        )
    except ValueError:
        return False


def _labelled(match: re.Match[str], public_url: str) -> str:
    target = match.group("target").strip().partition(" ")[0]
    return f"{match.group('label')} ({target})" if is_own(target, public_url) else match.group("label")
