"""Pages that change sign-in data: whom they let in, and where everybody else goes first."""

from aiohttp import web

from auth_backend.login.change_right import ChangeRefused, refusal_now
from auth_backend.login.guards import require_level, with_next
from auth_backend.login.models import SessionLevel
from auth_backend.login.sessions import CurrentSession
from auth_backend.services import SERVICES

SECURITY = "/account/security"


async def require_change(request: web.Request, page: str, *, contact: bool = False) -> CurrentSession:
    """The session if it may change sign-in data now; else raises the redirect.

    `page` is the address to come back to after a step-up. The change itself judges again under the lock.
    """
    current, services = require_level(request, SessionLevel.FULL), request.app[SERVICES]
    async with services.sessions.begin() as session:
        refused = await refusal_now(session, current, contact=contact, now=services.now())
    if refused is not None:
        raise elsewhere(refused, page)
    return current


def elsewhere(refused: ChangeRefused, page: str) -> web.HTTPSeeOther:
    """Where somebody goes who may not: to show a factor, to sign in, or to the tab, which says what is in the way."""
    if refused is ChangeRefused.STEP_UP:
        return web.HTTPSeeOther(with_next("/login/step-up", page))
    if refused is ChangeRefused.NOT_HERE:
        return web.HTTPSeeOther(with_next("/login", page))
    return web.HTTPSeeOther(SECURITY)
