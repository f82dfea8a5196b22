"""Who may call what: bearer tokens of conversations, secrets of sites."""

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from bot.directline.queries import get_site_by_secret, get_token_and_conversation
from bot.identifiers import token_hash
from bot.keys import BOT
from bot.models import Conversation, Site, Token
from httpkit.bearer import bearer_token
from httpkit.errors import ClientError, client_error


async def conversation_of(request: web.Request, session: AsyncSession) -> tuple[Conversation, Token]:
    """The conversation that the request's token belongs to.

    Raises ClientError: 401 without a token, 403 when it is unknown, expired, used from another origin than it was
    made for, or of another conversation than the address names, 404 when the conversation was deleted.
    """
    offered = bearer_token(request)
    if offered is None:
        raise client_error(401)
    found = await get_token_and_conversation(session, token_hash(offered))
    if found is None or found[0].expires_at <= request.app[BOT].now():
        raise ClientError(403, "token_expired", "the token is unknown or expired")
    token, conversation = found
    origin = request.headers.get("Origin", "").lower()
    if token.origins is not None and origin and origin not in {*token.origins, request.app[BOT].settings.public_origin}:
        raise ClientError(403, "wrong_origin", "the token was not made for this origin")
    named = request.match_info.get("conversation_id")
    if named is not None and named != token.conversation_id:
        raise ClientError(403, "wrong_conversation", "the token belongs to another conversation")
    if conversation.deleted_at is not None:
        raise client_error(404)
    return conversation, token


async def site_of(request: web.Request, session: AsyncSession) -> Site | None:
    """The site whose secret the request carries, None for everything else."""
    offered = bearer_token(request)
    return await get_site_by_secret(session, token_hash(offered)) if offered is not None else None
