"""The pages between the password and the session: the code, and the other ways to get one."""

from datetime import datetime

from aiohttp import web

from auth_backend.client_facts import client_facts
from auth_backend.codes.accept import CodeThrottled
from auth_backend.codes.models import CodePurpose
from auth_backend.factors.answers import mailed_text, not_a_code, refused_text, with_retry_after
from auth_backend.factors.base import CodeNotSent, FactorThrottled
from auth_backend.factors.email_code import awaited_code
from auth_backend.factors.methods import TypedCode
from auth_backend.factors.typed_codes import read_code
from auth_backend.i18n import translations, translator
from auth_backend.limits.sendings import sms_held_until
from auth_backend.login.cookies import DEVICE, SESSION, read_cookie, set_cookie
from auth_backend.login.flow import HOME_OF
from auth_backend.login.guards import goal_of, require_level, with_next
from auth_backend.login.models import SessionLevel
from auth_backend.login.queries import first_code_waits_until
from auth_backend.login.second_step import (
    SecondStepPassed,
    SignInOver,
    send_code_again,
    take_mailed_code,
    take_second_step,
)
from auth_backend.login.sessions import CurrentSession, current_session
from auth_backend.login.trust import COOKIE_FOR, AskedAgain, why_asked_again
from auth_backend.middlewares import LANG
from auth_backend.pages import render
from auth_backend.services import SERVICES
from httpkit.bodies import form_body

SECOND_STEP, METHODS = "/login/second-step", "/login/methods"


async def show_second_step(request: web.Request) -> web.Response:
    """The field for the code: the same page for everybody, whatever they enrolled."""
    current, services = require_level(request, SessionLevel.PASSWORD), request.app[SERVICES]
    async with services.sessions.begin() as session:
        wait_until = await first_code_waits_until(session, current, now=services.now())
        held_until = await sms_held_until(session, now=services.now())
    return await _second_step_page(request, sent="sent" in request.query, wait_until=wait_until, held_until=held_until)


async def submit_second_step(request: web.Request) -> web.Response:
    """Takes a code of the app or by SMS."""
    current, services, form = _half_signed_in(request), request.app[SERVICES], form_body(request)
    _ = translator(request[LANG])
    code, remember = read_code(form.get("code", "")), form.get("remember") == "yes"
    if code is None:
        return await _second_step_page(request, status=422, error=not_a_code(_), remember=remember)
    facts, now = client_facts(request), services.now()
    async with services.sessions.begin() as session:
        outcome = await take_second_step(session, services, current, TypedCode(code), facts, remember=remember, now=now)
    if isinstance(outcome, SecondStepPassed):
        raise _signed_in(request, outcome, SessionLevel.FULL)
    if isinstance(outcome, SignInOver):
        raise web.HTTPSeeOther(with_next("/login", goal_of(request)))
    if isinstance(outcome, FactorThrottled):
        page = await _second_step_page(
            request, status=429, error=refused_text(outcome, _), until=outcome.until, remember=remember
        )
        return with_retry_after(page, outcome.until, now=now)
    return await _second_step_page(request, status=422, error=refused_text(outcome, _), remember=remember)


async def resend_second_step(request: web.Request) -> web.Response:
    """Sends the SMS again; who uses an app gets the same answer and no SMS."""
    current, services = _half_signed_in(request), request.app[SERVICES]
    facts, now = client_facts(request), services.now()
    async with services.sessions.begin() as session:
        sent = await send_code_again(session, services, current, facts, by_mail=False, now=now)
    if isinstance(sent, SignInOver):
        raise web.HTTPSeeOther(with_next("/login", goal_of(request)))
    if isinstance(sent, CodeNotSent):
        page = await _second_step_page(request, status=429, wait_until=sent.until)
        return with_retry_after(page, sent.until, now=now)
    services.wake_outbox()
    goal = goal_of(request)
    raise web.HTTPSeeOther(with_next(SECOND_STEP, goal) + ("&sent" if goal else "?sent"))


async def show_methods(request: web.Request) -> web.Response:
    """The other ways: today the mailed code (A8). While one is awaited, its field."""
    current = require_level(request, SessionLevel.PASSWORD)
    return await _methods_page(request, current)


