"""The pages behind the links in a notice: how the reset stands, and stopping it. Two tokens, two powers."""

from datetime import datetime

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.addresses import mask_address
from auth_backend.accounts.queries import get_user
from auth_backend.crypto import token_hash
from auth_backend.middlewares import LANG
from auth_backend.pages import render
from auth_backend.resets.executing.cancellation import cancel_by_link
from auth_backend.resets.link_cookies import PAGE, trade_token, traded_token
from auth_backend.resets.links import find_link
from auth_backend.resets.models import LinkPower, Reset, ResetState
from auth_backend.resets.notices import in_words
from auth_backend.resets.queries import link_of_token
from auth_backend.resets.states import SAID_YES
from auth_backend.services import SERVICES


async def trade_reset_token(request: web.Request) -> web.Response:
    """The first GET: token → cookie of its one power → an address without it."""
    services, token = request.app[SERVICES], request.match_info["token"]
    async with services.sessions.begin() as session:
        cancels = await link_of_token(session, token_hash(token), LinkPower.CANCEL)
    raise trade_token(request, token, LinkPower.CANCEL if cancels else LinkPower.STATUS)


async def show_status(request: web.Request) -> web.Response:
    """How the reset stands; offers nothing."""
    services = request.app[SERVICES]
    async with services.sessions.begin() as session:
        link = await find_link(session, traded_token(request, LinkPower.STATUS), LinkPower.STATUS, now=services.now())
        return await _page(session, request, link.reset_id if link else None, "resets/status.html")


async def show_cancel(request: web.Request) -> web.Response:
    """What would be stopped, and the button; nothing before the press."""
    services = request.app[SERVICES]
    now = services.now()
    async with services.sessions.begin() as session:
        reset_id = await _cancellable(session, request, now=now)
        return await _page(session, request, reset_id, "resets/cancel.html")


async def cancel_reset(request: web.Request) -> web.Response:
    """Stops it, once; too late, it says so."""
    services = request.app[SERVICES]
    now = services.now()
    async with services.sessions.begin() as session:
        link = await find_link(session, traded_token(request, LinkPower.CANCEL), LinkPower.CANCEL, now=now)
        if link is not None:
            await cancel_by_link(session, services, link.reset_id, now=now)
    services.wake_outbox()
    raise web.HTTPSeeOther(PAGE[LinkPower.CANCEL])


def add_routes(app: web.Application) -> None:
    """Routes of this module."""
    app.router.add_get("/resets/{token:[A-Za-z0-9_-]{32,128}}", trade_reset_token)
    app.router.add_get(PAGE[LinkPower.STATUS], show_status)
    app.router.add_get(PAGE[LinkPower.CANCEL], show_cancel)
    app.router.add_post(PAGE[LinkPower.CANCEL], cancel_reset)


async def _cancellable(session: AsyncSession, request: web.Request, *, now: datetime) -> str | None:
    """The reset of the cancel link. A link that was ended with its reset still shows how that ended."""
    token = traded_token(request, LinkPower.CANCEL)
    link = await link_of_token(session, token_hash(token), LinkPower.CANCEL) if token else None
    return link.reset_id if link is not None and now < link.expires_at else None


async def _page(session: AsyncSession, request: web.Request, reset_id: str | None, template: str) -> web.Response:
    reset = await session.get(Reset, reset_id, populate_existing=True) if reset_id else None
    if reset is None:
        return render(request, "resets/link_gone.html", status=410)
    user = await get_user(session, reset.target_id)
    assert user is not None
    return render(
        request,
        template,
        reference=reset.reference,
        state=reset.state.value,
        open=reset.state in SAID_YES,
        awaits_owner_until=reset.owner_may_decide_until if reset.state is ResetState.AWAITING_OWNER else None,
        address=mask_address(user.email),
        removed=in_words(reset.removed, request[LANG]),
        confirmed_at=reset.confirmed_at,
        scheduled_for=reset.scheduled_for,
        executed_at=reset.executed_at,
        ended_at=reset.ended_at,
    )
