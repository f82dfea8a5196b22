"""The pages that lead to a factor: after the password (`/enrol`), or as a replacement from the Security tab."""

from datetime import datetime

from aiohttp import web

from auth_backend.accounts.freeze import frozen
from auth_backend.accounts.mail_rest import mail_rests
from auth_backend.accounts.password_policy import least_length, password_problem, problem_text
from auth_backend.client_facts import client_facts
from auth_backend.codes.accept import CodeAccepted, CodeThrottled
from auth_backend.codes.models import CodePurpose
from auth_backend.factors.answers import mailed_text, not_a_code, with_retry_after
from auth_backend.factors.base import CodeNotSent
from auth_backend.factors.email_code import awaited_code
from auth_backend.factors.enrol_paths import ENROL, at, base_of, elsewhere, enter
from auth_backend.factors.enrolment import (
    EnrolStep,
    NotYet,
    choose_app,
    kinds_for,
    prove_mailbox,
    send_enrolment_mail,
    step_of,
)
from auth_backend.factors.models import FactorKind
from auth_backend.factors.new_password import replace_password
from auth_backend.factors.typed_codes import read_code
from auth_backend.i18n import translations, translator
from auth_backend.login.sessions import CurrentSession
from auth_backend.middlewares import LANG
from auth_backend.pages import render
from auth_backend.services import SERVICES
from httpkit.bodies import form_body

CLOSED = frozenset({EnrolStep.LAPSED, EnrolStep.FROZEN, EnrolStep.PUT_OFF, EnrolStep.MAIL_RESTS})
"""Steps at which nothing can be done but wait, or ask Zoe."""


async def show_enrolment(request: web.Request) -> web.Response:
    """The step at which this session stands."""
    current = enter(request)
    step = step_of(current, now=request.app[SERVICES].now())
    if step is EnrolStep.MAIL:
        return await _mail_page(request, current)
    if step is EnrolStep.PASSWORD:
        return _password_page(request, current)
    if step is EnrolStep.METHOD:
        return _method_page(request, current)
    if step in CLOSED:
        until = _opens_at(current, step, now=request.app[SERVICES].now())
        return render(request, "enrol/closed.html", step=step.value, until=until)
    raise elsewhere(request, step)


def _opens_at(current: CurrentSession, step: EnrolStep, *, now: datetime) -> datetime | None:
    """When a closed enrolment goes on; None where no time opens it."""
    if step is EnrolStep.PUT_OFF:
        return current.user.enrol_not_before
    closed = mail_rests(current.user, now=now) if step is EnrolStep.MAIL_RESTS else frozen(current.user, now=now)
    return closed.until if closed is not None else None


async def submit_mailed_code(request: web.Request) -> web.Response:
    """Takes the code from the registered mailbox."""
    current, services = at(request, EnrolStep.MAIL), request.app[SERVICES]
    _, ngettext = translator(request[LANG]), translations(request[LANG]).ngettext
    code = read_code(form_body(request).get("code", ""))
    if code is None:
        return await _mail_page(request, current, status=422, error=not_a_code(_))
    facts, now = client_facts(request), services.now()
    async with services.sessions.begin() as session:
        outcome = await prove_mailbox(session, services, current, code, facts=facts, now=now)
    if isinstance(outcome, NotYet):
        raise elsewhere(request, outcome.step)
    if isinstance(outcome, CodeAccepted):
        raise web.HTTPSeeOther(ENROL)
    error = mailed_text(outcome, _, ngettext)
    if isinstance(outcome, CodeThrottled):
        page = await _mail_page(request, current, status=429, error=error, until=outcome.until)
        return with_retry_after(page, outcome.until, now=now)
    return await _mail_page(request, current, status=422, error=error)


async def send_mail_again(request: web.Request) -> web.Response:
    """Mails the code; refused within a minute of the last."""
    current, services = at(request, EnrolStep.MAIL), request.app[SERVICES]
    facts, now = client_facts(request), services.now()
    async with services.sessions.begin() as session:
        sent = await send_enrolment_mail(session, services, current, facts, now=now)
    if isinstance(sent, NotYet):
        raise elsewhere(request, sent.step)
    if isinstance(sent, CodeNotSent):
        page = await _mail_page(request, current, status=429, wait_until=sent.until)
        return with_retry_after(page, sent.until, now=now)
    services.wake_outbox()
    raise web.HTTPSeeOther(f"{ENROL}?sent")


async def submit_password(request: web.Request) -> web.Response:
    """Takes the new password that a reset for a stolen device asks for."""
    current, services = at(request, EnrolStep.PASSWORD), request.app[SERVICES]
    _, user = translator(request[LANG]), current.user
    password = form_body(request).get("password", "")
    problem = password_problem(password, least=least_length(user), own_words=(user.email, user.name))
    if problem is not None:
        return _password_page(request, current, status=422, error=problem_text(problem, least_length(user), _))
    if await services.passwords.verify(user.password_hash, password):
        return _password_page(request, current, status=422, error=_("That is the old password. Choose another one."))
    encoded = await services.passwords.hash(password)
    async with services.sessions.begin() as session:
        refused = await replace_password(session, services, current, encoded, now=services.now())
    if refused is not None:
        raise elsewhere(request, refused.step)
    services.wake_outbox()
    raise web.HTTPSeeOther(ENROL)


async def choose_method(request: web.Request) -> web.Response:
    """Goes on to the page of the method that was picked; for the app it makes the seed that the page shows."""
    current, services, _ = at(request, EnrolStep.METHOD), request.app[SERVICES], translator(request[LANG])
    method = form_body(request).get("method", "")
    if method not in {kind.value for kind in kinds_for(request.app[SERVICES].settings, current)}:
        return _method_page(request, current, status=422, error=_("Choose one of the methods."))
    if method == FactorKind.APP.value:
        async with services.sessions.begin() as session:
            chosen = await choose_app(session, services, current, now=services.now())
        if isinstance(chosen, NotYet):
            raise elsewhere(request, chosen.step)
    raise web.HTTPSeeOther(f"{base_of(request)}/{method}")


def _method_page(request: web.Request, current: CurrentSession, *, status: int = 200, error: str = "") -> web.Response:
    return render(
        request,
        "enrol/method.html",
        status=status,
        errors={"method": error},
        base=base_of(request),
        kinds=[kind.value for kind in kinds_for(request.app[SERVICES].settings, current)],
    )


async def _mail_page(
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
        awaited = await awaited_code(session, CodePurpose.ENROL_EMAIL, f"session:{current.id}", now=services.now())
    return render(
        request,
        "enrol/mail.html",
        status=status,
        errors={"code": error},
        until=until,
        wait_until=wait_until,
        awaited=awaited is not None or bool(error),
        sent="sent" in request.query,
        reason=current.user.enrol_reason.value if current.user.enrol_reason else "",
    )


def _password_page(
    request: web.Request, current: CurrentSession, *, status: int = 200, error: str = ""
) -> web.Response:
    return render(
        request, "enrol/password.html", status=status, errors={"password": error}, least=least_length(current.user)
    )
