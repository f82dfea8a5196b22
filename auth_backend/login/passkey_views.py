"""Showing a passkey: at the second step, and as step-up. The page is the same for everybody who comes to it.

Other pages hold the same form; what goes wrong is said here. The script asks for the question (`/options`), the browser
makes the answer, and the form brings it.
"""

import secrets
from datetime import datetime
from typing import Any

from aiohttp import web

from auth_backend.client_facts import client_facts
from auth_backend.factors.answers import with_retry_after
from auth_backend.factors.base import FactorThrottled
from auth_backend.factors.passkey_method import PasskeyAnswer, ask_for_passkey
from auth_backend.i18n import Gettext, translator
from auth_backend.login.cookies import SESSION, set_cookie
from auth_backend.login.flow import HOME_OF
from auth_backend.login.guards import goal_of, require_level, with_next
from auth_backend.login.live import lock_live
from auth_backend.login.models import SessionLevel
from auth_backend.login.second_step import SecondStepPassed, SignInOver, login_challenge, take_second_step
from auth_backend.login.sessions import CurrentSession
from auth_backend.login.step_up import step_up_challenge, take_step_up
from auth_backend.middlewares import LANG
from auth_backend.pages import render
from auth_backend.services import SERVICES
from httpkit.bodies import form_body, strict_json
from httpkit.errors import ClientError

PASSKEY = "/login/passkey"
LEVELS = (SessionLevel.PASSWORD, SessionLevel.FULL_EMAIL, SessionLevel.FULL)
CHALLENGE_BYTES = 32
"""At least 16 (WebAuthn Level 3, 13.4.3)."""


async def show_passkey(request: web.Request) -> web.Response:
    """The button."""
    return _page(request, require_level(request, *LEVELS))


async def send_options(request: web.Request) -> web.Response:
    """`POST /login/passkey/options`: what the browser is asked, as JSON; a new question ends the older one."""
    current, services = require_level(request, *LEVELS), request.app[SERVICES]
    facts, now, fresh = client_facts(request), services.now(), secrets.token_bytes(CHALLENGE_BYTES)
    options = None
    async with services.sessions.begin() as session:
        live = await lock_live(session, current, now=now)
        if live is not None:
            asks = login_challenge if live.level is SessionLevel.PASSWORD else step_up_challenge
            asked = await asks(session, live, facts, now=now)
            options = await ask_for_passkey(session, services, asked, fresh, now=now)
    if options is None:
        raise web.HTTPSeeOther(with_next("/login", goal_of(request)))
    return web.json_response(options)


async def submit_passkey(request: web.Request) -> web.Response:
    """Takes the browser's answer and goes on to where it was needed."""
    current, services, _ = require_level(request, *LEVELS), request.app[SERVICES], translator(request[LANG])
    brought = form_body(request).get("credential", "")
    if not brought:
        return _page(request, current, status=422, error=no_answer(_))
    answer, facts, now = PasskeyAnswer(read_answer(brought)), client_facts(request), services.now()
    at_sign_in = current.level is SessionLevel.PASSWORD
    async with services.sessions.begin() as session:
        if at_sign_in:
            outcome = await take_second_step(session, services, current, answer, facts, remember=False, now=now)
        else:
            outcome = await take_step_up(session, services, current, answer, facts=facts, now=now)
    if isinstance(outcome, SecondStepPassed):
        home = HOME_OF[SessionLevel.FULL] if at_sign_in else "/account/security"
        response = web.HTTPSeeOther(goal_of(request) or home)
        set_cookie(request, response, SESSION, outcome.token)
        raise response
    if isinstance(outcome, SignInOver):
        raise web.HTTPSeeOther(with_next("/login", goal_of(request)))
    if isinstance(outcome, FactorThrottled):
        error = _("Too many passkeys that didn't fit. Wait a moment, then try again.")
        return with_retry_after(
            _page(request, current, status=429, error=error, until=outcome.until), outcome.until, now=now
        )
    error = _("That passkey didn't work here. Try again, or use another method.")
    return _page(request, current, status=422, error=error)


def read_answer(brought: str) -> dict[str, Any] | None:
    """What a form's `credential` field holds; None for what is no JSON object. The checks come later."""
    try:
        answer = strict_json(brought)
    except ClientError:
        return None
    return answer if isinstance(answer, dict) else None


def no_answer(_: Gettext) -> str:
    """For a form that came without the browser's answer: the script didn't run."""
    return _("Your browser sent no passkey. Passkeys need JavaScript and a browser that knows them.")


def add_routes(app: web.Application) -> None:
    """Routes of this module."""
    app.router.add_get(PASSKEY, show_passkey)
    app.router.add_post(PASSKEY, submit_passkey)
    app.router.add_post(f"{PASSKEY}/options", send_options)


def _page(
    request: web.Request, current: CurrentSession, *, status: int = 200, error: str = "", until: datetime | None = None
) -> web.Response:
    return render(
        request,
        "second_step/passkey.html",
        status=status,
        errors={"passkey": error},
        until=until,
        at_sign_in=current.level is SessionLevel.PASSWORD,
        goal=goal_of(request),
    )
