"""Who may call what on the internal port, and for which conversation."""

from collections.abc import Awaitable, Callable
from functools import wraps

import structlog
from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.audit.service import record
from auth_backend.audit.tags import Tag
from auth_backend.conversations.models import Conversation
from auth_backend.conversations.service import get_conversation
from auth_backend.internal_api.tickets import TicketRefused, TurnTicket, judge_ticket
from auth_backend.services import SERVICES
from httpkit.bearer import SCOPE
from httpkit.errors import ClientError, Handler, client_error

BOT = "bot"
ACTIONS = "actions"
TICKET_HEADER = "X-Zoe-Turn-Ticket"
TICKET: web.RequestKey[TurnTicket] = web.RequestKey("turn_ticket", TurnTicket)

log = structlog.get_logger("internal_api")


def for_bot(handler: Handler) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Only the chat server's token opens this route."""

    @wraps(handler)
    async def guarded(request: web.Request) -> web.StreamResponse:
        if request[SCOPE] != BOT:
            raise client_error(403)
        return await handler(request)

    return guarded


def for_actions(handler: Handler) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """Only the action server's token opens this route, and only with a ticket of the turn that is being answered."""

    @wraps(handler)
    async def guarded(request: web.Request) -> web.StreamResponse:
        if request[SCOPE] != ACTIONS:
            raise client_error(403)
        services = request.app[SERVICES]
        now = services.now()
        judged = judge_ticket(services.keys.turn_ticket, request.headers.get(TICKET_HEADER), now=now)
        if isinstance(judged, TicketRefused):
            async with services.sessions.begin() as session:
                data = {"reason": judged.reason}
                await record(session, services.keys, Tag.TICKET_REFUSED, now=now, actor="actions", data=data)
            log.warning("turn ticket refused", reason=judged.reason)
            raise ClientError(403, "ticket_refused", "a valid turn ticket is needed")
        request[TICKET] = judged
        return await handler(request)

    return guarded


async def known_conversation(session: AsyncSession, conversation_id: str) -> Conversation:
    """The conversation, or a 404."""
    conversation = await get_conversation(session, conversation_id)
    if conversation is None:
        raise ClientError(404, "unknown_conversation", "no conversation was opened under that id")
    return conversation
