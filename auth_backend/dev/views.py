"""`/dev/mailbox`, `/dev/mailbox.json`, `/dev/clock`."""

import re
from datetime import timedelta

from aiohttp import web
from markupsafe import Markup, escape
from pydantic import BaseModel, ConfigDict, Field

from auth_backend.dev.clock import advance_clock
from auth_backend.dev.locality import local_only
from auth_backend.dev.mailbox import as_json, list_mail
from auth_backend.pages import render
from auth_backend.services import SERVICES
from httpkit.bodies import json_model
from httpkit.clock import OffsetClock, iso

TEN_YEARS_S = int(timedelta(days=3653).total_seconds())
_ADDRESS = re.compile(r"https?://[^\s<>\"']+")


class Advance(BaseModel):
    """The body of `POST /dev/clock`; the clock only goes forward."""

    model_config = ConfigDict(extra="forbid", strict=True)
    advance_s: int = Field(ge=0, le=TEN_YEARS_S)


async def show_mailbox(request: web.Request) -> web.StreamResponse:
    """What was "sent", for a developer's eyes; `?to=` for one destination."""
    to = request.query.get("to", "").strip() or None
    async with request.config_dict[SERVICES].sessions.begin() as session:
        mails = await list_mail(session, to)
    rows = [(mail, with_links(mail.text)) for mail in mails]
    return render(request, "dev/mailbox.html", rows=rows, to=to or "")


async def list_mailbox(request: web.Request) -> web.StreamResponse:
    """The same for programs."""
    async with request.config_dict[SERVICES].sessions.begin() as session:
        mails = await list_mail(session, request.query.get("to"))
    return web.json_response([as_json(mail) for mail in mails])


async def move_clock(request: web.Request) -> web.StreamResponse:
    """Moves the present forward and tells it. What has become due by that is sent at once."""
    advance = json_model(request, Advance)
    services = request.config_dict[SERVICES]
    assert isinstance(services.now, OffsetClock)  # `add_routes` has looked
    now = await advance_clock(services.sessions, services.now, advance.advance_s)
    services.wake_outbox()
    return web.json_response({"now": iso(now)})


def with_links(text: str) -> Markup:
    """Escapes a message and makes its addresses links."""
    parts, end = [], 0
    for match in _ADDRESS.finditer(text):
        parts += [escape(text[end : match.start()]), Markup('<a href="{0}">{0}</a>').format(match[0])]
        end = match.end()
    return Markup("").join([*parts, escape(text[end:])])


def add_routes(app: web.Application) -> None:
    """Routes of this module: none unless this is development, with a clock that can be moved."""
    services = app[SERVICES]
    if not services.settings.dev:
        return
    app.router.add_get("/dev/mailbox", local_only(show_mailbox))
    app.router.add_get("/dev/mailbox.json", local_only(list_mailbox))
    if isinstance(services.now, OffsetClock):
        app.router.add_post("/dev/clock", local_only(move_clock))
