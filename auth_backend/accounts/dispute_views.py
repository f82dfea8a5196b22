"""The page behind the link of the former owner's notice: what is disputed, and the button."""

from datetime import datetime

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.models import OwnerChange
from auth_backend.accounts.owner_change import DISPUTE
from auth_backend.accounts.owner_disputes import change_of_token, dispute
from auth_backend.accounts.queries import get_account
from auth_backend.i18n import supported
from auth_backend.pages import render
from auth_backend.resets.link_cookies import keep, read
from auth_backend.services import SERVICES

PAGE = f"{DISPUTE}/"
COOKIE = "zoe_owner_dispute"


async def trade_dispute_token(request: web.Request) -> web.Response:
    """The first GET: token → cookie → an address without it. Nothing is written."""
    lang = supported(request.query.get("lang"))
    response = web.HTTPSeeOther(f"{PAGE}?lang={lang}" if lang else PAGE)
    keep(request, response, COOKIE, request.match_info["token"], path=PAGE)
    raise response


async def show_dispute(request: web.Request) -> web.Response:
    """What happened, what the button does, or how it stands."""
    services = request.app[SERVICES]
    async with services.sessions.begin() as session:
        change = await change_of_token(session, read(request, COOKIE), now=services.now())
        return await _page(session, request, change, now=services.now())


async def press_dispute(request: web.Request) -> web.Response:
    """Disputes it, once."""
    services = request.app[SERVICES]
    async with services.sessions.begin() as session:
        await dispute(session, services, read(request, COOKIE), now=services.now())
    services.wake_outbox()
    raise web.HTTPSeeOther(PAGE)


def add_routes(app: web.Application) -> None:
    """Routes of this module."""
    app.router.add_get(DISPUTE + "/{token:[A-Za-z0-9_-]{32,128}}", trade_dispute_token)
    app.router.add_get(PAGE, show_dispute)
    app.router.add_post(PAGE, press_dispute)


async def _page(
    session: AsyncSession, request: web.Request, change: OwnerChange | None, *, now: datetime
) -> web.Response:
    account = await get_account(session, change.account_id) if change is not None else None
    stands = account is not None and change is not None and account.owner_epoch == change.epoch
    if change is None or account is None or (not stands and change.disputed_at is None):
        return render(request, "resets/link_gone.html", status=410)
    return render(
        request,
        "account/owner_dispute.html",
        account=account.name,
        at=change.at,
        disputed=change.disputed_at is not None,
        taken_back=change.taken_back_at is not None,
        by_owner=change.actor == f"user:{change.former_id}",
        now=now,
    )
