"""Which requests are paced by network address, and how: before the session is read, before anything is looked up."""

import math

import structlog
from aiohttp import web

from auth_backend.client_facts import client_ip
from auth_backend.limits.pace import LONGEST, Kind, Pace
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
    address = client_ip(request)
    waited = await request.config_dict[PACE].keep(kind, address)
    if waited is None:
        log.warning("turned away", kind=kind.value, network=address)
        seconds = str(math.ceil(LONGEST.total_seconds()))
        raise ClientError(429, "too_fast", "too many requests from this address", {"Retry-After": seconds})
    if waited:
        log.info("slowed", kind=kind.value, network=address, ms=round(waited.total_seconds() * 1000))
    return await handler(request)
