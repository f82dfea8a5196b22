"""The page behind the link of the mail to an address that was left: what happened, the button, what to do next."""

from aiohttp import web

from auth_backend.pages import render
from auth_backend.resets.link_cookies import read, trade
from auth_backend.services import SERVICES
from auth_backend.sign_in_data.email_change import DISPUTE
from auth_backend.sign_in_data.email_dispute import dispute_change
from auth_backend.sign_in_data.former_addresses import DISPUTABLE_FOR, former_of_token, is_disputable

PAGE = f"{DISPUTE}/"
COOKIE = "zoe_email_dispute"


async def trade_token(request: web.Request) -> web.Response:
    """The first GET: token → cookie → an address without it. Nothing is written."""
    raise trade(request, request.match_info["token"], COOKIE, PAGE)


async def show_dispute(request: web.Request) -> web.Response:
    """What happened and what the button does, or how it stands."""
    services = request.app[SERVICES]
    async with services.sessions.begin() as session:
        row = await former_of_token(session, read(request, COOKIE))
    open_ = row is not None and is_disputable(row, now=services.now())
    if row is None or (row.disputed_at is None and not open_):
        return render(request, "resets/link_gone.html", status=410)
    return render(
        request,
        "sign_in_data/email_dispute.html",
        address=row.address,
        at=row.at,
        until=row.at + DISPUTABLE_FOR,
        reference=row.reference,
        disputed=not open_,
        settled=row.end_reason,
    )


async def press_dispute(request: web.Request) -> web.Response:
    """Disputes it, once."""
    services = request.app[SERVICES]
    async with services.sessions.begin() as session:
        await dispute_change(session, services, read(request, COOKIE), now=services.now())
    services.wake_outbox()
    raise web.HTTPSeeOther(PAGE)


def add_routes(app: web.Application) -> None:
    """Routes of this module."""
    app.router.add_get(DISPUTE + "/{token:[A-Za-z0-9_-]{32,128}}", trade_token)
    app.router.add_get(PAGE, show_dispute)
    app.router.add_post(PAGE, press_dispute)
