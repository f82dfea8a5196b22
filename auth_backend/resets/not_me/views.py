"""The page behind "This was not me" in a notice: what happened, what the button does, and what to do afterwards."""

from datetime import datetime

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.models import User
from auth_backend.accounts.queries import get_user
from auth_backend.middlewares import LANG
from auth_backend.pages import render
from auth_backend.resets.link_cookies import PAGE as LINK_PAGE
from auth_backend.resets.link_cookies import keep, name_of, read, trade
from auth_backend.resets.links import issue_token
from auth_backend.resets.models import LinkPower, Reset, ResetState
from auth_backend.resets.not_me.dispute import Dispute, dispute_event
from auth_backend.resets.not_me.models import ToldEvent
from auth_backend.resets.not_me.told_events import event_of_token
from auth_backend.resets.not_me.words import about, does
from auth_backend.resets.undo.window import undoable_until
from auth_backend.services import SERVICES, Services

COOKIE, EVENT_PAGE, MINE_PAGE = "zoe_not_me", "/not-me/event", "/not-me/mine"


async def trade_not_me_token(request: web.Request) -> web.Response:
    """The first GET: token → cookie of this one page → an address without it. Mail scanners spend nothing."""
    raise trade(request, request.match_info["token"], COOKIE, EVENT_PAGE)


async def show_event(request: web.Request) -> web.Response:
    """What happened, by its state now, and the button; nothing before the press."""
    services = request.app[SERVICES]
    now = services.now()
    async with services.sessions.begin() as session:
        event = await event_of_token(session, read(request, COOKIE))
        if event is None:
            return render(request, "resets/link_gone.html", status=410)
        reset = await session.get(Reset, event.reset_id, populate_existing=True) if event.reset_id else None
        user = await get_user(session, event.user_id)
    assert user is not None
    return _page(request, event, reset, user, now=now)


async def stop_event(request: web.Request) -> web.Response:
    """The press. Who pressed may bring the old method back next: this browser gets that page's cookie too."""
    services = request.app[SERVICES]
    now = services.now()
    async with services.sessions.begin() as session:
        event = await event_of_token(session, read(request, COOKIE))
        outcome = await dispute_event(session, services, event, now=now) if event is not None else None
        undo = await _undo_token(session, event, now=now) if outcome is Dispute.STOPPED else None
    services.wake_outbox()
    response = web.HTTPSeeOther(EVENT_PAGE)
    if undo is not None:
        keep(request, response, name_of(LinkPower.UNDO), undo, path=LINK_PAGE[LinkPower.UNDO])
    raise response


async def show_mine(request: web.Request) -> web.Response:
    """After "It was me": nothing was changed. The link stays good, so that nobody can use it up for somebody else."""
    return render(request, "resets/not_me_mine.html")


def add_routes(app: web.Application) -> None:
    """Routes of this module."""
    app.router.add_get("/not-me/{token:[A-Za-z0-9_-]{32,128}}", trade_not_me_token)
    app.router.add_get(EVENT_PAGE, show_event)
    app.router.add_post(EVENT_PAGE, stop_event)
    app.router.add_get(MINE_PAGE, show_mine)


async def _undo_token(session: AsyncSession, event: ToldEvent | None, *, now: datetime) -> str | None:
    reset = await session.get(Reset, event.reset_id, populate_existing=True) if event and event.reset_id else None
    until = undoable_until(reset, now=now) if reset is not None else None
    if reset is None or until is None:
        return None
    return await issue_token(session, reset, LinkPower.UNDO, now=now, expires_at=until)


def _answer_by(services: Services, reported_at: datetime | None, *, now: datetime) -> datetime | None:
    """Until when a person writes, as the operator promises; None without a promise, and once it is over."""
    hours = services.settings.support_hours
    due = hours.answer_by(reported_at) if hours is not None and reported_at is not None else None
    return due if due is not None and now < due else None


def _page(request: web.Request, event: ToldEvent, reset: Reset | None, user: User, *, now: datetime) -> web.Response:
    services = request.app[SERVICES]
    stopped = event.stopped_at is not None or (reset is not None and reset.state is ResetState.DISPUTED)
    undone = reset is not None and reset.state is ResetState.UNDONE
    gone = undone or (not stopped and now >= event.expires_at)
    return render(
        request,
        "resets/not_me.html",
        status=410 if gone else 200,
        reference=event.reference,
        stopped=stopped,
        undone=undone,
        expired=gone and not undone,
        about=about(event, reset, request[LANG]),
        does=does(event, reset, request[LANG]),
        undo_until=undoable_until(reset, now=now) if reset is not None else None,
        answer_by=_answer_by(services, event.stopped_at or user.disputed_at, now=now) if stopped else None,
        frozen_until=user.frozen_until if user.frozen_until and now < user.frozen_until else None,
    )
