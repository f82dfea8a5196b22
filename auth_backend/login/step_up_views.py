"""The page that asks for app or SMS again before sign-in data is changed."""

from datetime import datetime

from aiohttp import web

from auth_backend.client_facts import client_facts
from auth_backend.factors.answers import not_a_code, refused_text, with_retry_after
from auth_backend.factors.base import CodeNotSent, FactorThrottled
from auth_backend.factors.methods import TypedCode
from auth_backend.factors.models import FactorKind
from auth_backend.factors.passkey_method import live_passkeys
from auth_backend.factors.queries import describe, primary_factors
from auth_backend.factors.typed_codes import read_code
from auth_backend.i18n import translator
from auth_backend.login.cookies import SESSION, set_cookie
from auth_backend.login.guards import goal_of, require_level, with_next
from auth_backend.login.models import SessionLevel
from auth_backend.login.second_step import SecondStepPassed, SignInOver
from auth_backend.login.sessions import CurrentSession
from auth_backend.login.step_up import send_step_up_code, take_step_up
from auth_backend.middlewares import LANG
from auth_backend.pages import render
from auth_backend.services import SERVICES
from httpkit.bodies import form_body

STEP_UP = "/login/step-up"
SIGNED_IN = (SessionLevel.FULL_EMAIL, SessionLevel.FULL)


async def show_step_up(request: web.Request) -> web.Response:
    """The field, and for SMS the button that sends the code."""
    current = require_level(request, *SIGNED_IN)
    return await _page(request, current, sent="sent" in request.query)


async def submit_step_up(request: web.Request) -> web.Response:
    """Takes the code and goes on to where it was needed."""
    current, services, form = require_level(request, *SIGNED_IN), request.app[SERVICES], form_body(request)
    _ = translator(request[LANG])
    code = read_code(form.get("code", ""))
    if code is None:
        return await _page(request, current, status=422, error=not_a_code(_))
    facts, now = client_facts(request), services.now()
    async with services.sessions.begin() as session:
        outcome = await take_step_up(session, services, current, TypedCode(code), facts=facts, now=now)
    if isinstance(outcome, SecondStepPassed):
        response = web.HTTPSeeOther(goal_of(request) or "/account/security")
        set_cookie(request, response, SESSION, outcome.token)
        raise response
    if isinstance(outcome, SignInOver):
        raise web.HTTPSeeOther(with_next("/login", goal_of(request)))
    if isinstance(outcome, FactorThrottled):
        page = await _page(request, current, status=429, error=refused_text(outcome, _), until=outcome.until)
        return with_retry_after(page, outcome.until, now=now)
    return await _page(request, current, status=422, error=refused_text(outcome, _))


async def send_step_up(request: web.Request) -> web.Response:
    """Sends the SMS."""
    current, services = require_level(request, *SIGNED_IN), request.app[SERVICES]
    facts, now = client_facts(request), services.now()
    async with services.sessions.begin() as session:
        sent = await send_step_up_code(session, services, current, facts, now=now)
    if isinstance(sent, SignInOver):
        raise web.HTTPSeeOther(with_next("/login", goal_of(request)))
    if isinstance(sent, CodeNotSent):
        return with_retry_after(await _page(request, current, status=429, not_sent=sent), sent.until, now=now)
    services.wake_outbox()
    goal = goal_of(request)
    raise web.HTTPSeeOther(with_next(STEP_UP, goal) + ("&sent" if goal else "?sent"))


def add_routes(app: web.Application) -> None:
    """Routes of this module."""
    app.router.add_get(STEP_UP, show_step_up)
    app.router.add_post(STEP_UP, submit_step_up)
    app.router.add_post(f"{STEP_UP}/send", send_step_up)


async def _page(
    request: web.Request,
    current: CurrentSession,
    *,
    status: int = 200,
    error: str = "",
    until: datetime | None = None,
    not_sent: CodeNotSent | None = None,
    sent: bool = False,
) -> web.Response:
    async with request.app[SERVICES].sessions.begin() as session:
        factors = await primary_factors(session, current.user.id)
        passkeys = await live_passkeys(session, current.user.id)
    return render(
        request,
        "second_step/step_up.html",
        status=status,
        errors={"code": error},
        until=until,
        wait_until=not_sent.until if not_sent and not not_sent.held else None,
        held_until=not_sent.until if not_sent and not_sent.held else None,
        sent=sent,
        by_sms=any(factor.kind is FactorKind.SMS for factor in factors),
        methods=[describe(factor, request[LANG]) for factor in factors],
        has_passkey=bool(passkeys),
        goal=goal_of(request),
    )
