"""The page on which one says which address counts after a change that is disputed, or that one wants back."""

from collections.abc import Mapping
from datetime import datetime

from aiohttp import web

from auth_backend.accounts.addresses import mask_address
from auth_backend.accounts.password_check import PasswordRefused, PasswordThrottled
from auth_backend.client_facts import client_facts
from auth_backend.factors.answers import too_many_tries, with_retry_after
from auth_backend.factors.enrolment import stepped_up
from auth_backend.i18n import translator
from auth_backend.login.change_gate import SECURITY, elsewhere
from auth_backend.login.change_right import ChangeRefused
from auth_backend.login.guards import require_level, with_next
from auth_backend.login.models import SessionLevel
from auth_backend.login.sessions import CurrentSession
from auth_backend.middlewares import LANG
from auth_backend.pages import render
from auth_backend.services import SERVICES
from auth_backend.sign_in_data.email_answer import Answer, Answered, answer, is_answerable, open_change
from httpkit.bodies import form_body

PAGE = f"{SECURITY}/email/dispute"
DONE = {Answered.TAKEN_BACK: "email_back", Answered.KEPT: "email_kept"}


async def show_answer(request: web.Request) -> web.Response:
    """Both addresses, the password, and a button for each; a step-up from before the dispute doesn't count."""
    current, services = _enter(request), request.app[SERVICES]
    async with services.sessions.begin() as session:
        change = await open_change(session, current.user, now=services.now())
    if change is not None and not is_answerable(current, change):
        raise elsewhere(ChangeRefused.STEP_UP, PAGE)
    return await _page(request, current)


async def submit_answer(request: web.Request) -> web.Response:
    """Takes the answer."""
    current, services, form = _enter(request), request.app[SERVICES], form_body(request)
    _, password = translator(request[LANG]), form.get("password", "")
    choice = form.get("counts", "")
    errors = {
        "password": "" if password else _("Type your password."),
        "counts": "" if choice in set(Answer) else _("Choose one of the two."),
    }
    if any(errors.values()):
        return await _page(request, current, status=422, errors=errors)
    facts, now = client_facts(request), services.now()
    outcome = await answer(services, current, Answer(choice), password=password, facts=facts, now=now)
    if isinstance(outcome, ChangeRefused):
        raise elsewhere(outcome, PAGE)
    if isinstance(outcome, PasswordThrottled):
        errors = {"password": too_many_tries(_)}
        page = await _page(request, current, status=429, errors=errors, until=outcome.until)
        return with_retry_after(page, outcome.until, now=now)
    if isinstance(outcome, PasswordRefused):
        return await _page(request, current, status=422, errors={"password": _("That isn't your password.")})
    if outcome in DONE:
        services.wake_outbox()
        raise web.HTTPSeeOther(f"{SECURITY}?done={DONE[outcome]}")
    return await _page(request, current, status=422, not_older=outcome is Answered.NOT_OLDER)


def add_routes(app: web.Application) -> None:
    """Routes of this module."""
    app.router.add_get(PAGE, show_answer)
    app.router.add_post(PAGE, submit_answer)


def _enter(request: web.Request) -> CurrentSession:
    """A full session after a step-up; a hold on changes is no obstacle here."""
    current = require_level(request, SessionLevel.FULL)
    if not stepped_up(current, now=request.app[SERVICES].now()):
        raise web.HTTPSeeOther(with_next("/login/step-up", PAGE))
    return current


async def _page(
    request: web.Request,
    current: CurrentSession,
    *,
    status: int = 200,
    errors: Mapping[str, str] | None = None,
    until: datetime | None = None,
    not_older: bool = False,
) -> web.Response:
    services = request.app[SERVICES]
    async with services.sessions.begin() as session:
        change = await open_change(session, current.user, now=services.now())
    return render(
        request,
        "sign_in_data/email_answer.html",
        status=status,
        tab="security",
        errors=errors,
        until=until,
        not_older=not_older,
        old=mask_address(change.address) if change is not None else None,
        at=change.at if change is not None else None,
        disputed=current.user.email_disputed,
    )
