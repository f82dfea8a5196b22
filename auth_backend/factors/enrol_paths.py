"""Where the enrolment pages are: `/enrol` for who has to, `/account/security/replace` for who wants another method."""

from aiohttp import web

from auth_backend.factors.enrolment import EnrolStep, pending_of, step_of
from auth_backend.factors.models import Factor, FactorKind
from auth_backend.login.guards import require_level, with_next
from auth_backend.login.models import SessionLevel
from auth_backend.login.sessions import CurrentSession
from auth_backend.services import SERVICES

ENROL = "/enrol"
REPLACE = "/account/security/replace"


def base_of(request: web.Request) -> str:
    """The address under which the pages of this request hang together."""
    return REPLACE if request.path.startswith(REPLACE) else ENROL


def enter(request: web.Request) -> CurrentSession:
    """The session for these pages: `enrolment` at the one address, `full` at the other; else raises the redirect."""
    level = SessionLevel.FULL if base_of(request) == REPLACE else SessionLevel.ENROLMENT
    return require_level(request, level)


def at(request: web.Request, step: EnrolStep) -> CurrentSession:
    """The session if it stands at `step`; else raises the redirect. The change itself judges again under the lock."""
    current = enter(request)
    here = step_of(current, now=request.app[SERVICES].now())
    if here is not step:
        raise elsewhere(request, here)
    return current


def elsewhere(request: web.Request, step: EnrolStep) -> web.HTTPSeeOther:
    """Where a session goes that stands at another step than the form it sent."""
    if step is EnrolStep.STEP_UP:
        return web.HTTPSeeOther(with_next("/login/step-up", REPLACE))
    if step is EnrolStep.NOT_HERE:
        return web.HTTPSeeOther("/login")
    return web.HTTPSeeOther(base_of(request))


async def waiting_factor(request: web.Request, current: CurrentSession, kind: FactorKind) -> Factor | None:
    """The factor of this kind that waits in this session for its first code."""
    async with request.app[SERVICES].sessions.begin() as session:
        return await pending_of(session, current, kind)
