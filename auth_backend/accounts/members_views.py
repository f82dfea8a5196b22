"""The people of an account: how each is protected, and what the owner may do about it, with step-up.

Renaming, removing and bringing back have pages of their own (member_change_views.py).
"""

from dataclasses import dataclass

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.addresses import mask_address
from auth_backend.accounts.handing_over import HandedOver, hand_over
from auth_backend.accounts.models import EnrolmentState, User
from auth_backend.accounts.owned_member import NotOwned
from auth_backend.accounts.owner_disputes import change_to_take_back, take_back
from auth_backend.accounts.queries import get_account, get_user, list_members
from auth_backend.accounts.removal import BROUGHT_BACK_FOR, Removed, list_removed
from auth_backend.accounts.renaming import Renamed
from auth_backend.approvals.queries import count_waiting
from auth_backend.approvals.reasons import reason_choices
from auth_backend.client_facts import client_facts
from auth_backend.factors.queries import describe, live_factors
from auth_backend.i18n import translator
from auth_backend.login.change_gate import elsewhere, require_change
from auth_backend.login.change_right import ChangeRefused
from auth_backend.login.guards import require_level
from auth_backend.login.models import SessionLevel
from auth_backend.login.sessions import CurrentSession
from auth_backend.middlewares import LANG
from auth_backend.pages import render
from auth_backend.resets.for_member import Started, start_for_member
from auth_backend.resets.policy import Reason
from auth_backend.services import SERVICES
from httpkit.bodies import form_body

MEMBERS = "/account/members"
ONE = MEMBERS + "/{id:[0-9a-f]{32}}"
_DONE = (
    *(*HandedOver, *NotOwned, *Started, *Removed, *Renamed),
    *("taken_back", "not_taken_back"),
)


@dataclass(frozen=True)
class MemberRow:
    """A member as the reader may see them.

    Only the owner sees others' addresses and how each of them signs in.
    """

    id: str
    name: str
    address: str
    is_owner: bool
    is_reader: bool
    protected: bool | None
    methods: tuple[str, ...] = ()


async def show_members(request: web.Request) -> web.Response:
    """Who belongs to the account; the owner's buttons lead to pages that ask again."""
    current, services = require_level(request, SessionLevel.FULL_EMAIL, SessionLevel.FULL), request.app[SERVICES]
    if current.user.account_id is None:
        raise web.HTTPSeeOther("/account/preferences")
    now = services.now()
    async with services.sessions.begin() as session:
        account = await get_account(session, current.user.account_id)
        assert account is not None
        rows = [
            await _row(session, member, reader=current.user, owner_id=account.owner_id, lang=request[LANG])
            for member in await list_members(session, account.id)
        ]
        waiting = await count_waiting(session, current.user.id, now=now)
        lost = await change_to_take_back(session, current.user, now=now)
        is_owner = account.owner_id == current.user.id
        removed = await list_removed(session, account.id, now=now) if is_owner else []
    return render(
        request,
        "account/members.html",
        tab="members",
        account=account,
        rows=rows,
        is_owner=is_owner,
        removed=[(member, member.removed_at + BROUGHT_BACK_FOR) for member in removed if member.removed_at],
        waiting=waiting,
        may_take_back=lost is not None,
        done=request.query.get("done") if request.query.get("done") in _DONE else None,
    )


async def show_hand_over(request: web.Request) -> web.Response:
    """What a change of owner does, and the button."""
    current = await require_change(request, request.path, contact=True)
    member = await owned_member(request, current)
    return render(request, "account/hand_over.html", tab="members", member=member)


async def press_hand_over(request: web.Request) -> web.Response:
    """Changes the owner."""
    current, services = require_level(request, SessionLevel.FULL), request.app[SERVICES]
    async with services.sessions.begin() as session:
        outcome = await hand_over(session, services, current, request.match_info["id"], now=services.now())
    services.wake_outbox()
    if isinstance(outcome, ChangeRefused):
        raise elsewhere(outcome, request.path)
    raise web.HTTPSeeOther(f"{MEMBERS}?done={outcome.value}")


