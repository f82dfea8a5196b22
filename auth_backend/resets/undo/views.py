"""The pages of an undo: the password, then a code of the removed method. By the mailed link, or by reference."""

from datetime import datetime

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.password_check import PasswordThrottled
from auth_backend.client_facts import client_facts
from auth_backend.crypto import token_hash
from auth_backend.factors.answers import not_a_code, refused_text, too_many_tries, with_retry_after
from auth_backend.factors.base import CodeNotSent, FactorRefused, FactorThrottled
from auth_backend.factors.models import FactorKind
from auth_backend.factors.typed_codes import read_code
from auth_backend.i18n import translator
from auth_backend.middlewares import LANG
from auth_backend.pages import render
from auth_backend.resets.link_cookies import PAGE, keep, read, trade_token, traded_token
from auth_backend.resets.models import LinkPower, Reset, ResetState
from auth_backend.resets.not_me.references import (
    ReferenceThrottled,
    find_by_reference,
    normalise_reference,
    not_a_reference,
)
from auth_backend.resets.queries import link_of_token
from auth_backend.resets.undo.password_half import TryBegun, begin_undo, find_try, send_again, shows_code, try_of_token
from auth_backend.resets.undo.restoring import ResetUndone, SignInStopped, undo_reset
from auth_backend.resets.undo.window import undoable_until
from auth_backend.services import SERVICES
from httpkit.bodies import form_body

UNDO = PAGE[LinkPower.UNDO]
CODE, TRY_COOKIE = f"{UNDO}code", "zoe_undo_try"


async def trade_undo_token(request: web.Request) -> web.Response:
    """The first GET: token → cookie of this one page → an address without it."""
    raise trade_token(request, request.match_info["token"], LinkPower.UNDO)


async def show_undo(request: web.Request) -> web.Response:
    """What would come back, and the password; who came without a link names the reference too."""
    services = request.app[SERVICES]
    now, token = services.now(), traded_token(request, LinkPower.UNDO)
    async with services.sessions.begin() as session:
        reset = await _reset_of_link(session, token)
    if token is not None and reset is None:
        return render(request, "resets/link_gone.html", status=410)
    if reset is not None and undoable_until(reset, now=now) is None:
        return _over(request, undone=reset.state is ResetState.UNDONE)
    return _password_page(request, reset)


async def submit_undo_password(request: web.Request) -> web.Response:
    """Judges the password; a wrong reference and a wrong password are answered alike."""
    services, form, _ = request.app[SERVICES], form_body(request), translator(request[LANG])
    reference, password = form.get("reference", ""), form.get("password", "")
    facts, now = client_facts(request), services.now()
    async with services.sessions.begin() as session:
        by_link = await _reset_of_link(session, traded_token(request, LinkPower.UNDO))
    errors = {}
    if by_link is None and normalise_reference(reference) is None:
        errors["reference"] = not_a_reference(_)
    if not password:
        errors["password"] = _("Type your password.")
    if errors:
        return _password_page(request, by_link, status=422, errors=errors)
    found: Reset | ReferenceThrottled | None = by_link
    if by_link is None:
        async with services.sessions.begin() as session:
            found = await find_by_reference(session, services, reference, ip=facts.ip, now=now)
    if isinstance(found, ReferenceThrottled):
        return _throttled(request, None, "reference", found.until, now=now)
    begun = await begin_undo(services, found, password, facts, reference=reference)
    if isinstance(begun, PasswordThrottled):
        return _throttled(request, by_link, "password", begun.until, now=now)
    if not isinstance(begun, TryBegun):
        wrong = _("That doesn't match, or it is too late. Check it and try again.")
        return _password_page(request, by_link, status=422, errors={"password": wrong})
    services.wake_outbox()
    response = web.HTTPSeeOther(CODE)
    keep(request, response, TRY_COOKIE, begun.token, path=UNDO)
    raise response


