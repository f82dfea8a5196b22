"""Signing in with the password, and signing out."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.models import EnrolReason, User
from auth_backend.accounts.password_check import PasswordAccepted, PasswordThrottled, check_password
from auth_backend.accounts.queries import lock_user
from auth_backend.audit.service import record
from auth_backend.audit.tags import Tag
from auth_backend.client_facts import ClientFacts, client_facts
from auth_backend.factors.answers import too_many_tries
from auth_backend.factors.queries import forget_browsers, forget_devices
from auth_backend.forgotten_password.requests import end_requests
from auth_backend.i18n import translator
from auth_backend.login.cookies import DEVICE, SESSION, clear_cookie, ensure_browser, read_cookie, set_cookie
from auth_backend.login.flow import HOME_OF, after_password, grace_ends, require_enrolment
from auth_backend.login.guards import safe_next, with_next
from auth_backend.login.held import level_after
from auth_backend.login.models import SessionLevel
from auth_backend.login.second_step import send_first_code
from auth_backend.login.sessions import CurrentSession, create_session, current_session, end_session, end_sessions
from auth_backend.login.trust import remembered_device
from auth_backend.middlewares import LANG
from auth_backend.pages import flat, render
from auth_backend.services import SERVICES, Services
from httpkit.bodies import form_body


@dataclass(frozen=True)
class SignedIn:
    """What a right password gave: the cookie's token, and where the browser goes now."""

    token: str
    location: str


async def show_login(request: web.Request) -> web.Response:
    """The form; who is signed in already goes on to where they wanted to go."""
    goal = safe_next(request.query.get("next"))
    current = current_session(request)
    if current is not None and current.level is not SessionLevel.PASSWORD:
        raise web.HTTPSeeOther(goal if goal and current.level is not SessionLevel.ENROLMENT else HOME_OF[current.level])
    ensure_browser(request)
    return _page(request, goal=goal, notice=request.query.get("why"))


async def sign_in(request: web.Request) -> web.Response:
    """Judges address and password; the answer is the same for a wrong password and for an address that nobody has."""
    services, form, _ = request.app[SERVICES], form_body(request), translator(request[LANG])
    ensure_browser(request)
    goal = safe_next(form.get("next"))
    typed = flat(form, "email")
    email, password = form.get("email", "").strip(), form.get("password", "")
    errors = {}
    if not email:
        errors["email"] = _("Type the e-mail address you sign in with.")
    if not password:
        errors["password"] = _("Type your password.")
    if errors:
        return _page(request, status=422, goal=goal, errors=errors, typed=typed)
    facts = client_facts(request)
    outcome = await check_password(services, address=email, password=password, browser=facts.browser, ip=facts.ip)
    if isinstance(outcome, PasswordThrottled):
        return _throttled(request, outcome.until - services.now(), goal=goal, typed=typed)
    signed_in = None
    if isinstance(outcome, PasswordAccepted):
        signed_in = await open_session(request, services, outcome, facts, goal=goal)
    if signed_in is None:
        errors["password"] = _("That address and password don't go together. Check both and try again.")
        return _page(request, status=422, goal=goal, errors=errors, typed=typed)
    response = web.HTTPSeeOther(signed_in.location)
    set_cookie(request, response, SESSION, signed_in.token)
    raise response


async def open_session(
    request: web.Request, services: Services, accepted: PasswordAccepted, facts: ClientFacts, *, goal: str | None
) -> SignedIn | None:
    """Opens the session that the user's state allows.

    The session that this browser had before ends (fixation, shared browsers). None when the password was changed since
    it was judged (who changes a password ends the sessions that the old one opened, this one too), or the user removed.
    """
    now, before = services.now(), current_session(request)
    async with services.sessions.begin() as session:
        user = await lock_user(session, accepted.user_id)
        assert user is not None  # users are never deleted
        if user.password_epoch != accepted.password_epoch or user.removed_at is not None:
            return None
        stopped = await end_requests(session, user.id, "signed_in", now=now)
        if before is not None:
            await end_session(session, before.id, now=now, reason="signed_in_again")
        after = after_password(user, now=now, grace=services.settings.grace)
        if after.grace_over:
            require_enrolment(user, EnrolReason.GRACE_OVER)
            await end_sessions(session, user.id, now=now, reason="must_enrol")
        level, second_step, not_after = after.level, None, None
        device = read_cookie(request, DEVICE)
        if level is SessionLevel.PASSWORD and await remembered_device(session, user, device, ip=facts.ip, now=now):
            level, second_step = await level_after(session, user, None), "remembered"
        if level is SessionLevel.LIMITED:
            not_after = grace_ends(user, grace=services.settings.grace)
        row, token = await create_session(
            session, user, level, facts, now=now, second_step=second_step, not_after=not_after
        )
        await send_first_code(session, services, CurrentSession(row, user), facts, now=now)
        if stopped:
            await _record_of(session, services, user, Tag.FORGOTTEN_ENDED, now=now)
        if after.grace_over:
            await _record_grace_over(session, services, user, now=now)
        await record(
            session,
            services.keys,
            Tag.LOGIN_REMEMBERED if second_step else Tag.LOGIN_PASSWORD,
            now=now,
            actor=f"user:{user.id}",
            user_id=user.id,
            account_id=user.account_id,
            data={"level": level.value, "ip": facts.ip},
        )
    services.wake_outbox()
    return SignedIn(token, _location(level, goal))


