"""The calls of Direct Line 3.0 (direct-line.md): parse, one service call, answer."""

from datetime import timedelta
from math import ceil
from typing import Any
from urllib.parse import urlencode, urlsplit

from aiohttp import web
from pydantic import BaseModel, ValidationError

from bot.auth_client import BackendUnavailableError, Visitor
from bot.client_address import client_address
from bot.directline.access import conversation_of, site_of
from bot.directline.conversations import Admission, Conversations, open_once
from bot.directline.queries import get_conversation, get_token, list_after, lock_conversation, take_ticket
from bot.directline.tokens import issue_ticket, issue_token
from bot.directline.wire import GenerateRequest, IncomingActivity, parse_watermark, to_wire
from bot.identifiers import token_hash
from bot.intake import ConversationGoneError, FloodedError, NotTakenError, OfferClosedError
from bot.keys import BOT, Bot
from bot.languages import as_lang, from_accept_language
from bot.models import Site, Token
from bot.sites.origins import origin_of
from httpkit.bodies import RAW_BODY, json_body, json_model
from httpkit.errors import ClientError, client_error

BASE = "/v3/directline"
_ONE = f"{BASE}/conversations/{{conversation_id}}"


def add_routes(app: web.Application) -> None:
    """Mounts the protocol."""
    app.router.add_post(f"{BASE}/tokens/generate", generate_token)
    app.router.add_post(f"{BASE}/tokens/refresh", refresh_token)
    app.router.add_post(f"{BASE}/conversations", start_conversation)
    app.router.add_get(_ONE, reconnect, allow_head=False)
    app.router.add_post(f"{_ONE}/activities", post_activity)
    app.router.add_get(f"{_ONE}/activities", list_activities, allow_head=False)
    app.router.add_post(f"{_ONE}/upload", refuse_upload)
    app.router.add_get(f"{_ONE}/stream", open_stream, allow_head=False)
    app.router.add_get(f"{BASE}/session/getsessionid", get_session_id, allow_head=False)


async def generate_token(request: web.Request) -> web.Response:
    """A token for a new conversation, for the site that holds the secret; may bind a user id and origins."""
    bot = request.app[BOT]
    async with bot.database.read() as session:
        site = await site_of(request, session)
    if site is None:
        raise client_error(403)
    admission = await _begin_for_site(request, bot, site, _optional_model(request, GenerateRequest))
    return web.json_response(_token_answer(admission))


async def refresh_token(request: web.Request) -> web.Response:
    """A new token for the same conversation; the old one lives on until its end."""
    bot = request.app[BOT]
    async with bot.database.write() as session:
        conversation, token = await conversation_of(request, session)
        issued = await issue_token(
            session,
            conversation.id,
            bot.now(),
            life=bot.settings.token_life,
            new_token=bot.new_token,
            origins=token.origins,
        )
    return web.json_response(
        {"conversationId": issued.conversation_id, "token": issued.token, "expires_in": issued.expires_in}
    )


async def start_conversation(request: web.Request) -> web.Response:
    """Opens the token's conversation: 201 and a greeting the first time, 200 afterwards. A site's secret begins a
    new one.
    """
    bot = request.app[BOT]
    async with bot.database.read() as session:
        site = await site_of(request, session)
    fresh: Admission | None = None
    if site is not None:
        fresh = await _begin_for_site(request, bot, site, GenerateRequest())
    async with bot.database.write() as session:
        if fresh is not None:
            token = await get_token(session, token_hash(fresh.issued.token))
            if token is None:
                raise client_error(500)
        else:
            _, token = await conversation_of(request, session)
        await lock_conversation(session, token.conversation_id)
        first = await open_once(session, token.conversation_id, bot.now())
        ticket = await issue_ticket(
            session, token, 0, bot.now(), life=bot.settings.ticket_life, new_token=bot.new_token
        )
    bot.worker.wake()
    answer = _stream_answer(request, token, ticket, 0)
    answer["token"] = (
        fresh.issued.token if fresh is not None else request.headers["Authorization"].partition(" ")[2].strip()
    )
    return web.json_response(answer, status=201 if first else 200)


async def reconnect(request: web.Request) -> web.Response:
    """A new stream address that goes on after `watermark`, good for 60 s and once."""
    bot = request.app[BOT]
    watermark = parse_watermark(request.query.get("watermark"))
    async with bot.database.write() as session:
        _, token = await conversation_of(request, session)
        await lock_conversation(session, token.conversation_id)
        await open_once(session, token.conversation_id, bot.now())
        ticket = await issue_ticket(
            session, token, watermark, bot.now(), life=bot.settings.ticket_life, new_token=bot.new_token
        )
    bot.worker.wake()
    return web.json_response(_stream_answer(request, token, ticket, watermark))


async def post_activity(request: web.Request) -> web.Response:
    """Takes a message, typing or a listed event; answers with its id once it is stored."""
    bot = request.app[BOT]
    async with bot.database.read() as session:
        conversation, _ = await conversation_of(request, session)
    incoming = _model_of(json_body(request), IncomingActivity)
    incoming.refuse_unlisted()
    try:
        identifier = await bot.intake.receive(conversation, incoming)
    except FloodedError as flooded:
        raise _too_many(flooded.wait) from None
    except OfferClosedError:
        raise ClientError(409, "offer_closed", "the choice was used or is no longer offered") from None
    except NotTakenError:
        raise ClientError(
            503, "not_taken", "nothing was stored; send the same activity again", {"Retry-After": "2"}
        ) from None
    except ConversationGoneError:
        raise client_error(404) from None
    return web.json_response({"id": identifier})


