"""The owner renames a member, removes one, or brings one back, with step-up."""

from aiohttp import web

from auth_backend.accounts.members_views import MEMBERS, ONE, owned_member
from auth_backend.accounts.names import MAX_NAME, one_line
from auth_backend.accounts.owned_member import NotOwned
from auth_backend.accounts.removal import BROUGHT_BACK_FOR, Removed, bring_back, remove_member
from auth_backend.accounts.renaming import Renamed, rename_member
from auth_backend.factors.queries import describe, live_factors
from auth_backend.i18n import translator
from auth_backend.login.change_gate import elsewhere, require_change
from auth_backend.login.change_right import ChangeRefused
from auth_backend.login.guards import require_level
from auth_backend.login.models import SessionLevel
from auth_backend.middlewares import LANG
from auth_backend.pages import flat, render
from auth_backend.services import SERVICES
from httpkit.bodies import form_body


async def show_rename(request: web.Request) -> web.Response:
    """The name as it is."""
    member = await owned_member(request, await require_change(request, request.path))
    return render(request, "account/rename_member.html", tab="members", member=member, typed=member.name, most=MAX_NAME)


async def submit_rename(request: web.Request) -> web.Response:
    """Takes the new one."""
    current, services, _ = require_level(request, SessionLevel.FULL), request.app[SERVICES], translator(request[LANG])
    typed = flat(form_body(request), "name")["name"]
    name = one_line(typed)
    if name is None:
        member = await owned_member(request, await require_change(request, request.path))
        errors = {"name": _("Type a name on one line, at most 100 characters.")}
        page = {"tab": "members", "member": member, "typed": typed, "most": MAX_NAME, "errors": errors}
        return render(request, "account/rename_member.html", status=422, **page)
    async with services.sessions.begin() as session:
        outcome = await rename_member(session, services, current, request.match_info["id"], name, now=services.now())
    raise _after(outcome, request.path)


async def show_removal(request: web.Request) -> web.Response:
    """What a removal does, until when it can be taken back, and the button."""
    current, services = await require_change(request, request.path), request.app[SERVICES]
    member = await owned_member(request, current)
    async with services.sessions.begin() as session:
        factors = await live_factors(session, member.id)
    return render(
        request,
        "account/remove_member.html",
        tab="members",
        member=member,
        has_phone=any(factor.phone for factor in factors),
        methods=list(dict.fromkeys(describe(factor, request[LANG]) for factor in factors)),
        until=services.now() + BROUGHT_BACK_FOR,
    )


async def press_removal(request: web.Request) -> web.Response:
    """Removes the member."""
    current, services = require_level(request, SessionLevel.FULL), request.app[SERVICES]
    async with services.sessions.begin() as session:
        outcome = await remove_member(session, services, current, request.match_info["id"], now=services.now())
    services.wake_outbox()
    raise _after(outcome, request.path)


async def press_bring_back(request: web.Request) -> web.Response:
    """Takes a removal back."""
    current, services = require_level(request, SessionLevel.FULL), request.app[SERVICES]
    async with services.sessions.begin() as session:
        outcome = await bring_back(session, services, current, request.match_info["id"], now=services.now())
    services.wake_outbox()
    raise _after(outcome, MEMBERS)


def add_routes(app: web.Application) -> None:
    """Routes of this module."""
    app.router.add_get(ONE + "/name", show_rename)
    app.router.add_post(ONE + "/name", submit_rename)
    app.router.add_get(ONE + "/remove", show_removal)
    app.router.add_post(ONE + "/remove", press_removal)
    app.router.add_post(ONE + "/bring-back", press_bring_back)


def _after(outcome: Renamed | Removed | NotOwned | ChangeRefused, page: str) -> web.HTTPSeeOther:
    """The list, which says what became of it; or where somebody goes who may not, and then back to `page`."""
    if isinstance(outcome, ChangeRefused):
        return elsewhere(outcome, page)
    return web.HTTPSeeOther(f"{MEMBERS}?done={outcome.value}")
