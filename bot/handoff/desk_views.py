"""The desk's calls (`/desk/api/…`): JSON in and out, the session judged each time; what changes anything is POST from
a page of Zoe's own.
"""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Annotated

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from bot.auth_client import BackendUnavailableError
from bot.directline.queries import PAGE, list_after
from bot.directline.wire import parse_watermark
from bot.handoff import agents
from bot.handoff.backend import Agent
from bot.handoff.desk_access import (
    require_agent,
    require_at_desk,
    require_own_origin,
    require_sight,
    unavailable,
)
from bot.handoff.desk_shapes import agent_json, conversation_json, lists_json, panel_json, transcript_json
from bot.handoff.queries import list_in_desk
from bot.handoff.states import State
from bot.incoming_text import MAX_CHARACTERS
from bot.keys import BOT, Bot
from bot.models import ActivityRow
from httpkit.bodies import json_model
from httpkit.clock import iso
from httpkit.errors import ClientError

type AgentHandler = Callable[[web.Request, Bot, Agent], Awaitable[web.Response]]

_NO_STORE = {"Cache-Control": "no-store"}


class Nothing(BaseModel):
    """Calls without an argument."""

    model_config = ConfigDict(extra="forbid")


class AgentReply(BaseModel):
    """`POST …/replies`; the same `client_id` again is the same message."""

    model_config = ConfigDict(extra="forbid")

    text: Annotated[str, Field(max_length=4 * MAX_CHARACTERS)]
    client_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9._:|-]{1,128}$")]


def reading(handler: AgentHandler) -> Callable[[web.Request], Awaitable[web.Response]]:
    """A GET of an agent's."""

    @wraps(handler)
    async def guarded(request: web.Request) -> web.Response:
        return await handler(request, request.app[BOT], await require_agent(request))

    return guarded


def acting(handler: AgentHandler) -> Callable[[web.Request], Awaitable[web.Response]]:
    """A POST of an agent's: same origin first."""

    @wraps(handler)
    async def guarded(request: web.Request) -> web.Response:
        require_own_origin(request, request.app[BOT])
        return await handler(request, request.app[BOT], await require_agent(request))

    return guarded


@reading
async def show_lists(_request: web.Request, bot: Bot, agent: Agent) -> web.Response:
    """`GET state`: who waits, what is mine, what is with others."""
    async with bot.database.read() as session:
        in_desk = await list_in_desk(session)
    return _answer({"agent": agent_json(agent), "now": iso(bot.now()), **lists_json(in_desk, agent)})


@reading
async def read_news(request: web.Request, bot: Bot, agent: Agent) -> web.Response:
    """`GET conversations/{id}/activities?after=`: the transcript from there on, Zoe's part too."""
    after = parse_watermark(request.query.get("after"))
    conversation, _ = await require_sight(bot, agent, _id(request))
    rows: list[ActivityRow] = []
    async with bot.database.read() as session:
        page = list(await list_after(session, conversation.id, after))
        while page:
            rows += page
            page = list(await list_after(session, conversation.id, rows[-1].seq)) if len(page) == PAGE else []
    return _answer(
        {
            "conversation": conversation_json(conversation, agent),
            "entries": transcript_json(rows),
            "watermark": str(rows[-1].seq if rows else after),
        }
    )


@acting
async def read_panel(request: web.Request, bot: Bot, agent: Agent) -> web.Response:
    """`POST conversations/{id}/panel`: the customer's panel; a reading that can't be audited doesn't happen."""
    json_model(request, Nothing)
    conversation, panel = await require_sight(bot, agent, _id(request))
    try:
        await bot.backend.note_desk_event(conversation.id, agent.id, "panel_read")
    except BackendUnavailableError:
        raise unavailable() from None
    return _answer(panel_json(panel))


