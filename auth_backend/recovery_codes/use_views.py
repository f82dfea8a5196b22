"""The page that takes a recovery code: at the second step, and as step-up. The same for everybody who comes there."""

from datetime import datetime

from aiohttp import web

from auth_backend.client_facts import client_facts
from auth_backend.factors.answers import with_retry_after
from auth_backend.factors.base import FactorThrottled
from auth_backend.i18n import translator
from auth_backend.login.cookies import SESSION, set_cookie
from auth_backend.login.flow import HOME_OF
from auth_backend.login.guards import goal_of, require_level, with_next
from auth_backend.login.models import SessionLevel
from auth_backend.login.second_step import SecondStepPassed, SignInOver
from auth_backend.middlewares import LANG
from auth_backend.pages import render
from auth_backend.recovery_codes.codes import read_recovery_code
from auth_backend.recovery_codes.use import use_recovery_code
from auth_backend.services import SERVICES
from httpkit.bodies import form_body

USE = "/login/recovery-code"
LEVELS = (SessionLevel.PASSWORD, SessionLevel.FULL_EMAIL, SessionLevel.FULL)


async def show_recovery_code(request: web.Request) -> web.Response:
    """The field."""
    current = require_level(request, *LEVELS)
    return _page(request, at_sign_in=current.level is SessionLevel.PASSWORD)


async def submit_recovery_code(request: web.Request) -> web.Response:
    """Takes the code and goes on to where it was needed."""
    current, services, _ = require_level(request, *LEVELS), request.app[SERVICES], translator(request[LANG])
    at_sign_in = current.level is SessionLevel.PASSWORD
    code = read_recovery_code(form_body(request).get("recovery_code", ""))
    if code is None:
        error = _("A recovery code has 15 letters and digits, in three groups of five.")
        return _page(request, at_sign_in=at_sign_in, status=422, error=error)
    now = services.now()
    outcome = await use_recovery_code(services, current, code, client_facts(request), now=now)
    if isinstance(outcome, SecondStepPassed):
        services.wake_outbox()
        home = HOME_OF[SessionLevel.FULL] if at_sign_in else "/account/security"
        response = web.HTTPSeeOther(goal_of(request) or home)
        set_cookie(request, response, SESSION, outcome.token)
        raise response
    if isinstance(outcome, SignInOver):
        raise web.HTTPSeeOther(with_next("/login", goal_of(request)))
    if isinstance(outcome, FactorThrottled):
        error = _("Too many wrong codes. Wait a moment, then try again.")
        page = _page(request, at_sign_in=at_sign_in, status=429, error=error, until=outcome.until)
        return with_retry_after(page, outcome.until, now=now)
    error = _("That code doesn't match, or it was used already.")
    return _page(request, at_sign_in=at_sign_in, status=422, error=error)


def add_routes(app: web.Application) -> None:
    """Routes of this module."""
    app.router.add_get(USE, show_recovery_code)
    app.router.add_post(USE, submit_recovery_code)


def _page(
    request: web.Request, *, at_sign_in: bool, status: int = 200, error: str = "", until: datetime | None = None
) -> web.Response:
    return render(
        request,
        "recovery_codes/use.html",
        status=status,
        errors={"recovery_code": error},
        until=until,
        at_sign_in=at_sign_in,
        goal=goal_of(request),
    )