async def show_undo_code(request: web.Request) -> web.Response:
    """The field for the code; once it was right, how things stand."""
    services = request.app[SERVICES]
    token, now = read(request, TRY_COOKIE), services.now()
    async with services.sessions.begin() as session:
        found = await try_of_token(session, token)
        reset = await session.get(Reset, found.reset_id, populate_existing=True) if found is not None else None
        live = await find_try(session, token, now=now)
    if found is None or reset is None:
        raise web.HTTPSeeOther(UNDO)
    if found.ended_at is not None:
        return render(
            request, "resets/undo_done.html", undone=reset.state is ResetState.UNDONE, reference=reset.reference
        )
    if live is None or undoable_until(reset, now=now) is None:
        return _over(request, undone=reset.state is ResetState.UNDONE)
    return await _code_page(request, sent="sent" in request.query)


async def submit_undo_code(request: web.Request) -> web.Response:
    """The press that undoes it."""
    services, _ = request.app[SERVICES], translator(request[LANG])
    code, facts, now = read_code(form_body(request).get("code", "")), client_facts(request), services.now()
    if code is None:
        return await _code_page(request, status=422, error=not_a_code(_))
    async with services.sessions.begin() as session:
        outcome = await undo_reset(session, services, read(request, TRY_COOKIE), code, facts, now=now)
    if isinstance(outcome, FactorThrottled):
        page = await _code_page(request, status=429, error=refused_text(outcome, _), until=outcome.until)
        return with_retry_after(page, outcome.until, now=now)
    if isinstance(outcome, FactorRefused):
        return await _code_page(request, status=422, error=refused_text(outcome, _))
    services.wake_outbox()
    if isinstance(outcome, ResetUndone | SignInStopped):
        raise web.HTTPSeeOther(CODE)
    return _over(request, undone=False)


async def send_undo_code(request: web.Request) -> web.Response:
    """Another text message."""
    services = request.app[SERVICES]
    now, facts = services.now(), client_facts(request)
    async with services.sessions.begin() as session:
        sent = await send_again(session, services, read(request, TRY_COOKIE), facts, now=now)
    if isinstance(sent, CodeNotSent):
        return with_retry_after(await _code_page(request, status=429, until=sent.until), sent.until, now=now)
    services.wake_outbox()
    raise web.HTTPSeeOther(f"{CODE}?sent" if sent is not None else CODE)


def add_routes(app: web.Application) -> None:
    """Routes of this module."""
    app.router.add_get("/undo/{token:[A-Za-z0-9_-]{32,128}}", trade_undo_token)
    app.router.add_get(UNDO, show_undo)
    app.router.add_post(UNDO, submit_undo_password)
    app.router.add_get(CODE, show_undo_code)
    app.router.add_post(CODE, submit_undo_code)
    app.router.add_post(f"{UNDO}send", send_undo_code)


async def _reset_of_link(session: AsyncSession, token: str | None) -> Reset | None:
    link = await link_of_token(session, token_hash(token), LinkPower.UNDO) if token else None
    return await session.get(Reset, link.reset_id, populate_existing=True) if link is not None else None


def _password_page(
    request: web.Request,
    reset: Reset | None,
    *,
    status: int = 200,
    errors: dict[str, str] | None = None,
    blocked_until: datetime | None = None,
) -> web.Response:
    return render(
        request,
        "resets/undo.html",
        status=status,
        errors=errors,
        reset=reset,
        typed=form_body(request).get("reference", "")[:40] if request.method == "POST" else "",
        blocked_until=blocked_until,
    )


def _throttled(
    request: web.Request, reset: Reset | None, field: str, until: datetime, *, now: datetime
) -> web.Response:
    errors = {field: too_many_tries(translator(request[LANG]))}
    page = _password_page(request, reset, status=429, errors=errors, blocked_until=until)
    return with_retry_after(page, until, now=now)


async def _code_page(
    request: web.Request, *, status: int = 200, error: str = "", until: datetime | None = None, sent: bool = False
) -> web.Response:
    services = request.app[SERVICES]
    async with services.sessions.begin() as session:
        found = await find_try(session, read(request, TRY_COOKIE), now=services.now())
        factors = await shows_code(session, found.reset_id) if found is not None else []
    return render(
        request,
        "resets/undo_code.html",
        status=status,
        errors={"code": error},
        until=until,
        sent=sent,
        by_sms=any(factor.kind is FactorKind.SMS for factor in factors),
    )


def _over(request: web.Request, *, undone: bool) -> web.Response:
    return render(request, "resets/undo_over.html", status=200 if undone else 410, undone=undone)
