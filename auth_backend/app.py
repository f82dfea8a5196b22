"""The two applications of the auth backend: the public pages, and the internal API on a port of its own."""

import importlib.util
from collections.abc import Callable, Sequence

from aiohttp import web

from auth_backend import shell, static_files
from auth_backend.csrf import check_csrf
from auth_backend.error_pages import render_error
from auth_backend.middlewares import (
    add_security_headers,
    choose_page_language,
    load_session,
    prefer_profile_language,
    send_cookies,
)
from auth_backend.services import SERVICES, Services
from httpkit.bearer import require_bearer
from httpkit.bodies import MAX_BODY_BYTES, read_body
from httpkit.errors import error_middleware
from httpkit.logs import log_requests

type AddRoutes = Callable[[web.Application], None]

PAGES = (
    "auth_backend.help.views",
    "auth_backend.login.views",
    "auth_backend.accounts.views",
    "auth_backend.login.second_step_views",
    "auth_backend.login.step_up_views",
    "auth_backend.factors.views",
    "auth_backend.resets.views",
    "auth_backend.dev.views",
)
"""Each module has `add_routes(app)`."""
INTERNAL = ("auth_backend.internal_api.views",)


def create_public_app(services: Services, *, extra: AddRoutes | None = None) -> web.Application:
    """Pages for browsers. `extra` adds the chat server's routes to the same port (the command line wires it)."""
    app = web.Application(
        middlewares=[
            log_requests,
            choose_page_language,
            send_cookies,
            error_middleware(render_error),
            load_session,
            prefer_profile_language,
            read_body,
            check_csrf,
        ],
        client_max_size=MAX_BODY_BYTES,
    )
    app[SERVICES] = services
    app.on_response_prepare.extend((static_files.cache_forever, add_security_headers))
    static_files.add_routes(app)
    _add_all(app, PAGES)
    if extra is not None:
        extra(app)
    return app


def create_internal_app(services: Services) -> web.Application:
    """What `bot` and `actions` call (docs/interfaces.md): JSON, bearer tokens, local names only."""
    settings = services.settings
    tokens = {"bot": settings.internal_token, "actions": settings.internal_actions_token}
    app = web.Application(
        middlewares=[log_requests, error_middleware(), require_bearer(tokens), read_body],
        client_max_size=MAX_BODY_BYTES,
    )
    app[SERVICES] = services
    shell.add_routes(app)
    _add_all(app, INTERNAL)
    return app


def _add_all(app: web.Application, modules: Sequence[str]) -> None:
    for name in modules:
        package = name.rpartition(".")[0]
        if importlib.util.find_spec(package) is not None and importlib.util.find_spec(name) is not None:
            importlib.import_module(name).add_routes(app)
