"""The page on which one changes the password."""

from datetime import datetime

from aiohttp import web

from auth_backend.accounts.password_check import PasswordRefused, PasswordThrottled
from auth_backend.accounts.password_policy import least_length, password_problem, problem_text
from auth_backend.client_facts import client_facts
from auth_backend.factors.answers import too_many_tries, with_retry_after
from auth_backend.i18n import translator
from auth_backend.login.change_gate import SECURITY, elsewhere, require_change
from auth_backend.login.change_right import ChangeRefused
from auth_backend.login.sessions import CurrentSession
from auth_backend.middlewares import LANG
from auth_backend.pages import render
from auth_backend.services import SERVICES
from auth_backend.sign_in_data.password_change import change_password
from httpkit.bodies import form_body

PASSWORD = f"{SECURITY}/password"


async def show_password(request: web.Request) -> web.Response:
    """Current and new password."""
    return _page(request, await require_change(request, PASSWORD, contact=True))


async def submit_password(request: web.Request) -> web.Response:
    """Changes it; what can't be the new one costs no try at the old one."""
    current, services, form = (
        await require_change(request, PASSWORD, contact=True),
        request.app[SERVICES],
        form_body(request),
    )
    _, user = translator(request[LANG]), current.user
    old, new = form.get("current_password", ""), form.get("new_password", "")
    errors = {}
    if not old:
        errors["current_password"] = _("Type your password.")
    problem = password_problem(new, least=least_length(user), own_words=(user.email, user.name))
    if problem is not None:
        errors["new_password"] = problem_text(problem, least_length(user), _)
    elif new == old:
        errors["new_password"] = _("That is the old password. Choose another one.")
    if errors:
        return _page(request, current, status=422, errors=errors)
    now = services.now()
    outcome = await change_password(services, current, old=old, new=new, facts=client_facts(request), now=now)
    if isinstance(outcome, ChangeRefused):
        raise elsewhere(outcome, PASSWORD)
    if isinstance(outcome, PasswordThrottled):
        page = _page(request, current, status=429, errors={"current_password": too_many_tries(_)}, until=outcome.until)
        return with_retry_after(page, outcome.until, now=now)
    if isinstance(outcome, PasswordRefused):
        return _page(request, current, status=422, errors={"current_password": _("That isn't your password.")})
    services.wake_outbox()
    raise web.HTTPSeeOther(f"{SECURITY}?done=password")


def _page(
    request: web.Request,
    current: CurrentSession,
    *,
    status: int = 200,
    errors: dict[str, str] | None = None,
    until: datetime | None = None,
) -> web.Response:
    return render(
        request,
        "sign_in_data/password.html",
        status=status,
        errors=errors,
        until=until,
        least=least_length(current.user),
    )
