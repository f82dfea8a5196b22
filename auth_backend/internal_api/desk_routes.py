"""Scope `bot`, for the support desk: who an agent is, what the desk may see, and what the desk did."""

from aiohttp import web

from auth_backend.audit.service import record
from auth_backend.audit.tags import Tag
from auth_backend.desk.models import GENERAL_TEAM, DeskMember
from auth_backend.desk.service import desk_agent, teams_for_account
from auth_backend.internal_api.bodies import DeskAct, SessionToken
from auth_backend.internal_api.guards import for_bot, known_conversation
from auth_backend.login.models import SessionLevel
from auth_backend.login.sessions import CurrentSession, resolve_session_token
from auth_backend.resets.confirming.confirmation import current_reset
from auth_backend.resets.confirming.nonces import close_card
from auth_backend.resets.facts import conversation_facts
from auth_backend.services import SERVICES
from httpkit.bodies import json_model
from httpkit.errors import ClientError

_TAGS = {
    "panel_read": Tag.DESK_PANEL_READ,
    "claimed": Tag.DESK_CLAIMED,
    "handed_back": Tag.DESK_HANDED_BACK,
    "closed": Tag.DESK_CLOSED,
}
_UNFINISHED = {SessionLevel.PASSWORD, SessionLevel.ENROLMENT}
"""Sessions that the sign-in pages lead further; the desk sends them there."""


async def read_desk_agent(request: web.Request) -> web.Response:
    """`POST desk/agent`: only a desk user's full session is an agent."""
    body, services = json_model(request, SessionToken), request.app[SERVICES]
    async with services.sessions.begin() as session:
        current = await resolve_session_token(session, body.session_token, now=services.now())
        agent = await desk_agent(session, current.user, current.level) if current is not None else None
    if agent is None:
        return web.json_response({"agent": None, "refused": _refused(current)})
    return web.json_response({"agent": agent.as_json(), "refused": None})


async def read_desk_panel(request: web.Request) -> web.Response:
    """`GET conversations/{id}/desk-panel`: what was typed and proven; no account before both."""
    services = request.app[SERVICES]
    async with services.sessions.begin() as session:
        conversation = await known_conversation(session, request.match_info["id"])
        facts = await conversation_facts(session, conversation, now=services.now())
        reset = await current_reset(session, conversation.id)
        proven = facts["proofs"]["email"] is not None and facts["proofs"]["password"] is not None
        account_id = reset.account_id if reset is not None and proven else None
        teams = await teams_for_account(session, account_id) if account_id is not None else [GENERAL_TEAM]
    return web.json_response(
        {
            "address_typed": facts["claim"]["address"] if facts["claim"] else None,
            "proofs": facts["proofs"],
            "stage": facts["stage"],
            "teams": teams,
        }
    )


async def note_desk_event(request: web.Request) -> web.Response:
    """`POST conversations/{id}/desk-events`: the audit holds what somebody at the desk did.

    Whoever takes a conversation, gives it back or closes it ends the card that was open in it.
    """
    body, services = json_model(request, DeskAct), request.app[SERVICES]
    async with services.sessions.begin() as session:
        conversation = await known_conversation(session, request.match_info["id"])
        if await session.get(DeskMember, body.agent_id) is None:
            raise ClientError(422, "no_agent", "nobody of that id works at the desk")
        if body.event != "panel_read":
            await close_card(session, conversation.id, now=services.now())
        data = {"conversation": conversation.id}
        actor = f"agent:{body.agent_id}"
        await record(session, services.keys, _TAGS[body.event], now=services.now(), actor=actor, data=data)
    return web.json_response({"recorded": True})


def add_routes(app: web.Application) -> None:
    """Routes of this module."""
    of = "/internal/conversations/{id}"
    app.router.add_post("/internal/desk/agent", for_bot(read_desk_agent))
    app.router.add_get(f"{of}/desk-panel", for_bot(read_desk_panel))
    app.router.add_post(f"{of}/desk-events", for_bot(note_desk_event))


def _refused(current: CurrentSession | None) -> str:
    """`signed_out`: the sign-in pages can help; `not_desk`: a session of somebody else's, or short of an app's code."""
    return "signed_out" if current is None or current.level in _UNFINISHED else "not_desk"
