"""The cookies of Zoe's pages.

In development over plain http without prefix and Secure, else `__Host-`.
"""

from datetime import timedelta

from aiohttp import web

from auth_backend.crypto import new_token, token_hash
from auth_backend.login.browsers import is_browser_token, new_browser_token
from auth_backend.services import SERVICES

SESSION = "zoe_session"
BROWSER = "zoe_browser"
DEVICE = "zoe_device"
CSRF = "zoe_csrf"
LANGUAGE = "zoe_lang"

BROWSER_FOR = timedelta(days=400)
"""The longest that browsers keep a cookie (RFC 6265bis 5.5)."""

_MAX_VALUE = 200
_NEW: web.RequestKey[dict[str, str]] = web.RequestKey("new_cookies", dict)


def cookie_name(name: str, *, secure: bool) -> str:
    """The name on the wire."""
    return f"__Host-{name}" if secure else name


def read_cookie(request: web.Request, name: str) -> str | None:
    """What the browser sent; None for nothing, and for what no such cookie holds: too much, no plain text."""
    value = request.cookies.get(cookie_name(name, secure=_secure(request)))
    return value if value and len(value) <= _MAX_VALUE and value.isascii() and value.isprintable() else None


def set_cookie(
    request: web.Request, response: web.StreamResponse, name: str, value: str, *, max_age: timedelta | None = None
) -> None:
    """Sets a cookie for the whole site: HttpOnly, SameSite=Lax. `max_age` None: until the browser is closed."""
    secure = _secure(request)
    response.set_cookie(
        cookie_name(name, secure=secure),
        value,
        path="/",
        httponly=True,
        samesite="Lax",
        secure=secure,
        max_age=None if max_age is None else int(max_age.total_seconds()),
    )


def clear_cookie(request: web.Request, response: web.StreamResponse, name: str) -> None:
    """Asks the browser to forget a cookie."""
    secure = _secure(request)
    response.del_cookie(cookie_name(name, secure=secure), path="/", secure=secure, httponly=True, samesite="Lax")


def ensure_cookie(request: web.Request, name: str) -> str:
    """The cookie's value, or a new random one that the answer will set."""
    new = request.setdefault(_NEW, {})
    value = read_cookie(request, name) or new.get(name)
    if value is None:
        value = new[name] = new_token()
    return value


def ensure_browser(request: web.Request) -> None:
    """Sees to it that the answer leaves a browser cookie: the one that came if the server issued it, else a new one."""
    if _browser_token(request) is None:
        renew_browser(request)


def renew_browser(request: web.Request) -> str:
    """A new value of the browser's cookie, which the answer will set."""
    token = new_browser_token(request.config_dict[SERVICES].keys.browsers)
    request.setdefault(_NEW, {})[BROWSER] = token
    return token


def browser_hash(request: web.Request) -> str | None:
    """How this browser is known to the database: SHA-256 of its cookie; None when it has none that the server issued
    (and gets none).
    """
    value = _browser_token(request)
    return token_hash(value) if value else None


def _browser_token(request: web.Request) -> str | None:
    value = read_cookie(request, BROWSER)
    if value is not None and is_browser_token(request.config_dict[SERVICES].keys.browsers, value):
        return value
    made: dict[str, str] = request.get(_NEW, {})
    return made.get(BROWSER)


def set_new_cookies(request: web.Request, response: web.StreamResponse) -> None:
    """Sends the cookies that `ensure_cookie` made while the request was served."""
    for name, value in request.get(_NEW, {}).items():
        set_cookie(request, response, name, value, max_age=BROWSER_FOR if name == BROWSER else None)


def _secure(request: web.Request) -> bool:
    return request.config_dict[SERVICES].settings.secure_cookies
