"""The page frame for the chat server's pages, so that they look like the rest (docs/interfaces.md, `GET shell`)."""

from aiohttp import web

from auth_backend.i18n import choose_language
from auth_backend.login.guards import safe_next
from auth_backend.login.sessions import resolve_session_token
from auth_backend.pages import render_shell
from auth_backend.services import SERVICES
from httpkit.bearer import SCOPE
from httpkit.errors import client_error

MAX_TITLE = 120


async def get_shell(request: web.Request) -> web.Response:
    """`?lang=&path=&title=&remembered=`, headers `X-Zoe-Session` and `X-Accept-Language` → `{"lang", "html"}`.

    `html` holds `<!--zoe:head-->` and `<!--zoe:main-->` where the caller's page puts its own.
    """
    if request[SCOPE] != "bot":
        raise client_error(403)
    services = request.app[SERVICES]
    async with services.sessions.begin() as session:
        current = await resolve_session_token(session, request.headers.get("X-Zoe-Session"), now=services.now())
    lang = choose_language(
        asked=request.query.get("lang"),
        profile=current.user.language if current is not None else None,
        remembered=request.query.get("remembered"),
        accept=request.headers.get("X-Accept-Language", ""),
    )
    html = render_shell(
        services,
        lang=lang,
        path=safe_next(request.query.get("path")) or "/",
        title=request.query.get("title", "")[:MAX_TITLE],
        current=current,
    )
    return web.json_response({"lang": lang, "html": html})


def add_routes(app: web.Application) -> None:
    """On the internal port."""
    app.router.add_get("/internal/shell", get_shell)
