"""Who may use the conveniences of development: this machine, directly, and no foreign page."""

import ipaddress

from aiohttp import web

from httpkit.bearer import LOCAL_HOSTS, host_name
from httpkit.errors import ClientError, Handler

FORWARDING = frozenset({
    "forwarded", "via", "x-real-ip", "x-client-ip", "x-cluster-client-ip", "true-client-ip", "cf-connecting-ip",
    "fastly-client-ip", "x-original-host", "x-original-url", "x-rewrite-url",
})  # fmt: skip
"""Beside everything that begins with `x-forwarded`: whatever came through a proxy came from elsewhere."""


def local_only(handler: Handler) -> Handler:
    """Refuses every peer but loopback, every `Host` but a local name, every forwarding header and every foreign
    origin.
    """

    async def guarded(request: web.Request) -> web.StreamResponse:
        reason = objection(request)
        if reason is not None:
            raise ClientError(403, "dev_only", reason)
        return await handler(request)

    return guarded


def objection(request: web.Request) -> str | None:
    """Why a request is refused, None when it is not."""
    if not _is_loopback(request):
        return "only this machine may use /dev"
    if host_name(request) not in LOCAL_HOSTS:
        return "only under a local name"
    if any(name.lower() in FORWARDING or name.lower().startswith("x-forwarded") for name in request.headers):
        return "not through a proxy"
    origin = request.headers.get("Origin")
    if origin is not None and origin.lower() != f"{request.scheme}://{request.headers.get('Host', '')}".lower():
        return "not from another page"
    if request.headers.get("Sec-Fetch-Site", "none") not in {"same-origin", "none"}:
        return "not from another page"
    return None


def _is_loopback(request: web.Request) -> bool:
    """By the socket itself: headers and `request.remote` can be made to say something else."""
    peer = request.transport.get_extra_info("peername") if request.transport is not None else None
    if not isinstance(peer, tuple) or not peer:
        return False
    address = ipaddress.ip_address(str(peer[0]).partition("%")[0])
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (mapped or address).is_loopback
