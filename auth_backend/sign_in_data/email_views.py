"""The pages on which one changes the registered e-mail."""

from datetime import datetime

from aiohttp import web

from auth_backend.accounts.addresses import normalise_address
from auth_backend.accounts.password_check import PasswordRefused, PasswordThrottled
from auth_backend.client_facts import client_facts
from auth_backend.codes.accept import CodeThrottled
from auth_backend.factors.answers import mailed_text, not_a_code, too_many_tries, with_retry_after
from auth_backend.factors.base import CodeNotSent
from auth_backend.factors.typed_codes import read_code
from auth_backend.i18n import Gettext, translations, translator
from auth_backend.login.change_gate import SECURITY, elsewhere, require_change
from auth_backend.login.change_right import ChangeRefused
from auth_backend.login.sessions import CurrentSession
from auth_backend.middlewares import LANG
from auth_backend.pages import render
from auth_backend.services import SERVICES
from auth_backend.sign_in_data.address_code_page import AddressCodePage
from auth_backend.sign_in_data.email_change import (
    ChangeDisputed,
    EmailChanged,
    EmailTaken,
    ask_new_email,
    confirm_new_email,
)
from auth_backend.sign_in_data.models import AddressUse
from auth_backend.sign_in_data.notice_address import NothingWaits
from httpkit.bodies import form_body

EMAIL = f"{SECURITY}/email"
CODE = f"{EMAIL}/code"
CODE_PAGE = AddressCodePage(AddressUse.SIGN_IN, CODE, EMAIL)


async def show_email(request: web.Request) -> web.Response:
    """The fields for the current password and the new address."""
    return _page(request, await _enter(request, EMAIL))


async def submit_email(request: web.Request) -> web.Response:
    """Sends a code to what was typed; what can be no address costs no try at the password."""
    current, services, form = await _enter(request, EMAIL), request.app[SERVICES], form_body(request)
    _, typed, password = translator(request[LANG]), form.get("address", ""), form.get("current_password", "")
    address = normalise_address(typed)
    errors = {} if password else {"current_password": _("Type your password.")}
    if address is None:
        errors["address"] = _("That isn't an e-mail address.")
    elif address == current.user.email:
        errors["address"] = _("That is the address that you sign in with now.")
    if errors or address is None:
        return _page(request, current, status=422, typed=typed, errors=errors)
    facts, now = client_facts(request), services.now()
    asked = await ask_new_email(services, current, address, password=password, facts=facts, now=now)
    if isinstance(asked, ChangeRefused):
        raise elsewhere(asked, EMAIL)
    if isinstance(asked, ChangeDisputed):
        raise web.HTTPSeeOther(SECURITY)
    if isinstance(asked, PasswordThrottled):
        errors = {"current_password": too_many_tries(_)}
        page = _page(request, current, status=429, typed=typed, errors=errors, until=asked.until)
        return with_retry_after(page, asked.until, now=now)
    if isinstance(asked, PasswordRefused):
        errors = {"current_password": _("That isn't your password.")}
        return _page(request, current, status=422, typed=typed, errors=errors)
    if isinstance(asked.sent, CodeNotSent):
        page = _page(request, current, status=429, typed=typed, wait_until=asked.sent.until)
        return with_retry_after(page, asked.sent.until, now=now)
    services.wake_outbox()
    raise web.HTTPSeeOther(CODE)


async def show_code(request: web.Request) -> web.Response:
    """The field for the code that went to the new mailbox."""
    return await _code_page(request, await _enter(request, CODE))


async def submit_code(request: web.Request) -> web.Response:
    """Takes the code; a right one changes the address, unless it is somebody else's."""
    current, services = await _enter(request, CODE), request.app[SERVICES]
    _, ngettext = translator(request[LANG]), translations(request[LANG]).ngettext
    code = read_code(form_body(request).get("code", ""))
    if code is None:
        return await _code_page(request, current, status=422, error=not_a_code(_))
    facts, now = client_facts(request), services.now()
    async with services.sessions.begin() as session:
        outcome = await confirm_new_email(session, services, current, code, facts=facts, now=now)
    if isinstance(outcome, ChangeRefused):
        raise elsewhere(outcome, CODE)
    if isinstance(outcome, ChangeDisputed):
        raise web.HTTPSeeOther(SECURITY)
    if isinstance(outcome, NothingWaits):
        raise web.HTTPSeeOther(EMAIL)
    services.wake_outbox()
    if isinstance(outcome, EmailChanged):
        raise web.HTTPSeeOther(f"{SECURITY}?done=email")
    if isinstance(outcome, EmailTaken):
        return _page(request, current, status=422, typed=outcome.address, errors={"address": _taken(_)})
    error = mailed_text(outcome, _, ngettext)
    if isinstance(outcome, CodeThrottled):
        page = await _code_page(request, current, status=429, error=error, until=outcome.until)
        return with_retry_after(page, outcome.until, now=now)
    return await _code_page(request, current, status=422, error=error)


def _taken(_: Gettext) -> str:
    return _("Somebody else signs in with that address, so it can't be used here. They are told. Use another mailbox.")


async def _enter(request: web.Request, page: str) -> CurrentSession:
    """The session if it may change its address now; with a change in dispute, the tab says what comes first."""
    current = await require_change(request, page, contact=True)
    if current.user.email_disputed:
        raise web.HTTPSeeOther(SECURITY)
    return current


def _page(
    request: web.Request,
    current: CurrentSession,
    *,
    status: int = 200,
    typed: str = "",
    errors: dict[str, str] | None = None,
    until: datetime | None = None,
    wait_until: datetime | None = None,
) -> web.Response:
    return render(
        request,
        "sign_in_data/email.html",
        status=status,
        errors=errors,
        typed=typed,
        until=until,
        wait_until=wait_until,
        on_file=current.user.email,
    )


async def _code_page(
    request: web.Request,
    current: CurrentSession,
    *,
    status: int = 200,
    error: str = "",
    until: datetime | None = None,
) -> web.Response:
    _ = translator(request[LANG])
    heading = _("Confirm the new e-mail address")
    return await CODE_PAGE.show(request, current, heading, status=status, error=error, until=until)
