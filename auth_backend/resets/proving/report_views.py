"""The page behind [Report] in a code mail."""

from aiohttp import web

from auth_backend.pages import render
from auth_backend.resets.link_cookies import read, trade
from auth_backend.resets.proving.code_report import code_of_report, report_code, standing_of_report
from auth_backend.services import SERVICES

COOKIE, PAGE = "zoe_report", "/report/"


async def trade_report_token(request: web.Request) -> web.Response:
    """The first GET: token → cookie of this one page → an address without it."""
    raise trade(request, request.match_info["token"], COOKIE, PAGE)


async def show_report(request: web.Request) -> web.Response:
    """What the button burns; nothing before the press."""
    services = request.app[SERVICES]
    async with services.sessions.begin() as session:
        code = await code_of_report(session, read(request, COOKIE))
    if code is None:
        return render(request, "resets/link_gone.html", status=410)
    standing = standing_of_report(code, now=services.now())
    return render(request, "resets/report.html", standing=standing.value if standing else "open")


async def submit_report(request: web.Request) -> web.Response:
    """Burns the code."""
    services = request.app[SERVICES]
    async with services.sessions.begin() as session:
        code = await code_of_report(session, read(request, COOKIE))
        if code is not None:
            await report_code(session, services, code, now=services.now())
    raise web.HTTPSeeOther(PAGE)


def add_routes(app: web.Application) -> None:
    """Routes of this module."""
    app.router.add_get("/report/{token:[A-Za-z0-9_-]{32,128}}", trade_report_token)
    app.router.add_get(PAGE, show_report)
    app.router.add_post(PAGE, submit_report)
