"""The cookie that a link's token is traded for, scoped to the one page that it opens: no address keeps a token."""

from collections.abc import Mapping
from types import MappingProxyType

from aiohttp import web

from auth_backend.i18n import supported
from auth_backend.resets.models import LinkPower
from auth_backend.services import SERVICES

PAGE: Mapping[LinkPower, str] = MappingProxyType(
    {
        LinkPower.VERIFY: "/verify/",
        LinkPower.STATUS: "/resets/status",
        LinkPower.CANCEL: "/resets/cancel",
        LinkPower.UNDO: "/undo/",
    }
)
"""Where each power's page is. All of them are pages without a login session (middlewares.SESSIONLESS)."""

MAX_VALUE = 128


def trade_token(request: web.Request, token: str, power: LinkPower) -> web.HTTPSeeOther:
    """The redirect to the page, with the cookie. Nothing is written: a scanner that opens the link spends nothing."""
    return trade(request, token, name_of(power), PAGE[power])


def trade(request: web.Request, token: str, name: str, page: str) -> web.HTTPSeeOther:
    """The same for a page of another kind of token."""
    lang = supported(request.query.get("lang"))
    response = web.HTTPSeeOther(f"{page}?lang={lang}" if lang else page)
    keep(request, response, name, token, path=page)
    return response


def traded_token(request: web.Request, power: LinkPower) -> str | None:
    """The token that the browser's cookie holds for a page."""
    return read(request, name_of(power))


def keep(request: web.Request, response: web.StreamResponse, name: str, value: str, *, path: str) -> None:
    """Sets a cookie for one page, until the browser is closed."""
    secure = request.config_dict[SERVICES].settings.secure_cookies
    response.set_cookie(
        f"__Secure-{name}" if secure else name, value, path=path, httponly=True, samesite="Lax", secure=secure
    )


def read(request: web.Request, name: str) -> str | None:
    """A cookie of one page; None when absent or longer than any of these is."""
    secure = request.config_dict[SERVICES].settings.secure_cookies
    value = request.cookies.get(f"__Secure-{name}" if secure else name)
    return value if value and len(value) <= MAX_VALUE else None


def name_of(power: LinkPower) -> str:
    """What the cookie of a power is called."""
    return f"zoe_{power.value}"
