"""Account → Security → Sign-in activity and devices."""

from aiohttp import web

from auth_backend.i18n import translator
from auth_backend.login.activity import (
    end_one_session,
    forget_one_device,
    in_words,
    list_activity,
    sign_out_elsewhere,
)
from auth_backend.login.guards import require_level
from auth_backend.login.models import SessionLevel
from auth_backend.login.queries import list_good_sessions
from auth_backend.login.trust import list_remembered
from auth_backend.middlewares import LANG
from auth_backend.outbox.request_facts import browser
from auth_backend.pages import render
from auth_backend.services import SERVICES
from httpkit.bodies import form_body

ACTIVITY = "/account/security/activity"
SIGNED_IN = (SessionLevel.LIMITED, SessionLevel.FULL_EMAIL, SessionLevel.FULL)


async def show_activity(request: web.Request) -> web.Response:
    """Sessions and devices with a button each, and the last 30 days."""
    current, services, lang = require_level(request, *SIGNED_IN), request.app[SERVICES], request[LANG]
    now, _ = services.now(), translator(lang)
    async with services.sessions.begin() as session:
        rows = await list_good_sessions(session, current.user, now=now)
        devices = await list_remembered(session, current.user, now=now)
        events = await list_activity(session, current.user, now=now)
    return render(
        request,
        "security/activity.html",
        tab="security",
        places=[
            {
                "id": row.id,
                "browser": browser(row.user_agent, lang),
                "ip": row.ip,
                "since": row.created_at,
                "seen": row.last_seen_at,
                "here": row.id == current.id,
            }
            for row in rows
        ],
        devices=devices,
        events=[{"what": in_words(event, _), "at": event.at, "ip": event.data.get("ip", "")} for event in events],
        done="done" in request.query,
    )


async def end_session(request: web.Request) -> web.Response:
    """Ends one session."""
    current, services = require_level(request, *SIGNED_IN), request.app[SERVICES]
    async with services.sessions.begin() as session:
        await end_one_session(session, services, current, form_body(request).get("id", ""), now=services.now())
    raise web.HTTPSeeOther(f"{ACTIVITY}?done")


async def forget_device(request: web.Request) -> web.Response:
    """Forgets one device."""
    current, services = require_level(request, *SIGNED_IN), request.app[SERVICES]
    async with services.sessions.begin() as session:
        await forget_one_device(session, services, current, form_body(request).get("id", ""), now=services.now())
    raise web.HTTPSeeOther(f"{ACTIVITY}?done")


async def end_others(request: web.Request) -> web.Response:
    """Keeps this session alone."""
    current, services = require_level(request, *SIGNED_IN), request.app[SERVICES]
    async with services.sessions.begin() as session:
        await sign_out_elsewhere(session, services, current, now=services.now())
    raise web.HTTPSeeOther(f"{ACTIVITY}?done")


def add_routes(app: web.Application) -> None:
    """Routes of this module."""
    app.router.add_get(ACTIVITY, show_activity)
    app.router.add_post(f"{ACTIVITY}/end", end_session)
    app.router.add_post(f"{ACTIVITY}/forget", forget_device)
    app.router.add_post(f"{ACTIVITY}/elsewhere", end_others)