async def list_activities(request: web.Request) -> web.Response:
    """What came after `watermark`, in order, and where to go on."""
    bot = request.app[BOT]
    watermark = parse_watermark(request.query.get("watermark"))
    async with bot.database.read() as session:
        conversation, _ = await conversation_of(request, session)
        rows = await list_after(session, conversation.id, watermark)
    reached = rows[-1].seq if rows else min(watermark, conversation.last_seq)
    return web.json_response({"activities": [to_wire(row, bot.seal) for row in rows], "watermark": str(reached)})


async def refuse_upload(request: web.Request) -> web.Response:
    """Uploads are off."""
    async with request.app[BOT].database.read() as session:
        await conversation_of(request, session)
    raise ClientError(403, "uploads_off", "files can't be sent in this chat")


async def open_stream(request: web.Request) -> web.StreamResponse:
    """The socket, opened by a single-use ticket that is 60 seconds young; never by the bearer token."""
    bot = request.app[BOT]
    if request.headers.get("Upgrade", "").lower() != "websocket":
        raise ClientError(426, "websocket_only", "this address is a WebSocket", {"Upgrade": "websocket"})
    async with bot.database.write() as session:
        ticket = await take_ticket(session, token_hash(request.query.get("t", "")), bot.now())
        row = await get_conversation(session, ticket.conversation_id) if ticket is not None else None
    if ticket is None or ticket.conversation_id != request.match_info["conversation_id"]:
        raise ClientError(403, "ticket_spent", "the stream address is used or too old; ask for a new one")
    if row is None or row.deleted_at is not None:
        raise client_error(404)
    if bot.sockets.full(row.id):
        raise _too_many(timedelta(seconds=5))
    return await bot.sockets.serve(request, row.id, ticket.watermark)


async def get_session_id(request: web.Request) -> web.Response:
    """Direct Line's enhanced authentication is not used: there is no session id to give."""
    async with request.app[BOT].database.read() as session:
        await conversation_of(request, session)
    return web.json_response({"sessionId": ""})


async def _begin_for_site(request: web.Request, bot: Bot, site: Site, asked: GenerateRequest) -> Admission:
    """A conversation on a foreign site is anonymous, whatever cookies travel along."""
    wished = asked.trustedOrigins or asked.TrustedOrigins
    origins = [origin_of(origin) for origin in wished] if wished is not None else list(site.origins)
    if not set(origins) <= set(site.origins):
        raise ClientError(400, "foreign_origin", "trusted origins must be among the site's own")
    user = asked.user or asked.User
    address = client_address(request, bot.settings.trusted_proxies)
    visitor = Visitor(None, None, address, request.headers.get("User-Agent", ""))
    lang = as_lang(asked.locale) or from_accept_language(request.headers.get("Accept-Language", ""))
    try:
        return await conversations_of(bot).begin(
            visitor,
            lang,
            channel="embed",
            site_key=site.public_key,
            user_label=user.id if user else None,
            origins=[str(origin) for origin in origins],
            asked_lang=as_lang(asked.locale),
        )
    except BackendUnavailableError:
        raise ClientError(503, "unavailable", "the account system can't be reached", {"Retry-After": "3"}) from None


def conversations_of(bot: Bot) -> Conversations:
    """The service that makes conversations, on this instance's parts."""
    settings = bot.settings
    return Conversations(
        bot.database, bot.backend, bot.now, bot.new_token, token_life=settings.token_life, comeback=settings.comeback
    )


def _optional_model[M: BaseModel](request: web.Request, model: type[M]) -> M:
    """The body as `model`; an empty body stands for an empty object, which is what most clients send here."""
    return json_model(request, model) if request[RAW_BODY] else model()


def _model_of[M: BaseModel](body: dict[str, Any], model: type[M]) -> M:
    """`body` as `model`. Raises ClientError 400: Direct Line knows no 422."""
    try:
        return model.model_validate(body)
    except ValidationError as error:
        fields = sorted({str(item["loc"][0])[:40] if item["loc"] else "body" for item in error.errors()})
        raise ClientError(400, "bad_activity", f"check: {', '.join(fields[:10])}") from None


def _token_answer(admission: Admission) -> dict[str, Any]:
    issued = admission.issued
    return {"conversationId": issued.conversation_id, "token": issued.token, "expires_in": issued.expires_in}


def _stream_answer(request: web.Request, token: Token, ticket: str, watermark: int) -> dict[str, Any]:
    bot = request.app[BOT]
    left = (token.expires_at - bot.now()).total_seconds()
    return {
        "conversationId": token.conversation_id,
        "expires_in": max(0, int(left)),
        "streamUrl": _stream_url(request, token.conversation_id, ticket, watermark),
    }


def _stream_url(request: web.Request, conversation_id: str, ticket: str, watermark: int) -> str:
    """An absolute address, since DirectLineJS opens it as it is; in development under the name the page was asked
    by.
    """
    settings = request.app[BOT].settings
    public = urlsplit(settings.public_url)
    scheme = "wss" if public.scheme == "https" else "ws"
    host = public.netloc if settings.production else request.host
    query = urlencode({"watermark": watermark, "t": ticket})
    return f"{scheme}://{host}{public.path.rstrip('/')}{BASE}/conversations/{conversation_id}/stream?{query}"


def _too_many(wait: timedelta) -> ClientError:
    seconds = max(1, ceil(wait.total_seconds()))
    return ClientError(429, "too_many", "slow down", {"Retry-After": str(seconds)})
