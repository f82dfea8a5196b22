"""What happens to every request of the public server before and after its handler."""

from aiohttp import web

from auth_backend.i18n import choose_language, supported
from auth_backend.login.cookies import LANGUAGE, SESSION, read_cookie, set_cookie, set_new_cookies
from auth_backend.login.flow import HOME_OF
from auth_backend.login.guards import safe_next, with_next
from auth_backend.login.models import SessionLevel
from auth_backend.login.sessions import CURRENT, current_session, needs_touch, resolve_session_token, touch_session
from auth_backend.services import SERVICES
from httpkit.errors import Handler

LANG: web.RequestKey[str] = web.RequestKey("lang", str)

SESSIONLESS = (
    *("/verify/", "/resets/", "/not-me", "/undo/", "/report/", "/owner-dispute/", "/email-dispute/"),
    *("/static/", "/v3/", "/api/", "/widget/", "/sms/", "/dev/", "/livez", "/healthz"),
)
"""Pages that neither read nor make a session: those of proofs and links, and everything that is no page."""

CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HSTS = "max-age=63072000; includeSubDomains"


@web.middleware
async def load_session(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Judges the session cookie once a request; whoever changes something locks and reads again."""
    request[CURRENT] = None
    token = read_cookie(request, SESSION)
    if token is None or request.path.startswith(SESSIONLESS):
        return await handler(request)
    services = request.config_dict[SERVICES]
    now = services.now()
    async with services.reading() as session:
        current = await resolve_session_token(session, token, now=now)
    if current is not None and needs_touch(current, now=now):
        async with services.sessions.begin() as session:
            await touch_session(session, current, now=now)
    request[CURRENT] = current
    if current is not None and current.level is SessionLevel.HELD and request.method == "GET":
        _hold(request)
    return await handler(request)


def _hold(request: web.Request) -> None:
    """Whoever is held sees one page, until the question on it is answered; forms of other pages refuse the session."""
    question = HOME_OF[SessionLevel.HELD]
    if request.path != question:
        raise web.HTTPSeeOther(with_next(question, safe_next(request.path_qs)))


@web.middleware
async def choose_page_language(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Sets `LANG`; runs before errors are rendered, so that error pages speak the language too."""
    request[LANG] = choose_language(
        asked=request.query.get("lang"),
        profile=None,
        remembered=read_cookie(request, LANGUAGE),
        accept=request.headers.get("Accept-Language", ""),
    )
    return await handler(request)


@web.middleware
async def send_cookies(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Adds cookies that were made on the way, also to redirects.

    A browser's, a form's, and the language that `?lang=` asked for.
    """
    try:
        response = await handler(request)
    except web.HTTPException as redirect:
        set_new_cookies(request, redirect)
        raise
    if not response.prepared:
        set_new_cookies(request, response)
        asked = supported(request.query.get("lang"))
        if asked is not None and response.content_type == "text/html":
            set_cookie(request, response, LANGUAGE, asked)
    return response


@web.middleware
async def prefer_profile_language(request: web.Request, handler: Handler) -> web.StreamResponse:
    """The profile's language counts for whoever is signed in, unless the address asks for another one."""
    current = current_session(request)
    if current is not None and supported(request.query.get("lang")) is None:
        request[LANG] = supported(current.user.language) or request[LANG]
    return await handler(request)


async def add_security_headers(request: web.Request, response: web.StreamResponse) -> None:
    """`on_response_prepare`: headers of every answer, redirects and errors too.

    A handler's own policy stays (the chat frame).
    """
    headers = response.headers
    headers["Server"] = "Zoe"
    headers.setdefault("Content-Security-Policy", CONTENT_POLICY)
    headers.setdefault("Referrer-Policy", "no-referrer")
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()")
    headers.setdefault("Cache-Control", "no-store")
    if not request.config_dict[SERVICES].settings.dev:
        headers.setdefault("Strict-Transport-Security", HSTS)
