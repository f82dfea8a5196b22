"""Who this site is to an authenticator (WebAuthn Level 3, 5.1.2: relying party identifier and origin). Pure."""

import ipaddress
from dataclasses import dataclass

from yarl import URL

NAME = "Zoe"


@dataclass(frozen=True)
class RelyingParty:
    """A passkey is made for `id` and answers pages of `origin` only."""

    id: str
    origin: str


def relying_party(public_url: str) -> RelyingParty | None:
    """From `ZOE_PUBLIC_URL`; None where browsers know no passkeys: on an address without a name, or on plain http.

    `http://localhost` is the exception that browsers make for development.
    """
    url = URL(public_url)
    host = url.raw_host
    if host is None or _is_address(host) or (url.scheme != "https" and not _is_local(host)):
        return None
    return RelyingParty(host, str(url.origin()))


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _is_local(host: str) -> bool:
    return host == "localhost" or host.endswith(".localhost")
