"""What a browser sent as one of Zoe's cookies."""

from aiohttp import web

_MOST = 200
LANGUAGE = "zoe_lang"
"""Set by the backend's pages when somebody chooses a language there."""


def read_cookie(request: web.Request, name: str) -> str | None:
    """The value; None for nothing and for what Zoe never set: over 200 characters, anything but printable ASCII."""
    value = request.cookies.get(name)
    known = value is not None and 0 < len(value) <= _MOST and value.isascii() and value.isprintable()
    return value if known else None
