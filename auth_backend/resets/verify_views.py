"""The verify page: the password, typed outside the chat. It neither reads nor creates a login session."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.models import User
from auth_backend.accounts.password_check import PasswordAccepted, PasswordThrottled, check_password
from auth_backend.accounts.queries import get_user, lock_user
from auth_backend.approvals.asking import ask_owner
from auth_backend.approvals.policy import MAX_NOTE
from auth_backend.approvals.reasons import reason_choices
from auth_backend.audit.tags import Tag
from auth_backend.client_facts import ClientFacts, client_facts
from auth_backend.codes.issue import IssuedCode
from auth_backend.conversations.models import Conversation
from auth_backend.conversations.service import WEB, is_own_browser
from auth_backend.crypto import new_token, token_hash
from auth_backend.factors.answers import too_many_tries, with_retry_after
from auth_backend.i18n import translator
from auth_backend.middlewares import LANG
from auth_backend.outbox.request_facts import browser as browser_words
from auth_backend.outbox.request_facts import place
from auth_backend.pages import render
from auth_backend.resets.confirmation import confirm, lock_judged
from auth_backend.resets.events import ChatEvent, note, tell_chat
from auth_backend.resets.link_cookies import PAGE, keep, read, trade_token, traded_token
from auth_backend.resets.links import find_link
from auth_backend.resets.models import Claim, LinkPower, NoncePurpose, Reset, ResetLink
from auth_backend.resets.nonces import Recorded, awaited_press, issue_nonce
from auth_backend.resets.notices import in_words, removed_entries, told
from auth_backend.resets.policy import Reason
from auth_backend.resets.proofs import awaits_password, prove_password_here, show_return_code
from auth_backend.resets.queries import link_of_token
from auth_backend.services import SERVICES, Services
from httpkit.bodies import form_body

VERIFY = LinkPower.VERIFY
YES_COOKIE = "zoe_verify_yes"
"""Held by the browser in which the password was right: only there may the yes of a chat on a foreign site be given."""


@dataclass(frozen=True)
class Opened:
    """What the page is about."""

    link: ResetLink
    reset: Reset
    claim: Claim
    conversation: Conversation
    user: User
    own_browser: bool
    """Whether the page is open in the chat's own browser."""


async def trade_verify_token(request: web.Request) -> web.Response:
    """The first GET: token → cookie → an address without it."""
    raise trade_token(request, request.match_info["token"], VERIFY)


async def show_verify(request: web.Request) -> web.Response:
    """What is asked and for which chat; or that it is done. Changes nothing."""
    services = request.app[SERVICES]
    now = services.now()
    async with services.sessions.begin() as session:
        opened = await _open(session, request, now=now, ended_too=True)
        awaited = opened is not None and await awaits_password(session, opened.reset, now=now)
        if opened is None or (awaited and opened.link.ended_at is not None):
            page = _gone(request)
        elif awaited:
            page = _password_page(request, opened)
        elif _may_confirm_here(request, opened) and (press := await awaited_press(session, opened.reset)):
            page = await _press_page(session, request, opened, press)
        else:
            page = render(request, "resets/verify_done.html", state=opened.reset.state.value)
    return page


async def check_verify_password(request: web.Request) -> web.Response:
    """Judges the password for the address of the claim, and for no other."""
    services, _ = request.app[SERVICES], translator(request[LANG])
    password = form_body(request).get("password", "")
    now, facts = services.now(), client_facts(request)
    async with services.sessions.begin() as session:
        opened = await _open(session, request, now=now, ended_too=True)
        awaited = opened is not None and await awaits_password(session, opened.reset, now=now)
    if opened is None:
        return _gone(request)
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


async def ask_on_page(request: web.Request) -> web.Response:
    """A member's wish to ask the owner, where the chat runs on a foreign site or channel."""
    services, form = request.app[SERVICES], form_body(request)
    now, reason = services.now(), next((known for known in Reason if known.value == form.get("reason")), None)
    async with services.sessions.begin() as session:
        opened = await _open(session, request, now=now)
        may = opened is not None and _may_confirm_here(request, opened)
        if opened is not None and may and reason is not None:
            await _ask(session, services, opened, reason=reason, note=form.get("note", ""), now=now)
        elif opened is not None and may and await awaited_press(session, opened.reset) is NoncePurpose.ASK_OWNER:
            return _ask_page(request, opened, status=422)
    services.wake_outbox()
    raise web.HTTPSeeOther(PAGE[VERIFY])


async def confirm_on_page(request: web.Request) -> web.Response:
    """The yes of a chat that runs on a foreign site or channel, given in the browser where the password was right."""
    services = request.app[SERVICES]
    now = services.now()
    async with services.sessions.begin() as session:
        opened = await _open(session, request, now=now)
        if opened is not None and _may_confirm_here(request, opened):
            await _confirm(session, services, opened, now=now)
    services.wake_outbox()
    raise web.HTTPSeeOther(PAGE[VERIFY])