@acting
async def claim(request: web.Request, bot: Bot, agent: Agent) -> web.Response:
    """`POST conversations/{id}/claim`: one of all who try gets it; the others hear who."""
    json_model(request, Nothing)
    conversation, _ = await require_sight(bot, agent, _id(request))
    async with bot.database.write() as session:
        claimed = await agents.claim(session, conversation.id, agent, bot.now())
    if not claimed.won:
        return _answer({"outcome": "taken", "by": claimed.by}, status=409)
    await _changed(bot, conversation.id)
    return _answer({"outcome": "claimed"})


@acting
async def reply(request: web.Request, bot: Bot, agent: Agent) -> web.Response:
    """`POST conversations/{id}/replies`: sent, or held back with the reason."""
    body = json_model(request, AgentReply)
    conversation, panel = await require_sight(bot, agent, _id(request))
    async with bot.database.write() as session:
        done = await agents.reply(
            session,
            conversation.id,
            agent,
            body.text,
            client_id=body.client_id,
            now=bot.now(),
            panel=panel,
            public_url=bot.settings.public_url,
        )
    if done.outcome == "not_yours":
        raise _not_yours()
    if done.outcome == "sent":
        bot.fanout.publish(conversation.id)
    return _answer({"outcome": done.outcome, "id": done.id, "reason": done.held})


@acting
async def show_typing(request: web.Request, bot: Bot, agent: Agent) -> web.Response:
    """`POST conversations/{id}/typing`: shown to the customer now or never."""
    json_model(request, Nothing)
    conversation = await require_at_desk(bot, _id(request))
    if not agents.has(conversation, agent):
        raise _not_yours()
    sender = {"id": "agent", "name": agent.first_name, "role": "agent"}
    bot.fanout.pass_on(conversation.id, {"type": "typing", "from": sender})
    return _answer({"outcome": "shown"})


@acting
async def hand_back(request: web.Request, bot: Bot, agent: Agent) -> web.Response:
    """`POST conversations/{id}/back`: Zoe goes on at the step. Open to whoever has it, also when the proofs made it
    another team's meanwhile.
    """
    json_model(request, Nothing)
    async with bot.database.write() as session:
        moved = await agents.hand_back(session, _id(request), agent, bot.now())
    return await _left(bot, _id(request), moved, State.BOT)


@acting
async def close(request: web.Request, bot: Bot, agent: Agent) -> web.Response:
    """`POST conversations/{id}/close`: the conversation ends; the customer can still read it."""
    json_model(request, Nothing)
    async with bot.database.write() as session:
        moved = await agents.finish(session, _id(request), agent, bot.now())
    return await _left(bot, _id(request), moved, State.CLOSED)


async def _left(bot: Bot, conversation_id: str, moved: bool, state: State) -> web.Response:
    if not moved:
        raise _not_yours()
    await _changed(bot, conversation_id)
    bot.worker.wake()
    return _answer({"outcome": state.value})


async def _changed(bot: Bot, conversation_id: str) -> None:
    await bot.places.changed(conversation_id)
    bot.desk_audit.wake()


def _id(request: web.Request) -> str:
    return request.match_info["id"]


def _not_yours() -> ClientError:
    return ClientError(409, "not_yours", "this conversation is not with you")


def _answer(body: dict[str, object], status: int = 200) -> web.Response:
    return web.json_response(body, status=status, headers=_NO_STORE)


def add_routes(app: web.Application) -> None:
    """The calls under `/desk/api`."""
    of = "/desk/api/conversations/{id}"
    app.router.add_get("/desk/api/state", show_lists)
    app.router.add_get(f"{of}/activities", read_news)
    app.router.add_post(f"{of}/panel", read_panel)
    app.router.add_post(f"{of}/claim", claim)
    app.router.add_post(f"{of}/replies", reply)
    app.router.add_post(f"{of}/typing", show_typing)
    app.router.add_post(f"{of}/back", hand_back)
    app.router.add_post(f"{of}/close", close)