async def press_take_back(request: web.Request) -> web.Response:
    """The former owner takes the account back."""
    current, services = require_level(request, SessionLevel.FULL), request.app[SERVICES]
    async with services.sessions.begin() as session:
        outcome = await take_back(session, services, current, now=services.now())
    services.wake_outbox()
    if isinstance(outcome, ChangeRefused):
        raise elsewhere(outcome, MEMBERS)
    raise web.HTTPSeeOther(f"{MEMBERS}?done={'taken_back' if outcome else 'not_taken_back'}")


async def show_start_reset(request: web.Request) -> web.Response:
    """What a reset for a member does, the reason, and the button."""
    current = await require_change(request, request.path)
    return await _reset_page(request, current)


async def press_start_reset(request: web.Request) -> web.Response:
    """Starts it."""
    current, services = require_level(request, SessionLevel.FULL), request.app[SERVICES]
    reason = next((known for known in Reason if known.value == form_body(request).get("reason")), None)
    if reason is None:
        return await _reset_page(request, current, status=422)
    async with services.sessions.begin() as session:
        outcome = await start_for_member(
            session,
            services,
            current,
            request.match_info["id"],
            reason,
            facts=client_facts(request),
            now=services.now(),
        )
    services.wake_outbox()
    if isinstance(outcome, ChangeRefused):
        raise elsewhere(outcome, request.path)
    raise web.HTTPSeeOther(f"{MEMBERS}?done={outcome.value}")


def add_routes(app: web.Application) -> None:
    """Routes of this module."""
    app.router.add_get(MEMBERS, show_members)
    app.router.add_post(f"{MEMBERS}/take-back", press_take_back)
    app.router.add_get(ONE + "/owner", show_hand_over)
    app.router.add_post(ONE + "/owner", press_hand_over)
    app.router.add_get(ONE + "/reset", show_start_reset)
    app.router.add_post(ONE + "/reset", press_start_reset)


async def _row(session: AsyncSession, member: User, *, reader: User, owner_id: str | None, lang: str) -> MemberRow:
    row = member_row(member, reader=reader, owner_id=owner_id)
    if row.protected is None:
        return row
    methods = tuple(dict.fromkeys(describe(factor, lang) for factor in await live_factors(session, member.id)))
    return MemberRow(**{**row.__dict__, "methods": methods})


def member_row(member: User, *, reader: User, owner_id: str | None) -> MemberRow:
    """Masks what the reader may not see."""
    open_to_reader = reader.id in {owner_id, member.id}
    return MemberRow(
        id=member.id,
        name=member.name,
        address=member.email if open_to_reader else mask_address(member.email),
        is_owner=member.id == owner_id,
        is_reader=member.id == reader.id,
        protected=member.state is EnrolmentState.ENROLLED if open_to_reader else None,
    )


async def owned_member(request: web.Request, current: CurrentSession) -> User:
    """Another member of the account that the reader owns; else back to the list."""
    async with request.app[SERVICES].sessions.begin() as session:
        member = await get_user(session, request.match_info["id"])
        account = await get_account(session, current.user.account_id or "")
    owns = account is not None and account.owner_id == current.user.id
    mine = member is not None and member.account_id == current.user.account_id and member.removed_at is None
    if member is None or not owns or not mine or member.id == current.user.id:
        raise web.HTTPSeeOther(f"{MEMBERS}?done={NotOwned.NOT_OWNER.value}")
    return member


async def _reset_page(request: web.Request, current: CurrentSession, *, status: int = 200) -> web.Response:
    lang = request[LANG]
    _, member = translator(lang), await owned_member(request, current)
    async with request.app[SERVICES].sessions.begin() as session:
        factors = await live_factors(session, member.id)
    return render(
        request,
        "account/start_reset.html",
        status=status,
        tab="members",
        member=member,
        methods=list(dict.fromkeys(describe(factor, lang) for factor in factors)),
        reasons=reason_choices(lang),
        errors={"reason": _("Pick one of the reasons.")} if status == 422 else {},
    )
