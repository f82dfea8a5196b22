"""Origins: how one is written, and what a site's pages may call."""

from urllib.parse import urlsplit

from aiohttp import web

from bot.directline.queries import list_origins
from bot.keys import BOT
from httpkit.errors import ClientError

_ALLOWED_HEADERS = "Authorization, Content-Type, x-ms-bot-agent"
_BASE = "/v3/directline/"


def origin_of(text: str) -> str:
    """`text` as a browser's `Origin` says it: scheme, host and port, lower case. Raises ClientError 400 for
    anything else.
    """
    try:
        parts = urlsplit(text.strip().rstrip("/").lower())
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    if (
        parts.scheme not in {"http", "https"}
        or not parts.hostname
        or parts.path
        or parts.query
        or parts.username
        or parts.fragment
    ):
        raise ClientError(400, "bad_origin", "an origin is scheme, host and port, nothing else")
    default = {"http": 80, "https": 443}[parts.scheme]
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}" + (f":{port}" if port not in {None, default} else "")


async def allow_sites(request: web.Request, response: web.StreamResponse) -> None:
    """`on_response_prepare`: lets pages of registered sites read Direct Line's answers, errors too (CORS)."""
    origin = request.headers.get("Origin")
    if origin is None or not request.path.startswith(_BASE):
        return
    response.headers.add("Vary", "Origin")
    bot = request.app[BOT]
    if origin.lower() == bot.settings.public_origin:
        return
    async with bot.database.read() as session:
        allowed = await list_origins(session)
    if origin.lower() in allowed:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Expose-Headers"] = "Retry-After, X-Request-Id"


async def answer_preflight(_request: web.Request) -> web.Response:
    """What a registered site's pages may send."""
    return web.Response(
        status=204,
        headers={
            "Access-Control-Allow-Methods": "GET, POST",
            "Access-Control-Allow-Headers": _ALLOWED_HEADERS,
            "Access-Control-Max-Age": "600",
        },
    )


def add_routes(app: web.Application) -> None:
    """Preflights for every address of the protocol."""
    app.router.add_options(_BASE + "{tail:.*}", answer_preflight)
    app.on_response_prepare.append(allow_sites)
