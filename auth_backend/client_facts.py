"""Where a request comes from: address behind trusted proxies, browser, user agent."""

import ipaddress
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial

from aiohttp import web

from auth_backend.crypto import new_token
from auth_backend.login.cookies import browser_hash, renew_browser
from auth_backend.services import SERVICES
from httpkit.bodies import storable

MAX_USER_AGENT = 400


@dataclass(frozen=True)
class ClientFacts:
    """What is stored with a session. `ip` is an IPv4 address or an IPv6 /64.

    `browser` is the hash of the browser's cookie; `renew_browser` makes its next value, which the answer to this
    request sets.
    """

    ip: str
    user_agent: str
    browser: str | None
    renew_browser: Callable[[], str] = field(default=new_token, repr=False, compare=False)


def client_facts(request: web.Request) -> ClientFacts:
    """The facts of the request that is being served."""
    return ClientFacts(
        ip=client_ip(request),
        user_agent=storable(request.headers.get("User-Agent", ""))[:MAX_USER_AGENT],
        browser=browser_hash(request),
        renew_browser=partial(renew_browser, request),
    )


def client_ip(request: web.Request) -> str:
    """The right-most hop that is no trusted proxy."""
    forwarded = [hop.strip() for line in request.headers.getall("X-Forwarded-For", []) for hop in line.split(",")]
    trusted = request.config_dict[SERVICES].settings.trusted_proxies
    return network_of(right_most_untrusted(request.remote or "", forwarded, trusted))


def right_most_untrusted(peer: str, forwarded: Sequence[str], trusted: Sequence[str]) -> str:
    """Walks from the peer leftwards through `forwarded` as long as the hops are in `trusted` (addresses or networks).

    Whoever is not trusted can write what it likes into the header: nothing left of it counts, and a hop that is no
    address ends the walk.
    """
    networks = [ipaddress.ip_network(entry, strict=False) for entry in trusted]
    current = peer
    for hop in reversed(forwarded):
        address = _parsed(current)
        if address is None or not any(address in network for network in networks) or _parsed(hop) is None:
            break
        current = hop
    return current


def network_of(address: str) -> str:
    """IPv4 as it is, IPv6 as its /64: a household or server has at least that many.

    What is no address (a socket path) as it is.
    """
    parsed = _parsed(address)
    if parsed is None:
        return address[:64]
    if isinstance(parsed, ipaddress.IPv6Address):
        return str(ipaddress.ip_network(f"{parsed}/64", strict=False))
    return str(parsed)


def _parsed(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        parsed = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return None
    return parsed.ipv4_mapped or parsed if isinstance(parsed, ipaddress.IPv6Address) else parsed
