"""Account Preferences: the profile and its language; the people of the account have pages of their own."""

from aiohttp import web
from yarl import URL

from auth_backend.accounts import dispute_views, member_change_views, members_views
from auth_backend.accounts.queries import get_account
from auth_backend.accounts.service import change_language
from auth_backend.login.guards import require_level, safe_next
from auth_backend.login.models import SessionLevel
from auth_backend.pages import render
from auth_backend.services import SERVICES
from httpkit.bodies import form_body

SIGNED_IN = (SessionLevel.LIMITED, SessionLevel.FULL_EMAIL, SessionLevel.FULL)


async def show_preferences(request: web.Request) -> web.Response:
    """Name, address, role, language, sessions."""
    current = require_level(request, *SIGNED_IN)
    account = None
    if current.user.account_id is not None:
        async with request.app[SERVICES].sessions.begin() as session:
            account = await get_account(session, current.user.account_id)
    return render(
        request,
        "account/preferences.html",
        tab="profile",
        account=account,
        is_owner=account is not None and account.owner_id == current.user.id,
        saved="saved" in request.query,
    )


async def save_language(request: web.Request) -> web.Response:
    """From the profile page or the header's menu; goes back to where it was asked."""
    current, services, form = require_level(request, *SIGNED_IN), request.app[SERVICES], form_body(request)
    async with services.sessions.begin() as session:
        changed = await change_language(
            session, services.keys, current.user.id, form.get("language", ""), now=services.now()
        )
    if not changed:
        raise web.HTTPSeeOther("/account/preferences")
    raise web.HTTPSeeOther(_without_language(safe_next(form.get("back"))) or "/account/preferences?saved")


def add_routes(app: web.Application) -> None:
    """Routes of this module."""
    app.router.add_get("/account/preferences", show_preferences)
    app.router.add_post("/account/preferences/language", save_language)
    members_views.add_routes(app)
    member_change_views.add_routes(app)
    dispute_views.add_routes(app)


def _without_language(path: str | None) -> str | None:
    """A page that was reached with `?lang=` would stay in that language whatever the profile says."""
    if path is None:
        return None
    return str(URL(path, encoded=True).without_query_params("lang"))
