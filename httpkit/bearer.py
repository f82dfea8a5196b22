"""Bearer tokens and the `Host` check of the internal ports; asked on loopback too."""

import hmac
from collections.abc import Mapping

from aiohttp import web
from aiohttp.typedefs import Middleware

from httpkit.errors import ClientError, Handler, client_error

SCOPE: web.RequestKey[str] = web.RequestKey("scope", str)

LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "[::1]"})


def bearer_token(request: web.Request) -> str | None:
    """The token of `Authorization: Bearer …`, None when there is none or it is malformed."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


def host_name(request: web.Request) -> str:
    """The `Host` header without its port, lower case."""
    host = request.headers.get("Host", "").lower()
    return host[: host.index("]") + 1] if host.startswith("[") and "]" in host else host.partition(":")[0]


def require_bearer(tokens: Mapping[str, str], hosts: frozenset[str] = LOCAL_HOSTS) -> Middleware:
    """A middleware that lets only holders of one of `tokens` (scope → token) in, and only under the names in `hosts`.

    The scope is put under `SCOPE`. DNS rebinding is what the host check is for.
    """

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        if host_name(request) not in hosts:
            raise ClientError(421, "wrong_host", "this port does not answer under that name")
        offered = (bearer_token(request) or "").encode("utf-8", "surrogateescape")
        scope = next((name for name, token in tokens.items() if hmac.compare_digest(token.encode(), offered)), None)
        if scope is None:
            raise client_error(401)
        request[SCOPE] = scope
        return await handler(request)

    return check
