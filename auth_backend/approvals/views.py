"""The owner's page: what members ask, and the two buttons. A decision needs the owner's second factor, just shown."""

from typing import Any

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.models import User
from auth_backend.approvals.decisions import Decided, decide
from auth_backend.approvals.models import Decision, OwnerRequest
from auth_backend.approvals.notices import REQUESTS
from auth_backend.approvals.queries import requests_to
from auth_backend.approvals.reasons import reason_words
from auth_backend.conversations.models import Conversation
from auth_backend.i18n import Gettext, translator
from auth_backend.login.guards import require_level, with_next
from auth_backend.login.models import SessionLevel
from auth_backend.login.step_up_views import STEP_UP
from auth_backend.middlewares import LANG
from auth_backend.outbox.request_facts import browser, place
from auth_backend.pages import render
from auth_backend.resets.models import Reset, ResetState
from auth_backend.resets.notices import in_words
from auth_backend.resets.policy import Reason
from auth_backend.services import SERVICES

_DONE = frozenset(Decided) - {Decided.NEED_STEP_UP}


async def show_requests(request: web.Request) -> web.Response:
    """What waits for this person's decision, and what became of the rest of the last 30 days."""
    current, services = require_level(request, SessionLevel.FULL_EMAIL, SessionLevel.FULL), request.app[SERVICES]
    if current.user.account_id is None:
        raise web.HTTPSeeOther("/account/preferences")
    now = services.now()
    waiting: list[dict[str, Any]] = []
    earlier: list[dict[str, Any]] = []
    async with services.sessions.begin() as session:
        for asked, reset, member in await requests_to(session, current.user.id, current.user.account_id, now=now):
            until = reset.owner_may_decide_until
            is_open = reset.state is ResetState.AWAITING_OWNER and until is not None and now < until
            (waiting if is_open else earlier).append(await _row(session, asked, reset, member, request[LANG]))
    return render(
        request,
        "approvals/requests.html",
        tab="members",
        waiting=waiting,
        earlier=earlier,
        done=request.query.get("done") if request.query.get("done") in _DONE else None,
    )


async def approve(request: web.Request) -> web.Response:
    """The owner's yes."""
    return await _decide(request, Decision.APPROVED)


async def refuse(request: web.Request) -> web.Response:
    """The owner's no."""
    return await _decide(request, Decision.REFUSED)


def add_routes(app: web.Application) -> None:
    """Routes of this module."""
    app.router.add_get(REQUESTS, show_requests)
    app.router.add_post(REQUESTS + "/{id:[0-9a-f]{32}}/approve", approve)
    app.router.add_post(REQUESTS + "/{id:[0-9a-f]{32}}/refuse", refuse)


async def _decide(request: web.Request, decision: Decision) -> web.Response:
    current, services = require_level(request, SessionLevel.FULL), request.app[SERVICES]
    async with services.sessions.begin() as session:
        decided = await decide(session, services, current, request.match_info["id"], decision, now=services.now())
    services.wake_outbox()
    if decided is Decided.NEED_STEP_UP:
        raise web.HTTPSeeOther(with_next(STEP_UP, REQUESTS))
    raise web.HTTPSeeOther(f"{REQUESTS}?done={decided.value}")


async def _row(session: AsyncSession, asked: OwnerRequest, reset: Reset, member: User, lang: str) -> dict[str, Any]:
    chat = await session.get(Conversation, reset.conversation_id)
    assert chat is not None  # members ask in a chat
    return {
        "id": asked.id,
        "name": member.name,
        "address": member.email,
        "reason": reason_words(Reason(asked.reason), lang),
        "note": asked.note,
        "asked_at": asked.asked_at,
        "until": reset.owner_may_decide_until,
        "reference": reset.reference,
        "place": place(chat.ip, lang),
        "browser": browser(chat.user_agent, lang),
        "removed": in_words(reset.removed, lang),
        "ending": _ending(asked, reset, translator(lang)),
    }


def _ending(asked: OwnerRequest, reset: Reset, _: Gettext) -> str:
    """How a request ended, in a word or two."""
    if asked.decision is Decision.APPROVED:
        return {
            ResetState.SCHEDULED: _("Approved, waits"),
            ResetState.EXECUTED: _("Carried out"),
            ResetState.ENROLLED: _("Carried out"),
        }.get(reset.state, _("Approved, then stopped"))
    if asked.decision is Decision.REFUSED:
        return _("Refused")
    return _("Cancelled") if reset.state is ResetState.CANCELLED else _("Not answered")
