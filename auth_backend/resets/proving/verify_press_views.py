"""The buttons of a chat on a foreign site or channel: the yes, or asking the owner, pressed on the verify page."""

from datetime import datetime

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.approvals.asking import ask_owner
from auth_backend.approvals.policy import MAX_NOTE
from auth_backend.approvals.reasons import reason_choices
from auth_backend.i18n import translator
from auth_backend.middlewares import LANG
from auth_backend.pages import render
from auth_backend.resets.confirming.confirmation import confirm, lock_judged
from auth_backend.resets.confirming.nonces import Recorded, awaited_press, issue_nonce
from auth_backend.resets.events import ChatEvent, tell_chat
from auth_backend.resets.link_cookies import PAGE
from auth_backend.resets.models import NoncePurpose
from auth_backend.resets.notices import in_words, removed_entries, told
from auth_backend.resets.policy import Reason
from auth_backend.resets.proving.verify_page import VERIFY, Opened, may_confirm_here, open_page
from auth_backend.services import SERVICES, Services
from httpkit.bodies import form_body


async def ask_on_page(request: web.Request) -> web.Response:
    """A member's wish to ask the owner, where the chat runs on a foreign site or channel."""
    services, form = request.app[SERVICES], form_body(request)
    now, reason = services.now(), next((known for known in Reason if known.value == form.get("reason")), None)
    async with services.sessions.begin() as session:
        opened = await open_page(session, request, now=now)
        may = opened is not None and may_confirm_here(request, opened)
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
        opened = await open_page(session, request, now=now)
        if opened is not None and may_confirm_here(request, opened):
            await _confirm(session, services, opened, now=now)
    services.wake_outbox()
    raise web.HTTPSeeOther(PAGE[VERIFY])


async def press_page(session: AsyncSession, request: web.Request, opened: Opened, press: NoncePurpose) -> web.Response:
    """The page with the button that is awaited."""
    if press is NoncePurpose.ASK_OWNER:
        return _ask_page(request, opened)
    return await _confirmation_page(session, request, opened)


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