async def submit_methods(request: web.Request) -> web.Response:
    """Without a code it mails one; with a code it judges that."""
    if "code" in form_body(request):
        return await _submit_mailed_code(request)
    current, services = _half_signed_in(request), request.app[SERVICES]
    facts, now = client_facts(request), services.now()
    async with services.sessions.begin() as session:
        sent = await send_code_again(session, services, current, facts, by_mail=True, now=now)
    if isinstance(sent, SignInOver):
        raise web.HTTPSeeOther(with_next("/login", goal_of(request)))
    if isinstance(sent, CodeNotSent):
        page = await _methods_page(request, current, status=429, wait_until=sent.until)
        return with_retry_after(page, sent.until, now=now)
    services.wake_outbox()
    raise web.HTTPSeeOther(with_next(METHODS, goal_of(request)))


async def _submit_mailed_code(request: web.Request) -> web.Response:
    current, services = _half_signed_in(request), request.app[SERVICES]
    _, ngettext = translator(request[LANG]), translations(request[LANG]).ngettext
    code = read_code(form_body(request).get("code", ""))
    if code is None:
        return await _methods_page(request, current, status=422, error=not_a_code(_))
    facts, now = client_facts(request), services.now()
    async with services.sessions.begin() as session:
        outcome = await take_mailed_code(session, services, current, code, facts, now=now)
    if isinstance(outcome, SecondStepPassed):
        raise _signed_in(request, outcome, SessionLevel.FULL_EMAIL)
    if isinstance(outcome, SignInOver):
        raise web.HTTPSeeOther(with_next("/login", goal_of(request)))
    error = mailed_text(outcome, _, ngettext)
    if isinstance(outcome, CodeThrottled):
        page = await _methods_page(request, current, status=429, error=error, until=outcome.until)
        return with_retry_after(page, outcome.until, now=now)
    return await _methods_page(request, current, status=422, error=error)


def add_routes(app: web.Application) -> None:
    """Routes of this module."""
    app.router.add_get(SECOND_STEP, show_second_step)
    app.router.add_post(SECOND_STEP, submit_second_step)
    app.router.add_post(f"{SECOND_STEP}/send", resend_second_step)
    app.router.add_get(METHODS, show_methods)
    app.router.add_post(METHODS, submit_methods)


def _half_signed_in(request: web.Request) -> CurrentSession:
    """The `password` session of a form; who is through already goes on to where they wanted to go."""
    return require_level(request, SessionLevel.PASSWORD)


def _signed_in(request: web.Request, passed: SecondStepPassed, level: SessionLevel) -> web.HTTPSeeOther:
    response = web.HTTPSeeOther(goal_of(request) or HOME_OF[level])
    set_cookie(request, response, SESSION, passed.token)
    if passed.device_token is not None:
        set_cookie(request, response, DEVICE, passed.device_token, max_age=COOKIE_FOR)
    return response


async def _second_step_page(
    request: web.Request,
    *,
    status: int = 200,
    error: str = "",
    until: datetime | None = None,
    wait_until: datetime | None = None,
    held_until: datetime | None = None,
    sent: bool = False,
    remember: bool = False,
) -> web.Response:
    return render(
        request,
        "second_step/second_step.html",
        status=status,
        errors={"code": error},
        until=until,
        wait_until=wait_until,
        sms_held_until=held_until,
        sent=sent,
        remember=remember,
        asked_again=await _asked_again(request),
        goal=goal_of(request),
    )


async def _asked_again(request: web.Request) -> AskedAgain | None:
    """Why this browser shows a code again: told only to who brings the password and the token of the old device."""
    current, token, services = current_session(request), read_cookie(request, DEVICE), request.app[SERVICES]
    if current is None or token is None:
        return None
    ip, now = client_facts(request).ip, services.now()
    async with services.sessions.begin() as session:
        return await why_asked_again(session, current.user, token, ip=ip, now=now)


async def _methods_page(
    request: web.Request,
    current: CurrentSession,
    *,
    status: int = 200,
    error: str = "",
    until: datetime | None = None,
    wait_until: datetime | None = None,
) -> web.Response:
    services = request.app[SERVICES]
    async with services.sessions.begin() as session:
        awaited = await awaited_code(session, CodePurpose.LOGIN_EMAIL, f"session:{current.id}", now=services.now())
    return render(
        request,
        "second_step/methods.html",
        status=status,
        errors={"code": error},
        until=until,
        wait_until=wait_until,
        awaited=awaited is not None or bool(error),
        goal=goal_of(request),
    )
