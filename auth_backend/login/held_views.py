"""The page at which a sign-in is held while a reset waits: "Stop it, this wasn't me" or "It was me"."""

from datetime import datetime

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.audit.tags import Tag
from auth_backend.client_facts import ClientFacts, client_facts
from auth_backend.i18n import translator
from auth_backend.login.cookies import SESSION, set_cookie
from auth_backend.login.flow import HOME_OF
from auth_backend.login.guards import goal_of, require_level, safe_next, with_next
from auth_backend.login.held import SCHEDULED
from auth_backend.login.live import lock_live
from auth_backend.login.models import SessionLevel
from auth_backend.login.second_step import record_step
from auth_backend.login.sessions import CurrentSession, create_session, end_session
from auth_backend.middlewares import LANG
from auth_backend.pages import render
from auth_backend.resets.not_me.dispute import dispute_reset
from auth_backend.resets.queries import list_open_resets
from auth_backend.services import SERVICES, Services
from httpkit.bodies import form_body

HELD = HOME_OF[SessionLevel.HELD]
AFTER_STOP = "/account/security/reset"


async def show_question(request: web.Request) -> web.Response:
    """What waits, and the two answers; nothing before the press."""
    return await _page(request, require_level(request, SessionLevel.HELD))


async def submit_answer(request: web.Request) -> web.Response:
    """Stops what waits, or not; either way the sign-in goes on."""
    current, services = require_level(request, SessionLevel.HELD), request.app[SERVICES]
    form, _ = form_body(request), translator(request[LANG])
    said = form.get("answer", "")
    if said not in {"stop", "mine"}:
        return await _page(request, current, status=422, error=_("Choose one of the two."))
    facts, now = client_facts(request), services.now()
    async with services.sessions.begin() as session:
        token = await _go_on(session, services, current, facts, stop=said == "stop", now=now)
    goal = safe_next(form.get("next"))
    if token is None:
        raise web.HTTPSeeOther(with_next("/login", goal))
    services.wake_outbox()
    response = web.HTTPSeeOther(AFTER_STOP if said == "stop" else goal or HOME_OF[SessionLevel.FULL])
    set_cookie(request, response, SESSION, token)
    raise response


def add_routes(app: web.Application) -> None:
    """Routes of this module."""
    app.router.add_get(HELD, show_question)
    app.router.add_post(HELD, submit_answer)


async def _go_on(
    session: AsyncSession,
    services: Services,
    current: CurrentSession,
    facts: ClientFacts,
    *,
    stop: bool,
    now: datetime,
) -> str | None:
    """The `full` session of the same sign-in, with what was shown in it; None when it is over."""
    live = await lock_live(session, current, now=now)
    if live is None:
        return None
    row, user = live.row, live.user
    stopped = False
    for reset in await list_open_resets(session, user.id, SCHEDULED) if stop else ():
        stopped |= await dispute_reset(session, services, reset.id, user, now=now, by="sign_in")
    await end_session(session, live.id, now=now, reason="raised")
    _row, token = await create_session(
        session,
        user,
        SessionLevel.FULL,
        facts,
        now=now,
        second_step=row.second_step,
        password_at=row.password_at,
        stepped_up_at=row.stepped_up_at,
        shown_since=row.shown_since,
    )
    data = {"answer": "stop" if stop else "mine", "stopped": stopped, "ip": facts.ip}
    await record_step(session, services, live, Tag.LOGIN_ANSWERED, data, now=now)
    return token


async def _page(request: web.Request, current: CurrentSession, *, status: int = 200, error: str = "") -> web.Response:
    async with request.app[SERVICES].sessions.begin() as session:
        waiting = await list_open_resets(session, current.user.id, SCHEDULED)
    return render(
        request,
        "resets/was_it_you.html",
        status=status,
        reset=waiting[-1] if waiting else None,
        errors={"answer": error},
        goal=goal_of(request),
    )
