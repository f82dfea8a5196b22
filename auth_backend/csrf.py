"""Forms are accepted only from pages that Zoe gave to this very browser.

With a session the token is the session's own; before one it equals a cookie (double submit; `__Host-` in production, so
no other host can plant it). It is asked for whatever the body claims to be: a handler that reads none takes any.
Only the few addresses that take nothing but JSON need none, because a foreign page can't send that without a CORS
preflight, which nothing here grants, and because they judge `Origin` themselves; `Authorization` buys no exception.
"""

import hmac

from aiohttp import web

from auth_backend.login.cookies import CSRF, ensure_cookie, read_cookie
from auth_backend.login.sessions import current_session
from httpkit.bodies import form_body
from httpkit.errors import ClientError, Handler

FIELD = "csrf"
SIGN_IN = "/login"
COOKIELESS = ("/v3/", "/api/", "/widget/", "/sms/status/")
"""Interfaces for programs that look at no cookie: a foreign page gains nothing by calling them."""
JSON_ONLY = ("/chat/", "/desk/api/", "/dev/")
"""Interfaces of Zoe's own scripts: with a cookie, but never with a form."""

_SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})


def csrf_token(request: web.Request) -> str:
    """What a form of this request's page has to carry; before a session it makes the cookie."""
    current = current_session(request)
    return current.row.csrf if current is not None else ensure_cookie(request, CSRF)


@web.middleware
async def check_csrf(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuses what a foreign page could have sent. Runs after the session is loaded and the body read.

    Raises ClientError 403 without the token, 415 for a body that is no form.
    """
    if (
        request.method not in _SAFE_METHODS
        and not request.path.startswith(COOKIELESS)
        and not (request.path.startswith(JSON_ONLY) and request.content_type == "application/json")
    ):
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in {"same-origin", "none"}:
            raise _refused()
        offered = form_body(request).get(FIELD, "").encode()
        if not any(hmac.compare_digest(token.encode(), offered) for token in _accepted_tokens(request)):
            raise _refused()
    return await handler(request)


def _accepted_tokens(request: web.Request) -> list[str]:
    """The session's token, before one the cookie's; on the sign-in page, perhaps opened before the session, both."""
    current, cookie = current_session(request), read_cookie(request, CSRF)
    tokens = [current.row.csrf] if current is not None else []
    if cookie is not None and (current is None or request.path == SIGN_IN):
        tokens.append(cookie)
    return tokens


def _refused() -> ClientError:
    return ClientError(403, "stale_form", "the form was not made for this browser and session, or is too old")
