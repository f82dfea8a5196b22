"""The verify page: the password, typed outside the chat. It neither reads nor creates a login session."""

from typing import Any

from aiohttp import web

from auth_backend.accounts.password_check import PasswordAccepted, PasswordThrottled, check_password
from auth_backend.accounts.queries import lock_user
from auth_backend.audit.tags import Tag
from auth_backend.client_facts import ClientFacts, client_facts
from auth_backend.codes.issue import IssuedCode
from auth_backend.conversations.service import WEB, is_own_browser
from auth_backend.crypto import new_token, token_hash
from auth_backend.factors.answers import too_many_tries, with_retry_after
from auth_backend.i18n import translator
from auth_backend.middlewares import LANG
from auth_backend.outbox.request_facts import browser as browser_words
from auth_backend.outbox.request_facts import place
from auth_backend.pages import render
from auth_backend.resets.confirming.nonces import awaited_press
from auth_backend.resets.events import note
from auth_backend.resets.link_cookies import PAGE, keep, trade_token
from auth_backend.resets.models import ResetLink
from auth_backend.resets.proving.password import awaits_password, prove_password_here, show_return_code
from auth_backend.resets.proving.verify_page import VERIFY, YES_COOKIE, Opened, gone, may_confirm_here, open_page
from auth_backend.resets.proving.verify_press_views import ask_on_page, confirm_on_page, press_page
from auth_backend.services import SERVICES, Services
from httpkit.bodies import form_body


async def trade_verify_token(request: web.Request) -> web.Response:
    """The first GET: token → cookie → an address without it."""
    raise trade_token(request, request.match_info["token"], VERIFY)


async def show_verify(request: web.Request) -> web.Response:
    """What is asked and for which chat; or that it is done. Changes nothing."""
    services = request.app[SERVICES]
    now = services.now()
    async with services.sessions.begin() as session:
        opened = await open_page(session, request, now=now, ended_too=True)
        awaited = opened is not None and await awaits_password(session, opened.reset, now=now)
        if opened is None or (awaited and opened.link.ended_at is not None):
            page = gone(request)
        elif awaited:
            page = _password_page(request, opened)
        elif may_confirm_here(request, opened) and (press := await awaited_press(session, opened.reset)):
            page = await press_page(session, request, opened, press)
        else:
            page = render(request, "resets/verify_done.html", state=opened.reset.state.value)
    return page


async def check_verify_password(request: web.Request) -> web.Response:
    """Judges the password for the address of the claim, and for no other."""
    services, _ = request.app[SERVICES], translator(request[LANG])
    password = form_body(request).get("password", "")
    now, facts = services.now(), client_facts(request)
    async with services.sessions.begin() as session:
        opened = await open_page(session, request, now=now, ended_too=True)
        awaited = opened is not None and await awaits_password(session, opened.reset, now=now)
    if opened is None:
        return gone(request)
    if not awaited or opened.link.ended_at is not None:
        raise web.HTTPSeeOther(PAGE[VERIFY])
    if not password:
        return _password_page(request, opened, status=422, errors={"password": _("Type your password.")})
    epoch = opened.user.password_epoch
    outcome = await check_password(
        services, address=opened.claim.address, password=password, browser=facts.browser, ip=facts.ip
    )
    if isinstance(outcome, PasswordThrottled):
        errors = {"password": too_many_tries(_)}
        page = _password_page(request, opened, status=429, errors=errors, blocked_until=outcome.until)
        return with_retry_after(page, outcome.until, now=now)
    if not isinstance(outcome, PasswordAccepted) or outcome.user_id != opened.reset.requester_id:
        await _note_refused(services, opened)
        wrong = _("That is not the password of this address. Check it and try again.")
        return _password_page(request, opened, status=422, errors={"password": wrong})
    return await _accept(request, services, opened, facts, epoch)


def add_routes(app: web.Application) -> None:
    """Routes of this module."""
    app.router.add_get("/verify/{token:[A-Za-z0-9_-]{32,128}}", trade_verify_token)
    app.router.add_get(PAGE[VERIFY], show_verify)
    app.router.add_post(PAGE[VERIFY], check_verify_password)
    app.router.add_post(f"{PAGE[VERIFY]}yes", confirm_on_page)
    app.router.add_post(f"{PAGE[VERIFY]}ask", ask_on_page)


async def _accept(
    request: web.Request, services: Services, opened: Opened, facts: ClientFacts, password_epoch: int
) -> web.Response:
    """In the conversation's own browser the password is a proof; in another one a return code is shown."""
    now, held, code = services.now(), new_token(), None
    async with services.sessions.begin() as session:
        user = await lock_user(session, opened.user.id)
        link = await session.get(ResetLink, opened.link.id, populate_existing=True)
        if user is None or link is None or link.ended_at is not None:
            return gone(request)
        if opened.conversation.channel != WEB:
            link.cookie = token_hash(held)
        if await is_own_browser(session, opened.conversation, facts):
            await prove_password_here(session, services, opened.reset, user, password_epoch=password_epoch, now=now)
        else:
            code = await show_return_code(session, services, opened.reset, user, password_epoch=password_epoch, now=now)
    services.wake_outbox()
    response: web.StreamResponse = web.HTTPSeeOther(PAGE[VERIFY])
    if code is not None:
        response = _return_code_page(request, code)
    if opened.conversation.channel != WEB:
        keep(request, response, YES_COOKIE, held, path=PAGE[VERIFY])
    if isinstance(response, web.HTTPSeeOther):
        raise response
    assert isinstance(response, web.Response)
    return response


async def _note_refused(services: Services, opened: Opened) -> None:
    async with services.sessions.begin() as session:
        data = {"proof": "password", "result": "wrong"}
        await note(session, services, Tag.RESET_PROOF_REFUSED, opened.reset, now=services.now(), data=data)


def _password_page(request: web.Request, opened: Opened, *, status: int = 200, **more: Any) -> web.Response:
    lang = request[LANG]
    context = {
        "address": opened.claim.address,
        "started_at": opened.conversation.created_at,
        "same_browser": opened.own_browser,
        "place": place(opened.conversation.ip, lang),
        "browser": browser_words(opened.conversation.user_agent, lang),
        "blocked_until": None,
    }
    return render(request, "resets/verify.html", status=status, **{**context, **more})


def _return_code_page(request: web.Request, code: IssuedCode) -> web.Response:
    shown = f"{code.code[:3]}-{code.code[3:]}"
    return render(request, "resets/verify_return_code.html", code=shown, expires_at=code.expires_at)
