"""Pages that need a session of some level, and where everybody else is sent; `next` stays on this site."""

import re
from urllib.parse import quote, urlsplit

from aiohttp import web

from auth_backend.login.flow import HOME_OF
from auth_backend.login.models import SessionLevel
from auth_backend.login.sessions import CurrentSession, current_session
from httpkit.bodies import form_body

_PLAIN_PATH = re.compile(r"/(?![/\\])[\x21-\x7e]*")
MAX_NEXT = 500
_NOT_A_GOAL = ("/login", "/enrol", "/sign-out")
"""Pages of the login itself: being sent there afterwards would lead in a circle."""


def safe_next(raw: str | None) -> str | None:
    """`raw` when it is a path on this site, else None.

    Refused: other origins, `//host`, `/\\host`, schemes, controls and spaces (browsers drop tabs and line breaks),
    pages of the login.
    """
    if not raw or len(raw) > MAX_NEXT or not _PLAIN_PATH.fullmatch(raw) or "\\" in raw:
        return None
    parts = urlsplit(raw)
    if parts.scheme or parts.netloc or not parts.path.startswith("/") or parts.path.startswith("//"):
        return None
    if any(parts.path == path or parts.path.startswith(path + "/") for path in _NOT_A_GOAL):
        return None
    return raw


def goal_of(request: web.Request) -> str | None:
    """Where the person wanted to go before a page of the login came in between: the form's or the address's `next`."""
    raw = form_body(request).get("next") if request.method == "POST" else request.query.get("next")
    return safe_next(raw)


def with_next(path: str, goal: str | None) -> str:
    """`path?next=goal`, or just `path`."""
    return f"{path}?next={quote(goal, safe='')}" if goal else path


def require_level(request: web.Request, *levels: SessionLevel) -> CurrentSession:
    """The request's session when it has one of `levels`.

    Otherwise raises the redirect to where this browser has to go first.

    Call it outside a transaction: the redirect would roll it back.
    """
    current = current_session(request)
    if current is not None and current.level in levels:
        return current
    goal = safe_next(request.path_qs) if request.method == "GET" else None
    if current is None:
        raise web.HTTPSeeOther(with_next("/login", goal))
    if current.level is SessionLevel.PASSWORD:
        raise web.HTTPSeeOther(with_next("/login/second-step", goal))
    if current.level is SessionLevel.FULL_EMAIL and SessionLevel.FULL in levels:
        raise web.HTTPSeeOther(with_next("/login/step-up", goal))
    raise web.HTTPSeeOther(HOME_OF[current.level])
