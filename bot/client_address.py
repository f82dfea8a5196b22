"""Where a request comes from, behind proxies that are trusted by setting."""

import ipaddress
from collections.abc import Sequence

from aiohttp import web

type Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def client_address(request: web.Request, trusted: Sequence[str]) -> str:
    """The right-most hop that is no trusted proxy; IPv6 as its /64, since a household has at least that many."""
    peer = _parsed(request.remote or "")
    networks = [ipaddress.ip_network(entry, strict=False) for entry in trusted]
    hops = [hop.strip() for line in request.headers.getall("X-Forwarded-For", []) for hop in line.split(",")]
    while peer is not None and hops and any(peer in network for network in networks):
        further = _parsed(hops.pop())
        if further is None:
            break
        peer = further
    if isinstance(peer, ipaddress.IPv6Address):
        return str(ipaddress.ip_network((peer, 64), strict=False))
    return str(peer) if peer is not None else "unknown"


def _parsed(text: str) -> Address | None:
    try:
        address = ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return address.ipv4_mapped or address if isinstance(address, ipaddress.IPv6Address) else address
