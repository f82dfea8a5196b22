"""The two applications of the auth backend: the public pages, and the internal API on a port of its own."""

from collections.abc import Callable

from aiohttp import web

from auth_backend import shell, static_files
from auth_backend.accounts import views as accounts
from auth_backend.approvals import views as approvals
from auth_backend.csrf import check_csrf
from auth_backend.dev import views as dev
from auth_backend.error_pages import render_error
from auth_backend.factors import views as factors
from auth_backend.forgotten_password import views as forgotten_password
from auth_backend.help import views as help_pages
from auth_backend.internal_api import views as internal_api
from auth_backend.limits.pace import Pace
from auth_backend.login import activity_views as activity
from auth_backend.login import held_views as held
from auth_backend.login import passkey_views as passkey
from auth_backend.login import second_step_views as second_step
from auth_backend.login import step_up_views as step_up
from auth_backend.login import views as login
from auth_backend.metrics import SCOPE_METRICS
from auth_backend.middlewares import (
    add_security_headers,
    choose_page_language,
    load_session,
    prefer_profile_language,
    send_cookies,
)
from auth_backend.outbox import status_views as sms_status
from auth_backend.recovery_codes import use_views as use_recovery_code
from auth_backend.recovery_codes import views as recovery_codes
from auth_backend.resets import views as resets
from auth_backend.services import SERVICES, Services
from auth_backend.sign_in_data import views as sign_in_data
from auth_backend.slow_down import PACE, slow_down
from httpkit.bearer import require_bearer
from httpkit.bodies import MAX_BODY_BYTES, read_body
from httpkit.errors import error_middleware
from httpkit.logs import log_requests

type AddRoutes = Callable[[web.Application], None]

PAGES = (
    *(help_pages, login, accounts, approvals, second_step, held, step_up, passkey, use_recovery_code),
    *(forgotten_password, activity, factors, recovery_codes, sign_in_data, resets, sms_status, dev),
)
"""Each module has `add_routes(app)`."""


def create_public_app(
    services: Services, *, extra: AddRoutes | None = None, pace: Pace | None = None
) -> web.Application:
    """Pages for browsers. `extra` adds the chat server's routes to the same port (the command line wires it); they are
    paced too. `pace`: as the settings say if None.
    """
    app = web.Application(
        middlewares=[
            services.metrics.count_requests("public"),
            log_requests,
            choose_page_language,
            send_cookies,
            error_middleware(render_error),
            slow_down,
            load_session,
            prefer_profile_language,
            read_body,
            check_csrf,
        ],
        client_max_size=MAX_BODY_BYTES,
    )
    app[SERVICES] = services
    app[PACE] = pace or Pace(services.now, a_minute=services.settings.slow_after)
    app.on_response_prepare.extend((static_files.cache_forever, add_security_headers))
    static_files.add_routes(app)
    for pages in PAGES:
        pages.add_routes(app)
    if extra is not None:
        extra(app)
    return app


def create_internal_app(services: Services) -> web.Application:
    """What `bot` and `actions` call (docs/interfaces.md): JSON, bearer tokens, local names only."""
    settings = services.settings
    tokens = {"bot": settings.internal_token, "actions": settings.internal_actions_token}
    if settings.metrics_token:
        tokens[SCOPE_METRICS] = settings.metrics_token
    app = web.Application(
        middlewares=[
            services.metrics.count_requests("internal"),
            log_requests,
            error_middleware(),
            require_bearer(tokens, settings.internal_names),
            read_body,
        ],
        client_max_size=MAX_BODY_BYTES,
    )
    app[SERVICES] = services
    app.router.add_get("/livez", report_alive)
    shell.add_routes(app)
    internal_api.add_routes(app)
    return app


async def report_alive(_request: web.Request) -> web.Response:
    """`GET /livez`: the process answers; the actions' part of the health probe."""
    return web.json_response({"status": "ok"})
