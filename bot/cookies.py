"""What a browser sent as one of Zoe's cookies."""

from aiohttp import web

_MOST = 200


def read_cookie(request: web.Request, name: str) -> str | None:
    """The value; None for nothing and for what Zoe never set: more than 200 characters, or anything beyond ASCII."""
    value = request.cookies.get(name)
    return value if value and len(value) <= _MOST and value.isascii() else None
