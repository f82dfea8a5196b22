"""Account Preferences: the profile, its language, and the people of the account."""

from dataclasses import dataclass

from aiohttp import web
from yarl import URL

from auth_backend.accounts.addresses import mask_address
from auth_backend.accounts.models import EnrolmentState, User
from auth_backend.accounts.queries import get_account, list_members
from auth_backend.accounts.service import change_language
from auth_backend.login.guards import require_level, safe_next
from auth_backend.login.models import SessionLevel
from auth_backend.pages import render
from auth_backend.services import SERVICES
from httpkit.bodies import form_body

SIGNED_IN = (SessionLevel.LIMITED, SessionLevel.FULL_EMAIL, SessionLevel.FULL)


@dataclass(frozen=True)
class MemberRow:
    """A member as the reader may see them.

    Only the owner sees others' addresses and whether they have a second factor.
    """

    name: str
    address: str
    is_owner: bool
    is_reader: bool
    protected: bool | None


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


async def show_members(request: web.Request) -> web.Response:
    """Who belongs to the account; read only."""
    current = require_level(request, SessionLevel.FULL_EMAIL, SessionLevel.FULL)
    if current.user.account_id is None:
        raise web.HTTPSeeOther("/account/preferences")
    async with request.app[SERVICES].sessions.begin() as session:
        account = await get_account(session, current.user.account_id)
        members = await list_members(session, current.user.account_id)
    assert account is not None
    rows = [member_row(member, reader=current.user, owner_id=account.owner_id) for member in members]
    reads_as_owner = account.owner_id == current.user.id
    return render(request, "account/members.html", tab="members", account=account, rows=rows, is_owner=reads_as_owner)


def member_row(member: User, *, reader: User, owner_id: str | None) -> MemberRow:
    """Masks what the reader may not see."""
    open_to_reader = reader.id in {owner_id, member.id}
    return MemberRow(
        name=member.name,
        address=member.email if open_to_reader else mask_address(member.email),
        is_owner=member.id == owner_id,
        is_reader=member.id == reader.id,
        protected=member.state is EnrolmentState.ENROLLED if open_to_reader else None,
    )


def add_routes(app: web.Application) -> None:
    """Routes of this module."""
    app.router.add_get("/account/preferences", show_preferences)
    app.router.add_post("/account/preferences/language", save_language)
    app.router.add_get("/account/members", show_members)


def _without_language(path: str | None) -> str | None:
    """A page that was reached with `?lang=` would stay in that language whatever the profile says."""
    if path is None:
        return None
    return str(URL(path, encoded=True).without_query_params("lang"))