async def sign_out(request: web.Request) -> web.Response:
    """Ends this browser's session."""
    services, current = request.app[SERVICES], current_session(request)
    if current is not None:
        now = services.now()
        async with services.sessions.begin() as session:
            await end_session(session, current.id, now=now, reason="signed_out")
            await _record_of(session, services, current.user, Tag.LOGIN_SIGNED_OUT, now=now)
    raise _signed_out(request, "signed_out")


async def sign_out_everywhere(request: web.Request) -> web.Response:
    """Ends every session of the user; no device is remembered and no browser known any more, this one neither."""
    services, current = request.app[SERVICES], current_session(request)
    if current is not None:
        now = services.now()
        async with services.sessions.begin() as session:
            await lock_user(session, current.user.id)
            await end_sessions(session, current.user.id, now=now, reason="signed_out_everywhere")
            await forget_devices(session, current.user.id, now=now)
            await forget_browsers(session, current.user.id)
            await _record_of(session, services, current.user, Tag.SESSIONS_ENDED, now=now)
    raise _signed_out(request, "everywhere")


def add_routes(app: web.Application) -> None:
    """Routes of this module."""
    app.router.add_get("/login", show_login)
    app.router.add_post("/login", sign_in)
    app.router.add_post("/sign-out", sign_out)
    app.router.add_post("/sign-out/everywhere", sign_out_everywhere)


def _page(
    request: web.Request,
    *,
    status: int = 200,
    goal: str | None,
    errors: dict[str, str] | None = None,
    typed: dict[str, str] | None = None,
    notice: str | None = None,
    wait: timedelta | None = None,
) -> web.Response:
    return render(
        request,
        "login.html",
        status=status,
        goal=goal,
        errors=errors,
        typed=typed or {"email": ""},
        notice_text=_notice(request[LANG], notice),
        wait=wait,
    )


def _notice(lang: str, why: str | None) -> str | None:
    """The sentence for a redirect's `why`; anything else says nothing."""
    _ = translator(lang)
    return {
        "activation": _("Sign in again to choose your method."),
        "signed_out": _("You are signed out."),
        "everywhere": _("You are signed out everywhere, and no device is remembered any more."),
        "ended": _("Your session has ended. Please sign in again."),
        "password": _("Your password was changed. Sign in with the new one."),
    }.get(why or "")


def _throttled(request: web.Request, wait: timedelta, *, goal: str | None, typed: dict[str, str]) -> web.Response:
    """The form with how long to wait, rounded up to whole seconds."""
    seconds = max(1, math.ceil(wait.total_seconds()))
    errors = {"password": too_many_tries(translator(request[LANG]))}
    page = _page(request, status=429, goal=goal, errors=errors, typed=typed, wait=timedelta(seconds=seconds))
    page.headers["Retry-After"] = str(seconds)
    return page


async def _record_grace_over(session: AsyncSession, services: Services, user: User, *, now: datetime) -> None:
    """A user who let the grace period pass has to enrol from now on. After the sending: its locks come first."""
    await record(
        session,
        services.keys,
        Tag.USER_MUST_ENROL,
        now=now,
        actor="system",
        user_id=user.id,
        account_id=user.account_id,
        data={"reason": EnrolReason.GRACE_OVER.value},
    )


async def _record_of(session: AsyncSession, services: Services, user: User, tag: Tag, *, now: datetime) -> None:
    await record(
        session, services.keys, tag, now=now, actor=f"user:{user.id}", user_id=user.id, account_id=user.account_id
    )


def _location(level: SessionLevel, goal: str | None) -> str:
    if level in {SessionLevel.PASSWORD, SessionLevel.HELD, SessionLevel.ENROLMENT}:
        return with_next(HOME_OF[level], goal)
    return goal or HOME_OF[level]


def _signed_out(request: web.Request, why: str) -> web.HTTPSeeOther:
    response = web.HTTPSeeOther(f"/login?why={why}")
    clear_cookie(request, response, SESSION)
    return response