def add_routes(app: web.Application) -> None:
    """Routes of this module."""
    app.router.add_get("/verify/{token:[A-Za-z0-9_-]{32,128}}", trade_verify_token)
    app.router.add_get(PAGE[VERIFY], show_verify)
    app.router.add_post(PAGE[VERIFY], check_verify_password)
    app.router.add_post(f"{PAGE[VERIFY]}yes", confirm_on_page)
    app.router.add_post(f"{PAGE[VERIFY]}ask", ask_on_page)


async def _open(
    session: AsyncSession, request: web.Request, *, now: datetime, ended_too: bool = False
) -> Opened | None:
    """`ended_too`: a link that ended with its request may still tell how that ended."""
    token = traded_token(request, VERIFY)
    link = await find_link(session, token, VERIFY, now=now)
    if link is None and ended_too and token is not None:
        link = await link_of_token(session, token_hash(token), VERIFY)
    if link is None:
        return None
    reset = await session.get(Reset, link.reset_id, populate_existing=True)
    assert reset is not None
    assert reset.claim_id is not None  # a verify link belongs to a chat
    claim = await session.get(Claim, reset.claim_id)
    conversation = await session.get(Conversation, reset.conversation_id)
    user = await get_user(session, reset.requester_id)
    assert claim is not None
    assert conversation is not None
    assert user is not None
    own = await is_own_browser(session, conversation, client_facts(request))
    return Opened(link, reset, claim, conversation, user, own)


async def _accept(
    request: web.Request, services: Services, opened: Opened, facts: ClientFacts, password_epoch: int
) -> web.Response:
    """In the conversation's own browser the password is a proof; in another one a return code is shown."""
    now, held, code = services.now(), new_token(), None
    async with services.sessions.begin() as session:
        user = await lock_user(session, opened.user.id)
        link = await session.get(ResetLink, opened.link.id, populate_existing=True)
        if user is None or link is None or link.ended_at is not None:
            return _gone(request)
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


def _may_confirm_here(request: web.Request, opened: Opened) -> bool:
    held = read(request, YES_COOKIE)
    return opened.conversation.channel != WEB and held is not None and token_hash(held) == opened.link.cookie


async def _note_refused(services: Services, opened: Opened) -> None:
    async with services.sessions.begin() as session:
        data = {"proof": "password", "result": "wrong"}
        await note(session, services, Tag.RESET_PROOF_REFUSED, opened.reset, now=services.now(), data=data)


async def _confirm(session: AsyncSession, services: Services, opened: Opened, *, now: datetime) -> None:
    """The page's cookie is the chat's nonce; one is made and burnt all the same, so that there is one way to a yes."""
    found = await lock_judged(session, services, opened.conversation.id, now=now)
    issued = await issue_nonce(session, found[0], now=now) if found is not None else None
    if found is None or issued is None or found[0].id != opened.reset.id:
        return
    outcome = await confirm(
        session, services, opened.conversation, *found, nonce=issued.nonce, channel="verify_page", now=now
    )
    if outcome is Recorded.RECORDED:
        await tell_chat(session, services, opened.conversation.id, ChatEvent.RESET_CHANGED, now=now)


async def _ask(
    session: AsyncSession, services: Services, opened: Opened, *, reason: Reason, note: str, now: datetime
) -> None:
    found = await lock_judged(session, services, opened.conversation.id, now=now)
    issued = await issue_nonce(session, found[0], now=now) if found is not None else None
    if found is None or issued is None or found[0].id != opened.reset.id:
        return
    outcome = await ask_owner(
        session,
        services,
        opened.conversation,
        *found,
        nonce=issued.nonce,
        reason=reason,
        note=note,
        channel="verify_page",
        now=now,
    )
    if outcome is Recorded.RECORDED:
        await tell_chat(session, services, opened.conversation.id, ChatEvent.RESET_CHANGED, now=now)


async def _press_page(session: AsyncSession, request: web.Request, opened: Opened, press: NoncePurpose) -> web.Response:
    if press is NoncePurpose.ASK_OWNER:
        return _ask_page(request, opened)
    return await _confirmation_page(session, request, opened)


def _ask_page(request: web.Request, opened: Opened, *, status: int = 200) -> web.Response:
    """The list of reasons, and a line of the member's own for the owner's page. What was typed stays."""
    form, lang = form_body(request) if request.method == "POST" else {}, request[LANG]
    _ = translator(lang)
    return render(
        request,
        "resets/verify_ask_owner.html",
        status=status,
        reasons=reason_choices(lang),
        chosen=form.get("reason") or opened.reset.reason,
        note=form.get("note", ""),
        most=MAX_NOTE,
        errors={"reason": _("Pick one of the reasons.")} if status == 422 else {},
    )


async def _confirmation_page(session: AsyncSession, request: web.Request, opened: Opened) -> web.Response:
    now = request.app[SERVICES].now()
    removes = await removed_entries(session, opened.user, now=now)
    return render(
        request,
        "resets/verify_yes.html",
        removes=in_words(removes, request[LANG]),
        told=await told(session, opened.user, opened.reset, removes, now=now),
    )


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


def _gone(request: web.Request) -> web.Response:
    return render(request, "resets/link_gone.html", status=410)
