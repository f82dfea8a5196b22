"""Which requests are paced by network address, and how: before the session is read, before anything is looked up.

But one thing: whoever would be turned away because others flood the same address, and comes with the cookie of a
browser in which somebody did a strong second step, has a budget of that browser's own. A made-up cookie is told by its
keyed hash, without a look at the database.
"""

import math

import structlog
from aiohttp import web

from auth_backend.client_facts import client_ip
from auth_backend.crypto import keyed_hash
from auth_backend.factors.queries import known_to_anybody
from auth_backend.limits.pace import BROWSER, LONGEST, Kind, Pace
from auth_backend.login.cookies import browser_hash
from auth_backend.services import SERVICES
from httpkit.errors import ClientError, Handler

PACE: web.AppKey[Pace] = web.AppKey("pace", Pace)

_CHAT = "/v3/directline/"
_UNPACED = ("/dev/", "/desk/api/", "/sign-out", "/sms/status/")
"""Development, agents who have signed in, leaving, and what carriers report."""

log = structlog.get_logger("pace")


def kind_of(method: str, path: str) -> Kind | None:
    """The budget that a request is charged to; None for what only looks. By path, so that new pages are paced too."""
    if method != "POST" or path.startswith(_UNPACED):
        return None
    if path.startswith(_CHAT):
        return Kind.MESSAGE if path.endswith("/activities") else Kind.CHAT
    if path.startswith("/chat/"):
        return Kind.CHAT
    if path.endswith("/sms/check"):
        return Kind.MESSAGE
    if path == "/login" or path.startswith("/verify/") or "password" in path:
        return Kind.PASSWORD
    return Kind.SENDING if path.endswith(("/send", "/sms")) else Kind.CODE


@web.middleware
async def slow_down(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Makes a request wait that comes too fast from its address. The answer is the same for everybody: it says nothing
    of users.
    """
    kind = kind_of(request.method, request.path)
    if kind is None:
        return await handler(request)
    pace, address = request.config_dict[PACE], client_ip(request)
    waited = await pace.keep(kind, address)
    if waited is None and (browser := await _known_browser(request)) is not None:
        waited = await pace.keep(kind, f"{BROWSER}{browser}")
    if waited is None:
        log.warning("turned away", kind=kind.value, network=_mark(request, address))
        seconds = str(math.ceil(LONGEST.total_seconds()))
        raise ClientError(429, "too_fast", "too many requests from this address", {"Retry-After": seconds})
    if waited:
        log.info("slowed", kind=kind.value, network=_mark(request, address), ms=round(waited.total_seconds() * 1000))
    return await handler(request)


async def _known_browser(request: web.Request) -> str | None:
    services, browser = request.config_dict[SERVICES], browser_hash(request)
    if browser is None:
        return None
    async with services.reading() as session:
        return browser if await known_to_anybody(session, browser, now=services.now()) else None


def _mark(request: web.Request, address: str) -> str:
    """By which an operator sees that it is the same address again; logs hold none."""
    return keyed_hash(request.config_dict[SERVICES].keys.addresses, "pace", address)[:12]
