"""The pages of the second notice address."""

from datetime import datetime

from aiohttp import web

from auth_backend.accounts.addresses import normalise_address
from auth_backend.client_facts import client_facts
from auth_backend.codes.accept import CodeThrottled
from auth_backend.factors.answers import mailed_text, not_a_code, with_retry_after
from auth_backend.factors.base import CodeNotSent
from auth_backend.factors.typed_codes import read_code
from auth_backend.i18n import translations, translator
from auth_backend.login.change_gate import SECURITY, elsewhere, require_change
from auth_backend.login.change_right import ChangeRefused
from auth_backend.login.sessions import CurrentSession
from auth_backend.middlewares import LANG
from auth_backend.pages import flat, render
from auth_backend.services import SERVICES
from auth_backend.sign_in_data.address_code_page import AddressCodePage
from auth_backend.sign_in_data.models import AddressUse
from auth_backend.sign_in_data.notice_address import (
    NothingWaits,
    NoticeAddressSet,
    ask_notice_address,
    confirm_notice_address,
    remove_notice_address,
)
from httpkit.bodies import form_body

NOTICE = f"{SECURITY}/notice-address"
CODE = f"{NOTICE}/code"
CODE_PAGE = AddressCodePage(AddressUse.NOTICE, CODE, NOTICE)
REMOVE = f"{NOTICE}/remove"


async def show_notice_address(request: web.Request) -> web.Response:
    """The address on file, and the field for another one."""
    return _page(request, await require_change(request, NOTICE, contact=True))


async def submit_notice_address(request: web.Request) -> web.Response:
    """Sends a code to what was typed."""
    current, services = await require_change(request, NOTICE, contact=True), request.app[SERVICES]
    _, typed = translator(request[LANG]), flat(form_body(request), "address")
    address = normalise_address(typed["address"])
    if address is None:
        return _page(request, current, status=422, typed=typed, error=_("That isn't an e-mail address."))
    if address in {current.user.email, current.user.notice_email}:
        error = _("That one is on file already. Type another mailbox, one that you read too.")
        return _page(request, current, status=422, typed=typed, error=error)
    facts, now = client_facts(request), services.now()
    async with services.sessions.begin() as session:
        asked = await ask_notice_address(session, services, current, address, facts=facts, now=now)
    if isinstance(asked, ChangeRefused):
        raise elsewhere(asked, NOTICE)
    if isinstance(asked.sent, CodeNotSent):
        page = _page(request, current, status=429, typed=typed, wait_until=asked.sent.until)
        return with_retry_after(page, asked.sent.until, now=now)
    services.wake_outbox()
    raise web.HTTPSeeOther(CODE)


async def show_notice_code(request: web.Request) -> web.Response:
    """The field for the code that went to the new mailbox."""
    return await _code_page(request, await require_change(request, CODE, contact=True))


async def submit_notice_code(request: web.Request) -> web.Response:
    """Takes the code; a right one puts the address on file."""
    current, services = await require_change(request, CODE, contact=True), request.app[SERVICES]
    _, ngettext = translator(request[LANG]), translations(request[LANG]).ngettext
    code = read_code(form_body(request).get("code", ""))
    if code is None:
        return await _code_page(request, current, status=422, error=not_a_code(_))
    facts, now = client_facts(request), services.now()
    async with services.sessions.begin() as session:
        outcome = await confirm_notice_address(session, services, current, code, facts=facts, now=now)
    if isinstance(outcome, ChangeRefused):
        raise elsewhere(outcome, CODE)
    if isinstance(outcome, NothingWaits):
        raise web.HTTPSeeOther(NOTICE)
    if isinstance(outcome, NoticeAddressSet):
        services.wake_outbox()
        raise web.HTTPSeeOther(f"{SECURITY}?done=notice")
    error = mailed_text(outcome, _, ngettext)
    if isinstance(outcome, CodeThrottled):
        page = await _code_page(request, current, status=429, error=error, until=outcome.until)
        return with_retry_after(page, outcome.until, now=now)
    return await _code_page(request, current, status=422, error=error)


async def submit_removal(request: web.Request) -> web.Response:
    """Takes the address off the file."""
    current, services = await require_change(request, NOTICE, contact=True), request.app[SERVICES]
    async with services.sessions.begin() as session:
        refused = await remove_notice_address(
            session, services, current, facts=client_facts(request), now=services.now()
        )
    if refused is not None:
        raise elsewhere(refused, NOTICE)
    services.wake_outbox()
    raise web.HTTPSeeOther(f"{SECURITY}?done=notice_removed")


def _page(
    request: web.Request,
    current: CurrentSession,
    *,
    status: int = 200,
    typed: dict[str, str] | None = None,
    error: str = "",
    wait_until: datetime | None = None,
) -> web.Response:
    return render(
        request,
        "sign_in_data/notice_address.html",
        status=status,
        errors={"address": error},
        typed=typed or {"address": ""},
        wait_until=wait_until,
        on_file=current.user.notice_email,
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
    heading = _("Confirm the address")
    return await CODE_PAGE.show(request, current, heading, status=status, error=error, until=until)
