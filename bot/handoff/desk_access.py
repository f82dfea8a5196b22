"""Who may do what at the desk: judged at each call, from the session's cookie and the backend's answer, never from
what the page says.
"""

from aiohttp import web

from bot.auth_client import BackendUnavailableError
from bot.cookies import read_cookie
from bot.handoff.backend import Agent, AgentNow, DeskPanel
from bot.handoff.states import State, human_in_charge
from bot.keys import BOT, Bot
from bot.models import Conversation
from httpkit.errors import ClientError, client_error


async def agent_now(request: web.Request) -> AgentNow:
    """The agent whose session this is, or why there is none. Raises ClientError 503."""
    bot = request.app[BOT]
    token = read_cookie(request, bot.settings.session_cookie)
    if token is None:
        return AgentNow(refused="signed_out")
    try:
        return await bot.backend.desk_agent(token)
    except BackendUnavailableError:
        raise unavailable() from None


async def require_agent(request: web.Request) -> Agent:
    """The agent. Raises ClientError 401 without a session, 403 for everybody else's."""
    now = await agent_now(request)
    if now.agent is not None:
        return now.agent
    raise client_error(403 if now.refused == "not_desk" else 401)


def require_own_origin(request: web.Request, bot: Bot) -> None:
    """Raises ClientError 403 unless a page of Zoe's own sends this; a missing `Origin` is refused too."""
    own = {bot.settings.public_origin}
    if not bot.settings.production:
        own.add(f"http://{request.host}".lower())
    if request.headers.get("Origin", "").lower() not in own:
        raise client_error(403)


async def require_sight(bot: Bot, agent: Agent, conversation_id: str) -> tuple[Conversation, DeskPanel]:
    """The conversation and its panel as they are now.

    Raises ClientError 404 for what is not at the desk, 403 for another team's, 503.
    """
    conversation = await require_at_desk(bot, conversation_id)
    try:
        panel = await bot.backend.desk_panel(conversation_id)
    except BackendUnavailableError:
        raise unavailable() from None
    if not set(panel.teams) & set(agent.teams):
        raise ClientError(403, "other_team", "this conversation belongs to another team")
    return conversation, panel


async def require_at_desk(bot: Bot, conversation_id: str) -> Conversation:
    """A conversation that waits for a person or has one. Raises ClientError 404."""
    async with bot.database.read() as session:
        conversation = await session.get(Conversation, conversation_id)
    if conversation is None or conversation.deleted_at is not None or not human_in_charge(State(conversation.state)):
        raise ClientError(404, "not_at_desk", "no such conversation is at the desk")
    return conversation


def unavailable() -> ClientError:
    """The auth backend can't be asked, so nothing is allowed."""
    return ClientError(503, "unavailable", "the account system can't be reached", {"Retry-After": "3"})
