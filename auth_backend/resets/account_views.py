"""What a signed-in user sees of a reset that waits or waited, with the stop button; and ending a hold on changes."""

from datetime import datetime

from aiohttp import web

from auth_backend.accounts.freeze import frozen, lift
from auth_backend.accounts.password_check import PasswordAccepted, PasswordThrottled, check_password
from auth_backend.audit.tags import Tag
from auth_backend.client_facts import client_facts
from auth_backend.factors.answers import too_many_tries, with_retry_after
from auth_backend.factors.enrolment import stepped_up
from auth_backend.i18n import translator
from auth_backend.login.guards import require_level, with_next
from auth_backend.login.live import lock_live
from auth_backend.login.models import SessionLevel
from auth_backend.login.second_step import record_step
from auth_backend.login.sessions import CurrentSession
from auth_backend.middlewares import LANG
from auth_backend.pages import render
from auth_backend.resets.not_me.dispute import dispute_reset
from auth_backend.resets.notices import in_words
from auth_backend.resets.queries import newest_waited
from auth_backend.services import SERVICES, Services
from httpkit.bodies import form_body

RESET, HOLD = "/account/security/reset", "/account/security/hold"
SIGNED_IN = (SessionLevel.FULL_EMAIL, SessionLevel.FULL)


async def show_reset(request: web.Request) -> web.Response:
    """How the newest reset that waited stands."""
    current, services = require_level(request, *SIGNED_IN), request.app[SERVICES]
    async with services.sessions.begin() as session:
        reset = await newest_waited(session, current.user.id)
    hold = frozen(current.user, now=services.now())
    return render(
        request,
        "resets/own.html",
        tab="security",
        reset=reset,
        removed=in_words(reset.removed, request[LANG]) if reset is not None else [],
        waits=reset is not None and reset.state.value == "scheduled",
        frozen_until=hold.until if hold is not None else None,
    )


async def stop_own_reset(request: web.Request) -> web.Response:
    """The press from within a session."""
    current, services = require_level(request, *SIGNED_IN), request.app[SERVICES]
    now = services.now()
    async with services.sessions.begin() as session:
        live = await lock_live(session, current, now=now)
        reset = await newest_waited(session, current.user.id)
        if live is not None and reset is not None:
            await dispute_reset(session, services, reset.id, live.user, now=now, by="session")
    services.wake_outbox()
    raise web.HTTPSeeOther(RESET)


async def show_hold(request: web.Request) -> web.Response:
    """What is on hold, and the password that ends it after a step-up."""
    current = _stepped_up(request)
    return _hold_page(request, current)


async def lift_hold(request: web.Request) -> web.Response:
    """Ends the hold for who has the password and showed a factor that is older than what was reported."""
    current, services, _ = _stepped_up(request), request.app[SERVICES], translator(request[LANG])
    password, facts, now = form_body(request).get("password", ""), client_facts(request), services.now()
    if not password:
        return _hold_page(request, current, status=422, error=_("Type your password."))
    judged = await check_password(
        services, address=current.user.email, password=password, browser=facts.browser, ip=facts.ip
    )
    if isinstance(judged, PasswordThrottled):
        page = _hold_page(request, current, status=429, error=too_many_tries(_))
        return with_retry_after(page, judged.until, now=now)
    if not isinstance(judged, PasswordAccepted) or not await _lift(services, current, judged):
        wrong = _("That password and code don't match, or the method is not older than the change.")
        return _hold_page(request, current, status=422, error=wrong)
    raise web.HTTPSeeOther(f"{HOLD}?done")


def add_routes(app: web.Application) -> None:
    """Routes of this module."""
    app.router.add_get(RESET, show_reset)
    app.router.add_post(f"{RESET}/stop", stop_own_reset)
    app.router.add_get(HOLD, show_hold)
    app.router.add_post(HOLD, lift_hold)


def _stepped_up(request: web.Request) -> CurrentSession:
    current = require_level(request, SessionLevel.FULL)
    if not _stepped_up_since(current, now=request.app[SERVICES].now()):
        raise web.HTTPSeeOther(with_next("/login/step-up", HOLD))
    return current


def _stepped_up_since(current: CurrentSession, *, now: datetime) -> bool:
    """Stepped up after what was reported: the step-up that made it must not end the hold within its 5 minutes."""
    shown_at, about = current.row.stepped_up_at, current.user.frozen_about
    newer = about is None or (shown_at is not None and shown_at > about)
    return newer and stepped_up(current, now=now)


async def _lift(services: Services, current: CurrentSession, judged: PasswordAccepted) -> bool:
    now = services.now()
    async with services.sessions.begin() as session:
        live = await lock_live(session, current, now=now)
        if live is None or live.user.awaits_operator or not _stepped_up_since(live, now=now):
            return False
        user, since = live.user, live.row.shown_since
        if judged.user_id != user.id or judged.password_epoch != user.password_epoch:
            return False
        if since is None or user.frozen_about is None or since >= user.frozen_about:
            return False
        lift(user, shown_since=since, now=now)
        await session.flush()
        await record_step(session, services, live, Tag.FREEZE_LIFTED, {"method": live.row.second_step}, now=now)
    return True


def _hold_page(request: web.Request, current: CurrentSession, *, status: int = 200, error: str = "") -> web.Response:
    hold = frozen(current.user, now=request.app[SERVICES].now())
    return render(
        request,
        "resets/hold.html",
        status=status,
        tab="security",
        hold=hold,
        done="done" in request.query and hold is None,
        errors={"password": error},
    )
