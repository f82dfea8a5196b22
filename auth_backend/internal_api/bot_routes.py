"""Scope `bot`: opens conversations, hands in codes and the yes, fetches links and cards."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.approvals.asking import ask_in_chat
from auth_backend.conversations.handed_in import ActivityReusedError, judged_once
from auth_backend.conversations.models import Conversation
from auth_backend.conversations.service import WEB, is_same_session, judge_standing, open_conversation
from auth_backend.i18n import supported
from auth_backend.internal_api.bodies import (
    AskOwner,
    Confirm,
    HandInCode,
    InLanguage,
    Nothing,
    OpenConversation,
    SessionToken,
)
from auth_backend.internal_api.guards import for_bot, known_conversation
from auth_backend.resets.confirming.confirmation import confirm_in_chat, current_reset, lock_judged
from auth_backend.resets.confirming.nonces import close_card, issue_nonce
from auth_backend.resets.facts import conversation_facts
from auth_backend.resets.links import issue_link
from auth_backend.resets.models import LinkPower
from auth_backend.resets.proving.mailed_code import prove_email
from auth_backend.resets.proving.outcomes import CodeResult
from auth_backend.resets.proving.password import awaits_password, prove_return_code
from auth_backend.resets.queries import lock_reset
from auth_backend.services import SERVICES, Services
from httpkit.bodies import json_model
from httpkit.clock import iso
from httpkit.errors import ClientError

type Judge = Callable[[AsyncSession, Services, Conversation, str], Awaitable[CodeResult]]


async def open_chat(request: web.Request) -> web.Response:
    """`POST conversations`."""
    body, services = json_model(request, OpenConversation), request.app[SERVICES]
    async with services.sessions.begin() as session:
        opened = await open_conversation(session, services.keys, now=services.now(), **body.model_dump())
    user, login = opened.judged.user, opened.judged.login
    return web.json_response(
        {
            "standing": opened.judged.standing.value,
            "session_ref": login.id if login else None,
            "browser_token": opened.browser_token,
            "lang": supported(user.language) if user else None,
            "known": opened.known,
        }
    )


async def read_standing(request: web.Request) -> web.Response:
    """`POST conversations/{id}/standing`."""
    body, services = json_model(request, SessionToken), request.app[SERVICES]
    now = services.now()
    async with services.reading() as session:
        conversation = await _conversation(session, request)
        judged = await judge_standing(session, conversation, now=now)
        same = await is_same_session(session, conversation, body.session_token, now=now)
    return web.json_response({"standing": judged.standing.value, "same_session": same})


async def read_facts(request: web.Request) -> web.Response:
    """`GET conversations/{id}/facts`."""
    services = request.app[SERVICES]
    async with services.reading() as session:
        conversation = await _conversation(session, request)
        facts = await conversation_facts(session, conversation, now=services.now())
    return web.json_response(facts)


async def hand_in_code(request: web.Request) -> web.Response:
    """`POST conversations/{id}/codes`."""
    return await _hand_in(request, "code", prove_email)


async def hand_in_return_code(request: web.Request) -> web.Response:
    """`POST conversations/{id}/return-codes`."""
    return await _hand_in(request, "return_code", prove_return_code)


async def make_verify_link(request: web.Request) -> web.Response:
    """`POST conversations/{id}/verify-link`: only while the password is awaited."""
    json_model(request, InLanguage)
    services = request.app[SERVICES]
    now = services.now()
    async with services.sessions.begin() as session:
        conversation = await _conversation(session, request)
        reset = await current_reset(session, conversation.id)
        if reset is None or not await awaits_password(session, await lock_reset(session, reset.id), now=now):
            return web.json_response({"outcome": "not_awaited"})
        link = await issue_link(session, services, reset, LinkPower.VERIFY, now=now, expires_at=reset.proving_until)
    return web.json_response({"url": link.url, "expires_at": iso(link.expires_at)})


async def make_confirmation_card(request: web.Request) -> web.Response:
    """`POST conversations/{id}/confirmation-card`."""
    json_model(request, InLanguage)
    services = request.app[SERVICES]
    now = services.now()
    async with services.sessions.begin() as session:
        conversation = await _conversation(session, request)
        found = await lock_judged(session, services, conversation.id, now=now)
        here = found is not None and conversation.channel == WEB
        issued = await issue_nonce(session, found[0], now=now) if found is not None and here else None
        facts = await conversation_facts(session, conversation, now=now)
    if issued is None:
        on_page = facts["stage"] in {"ready", "ask_owner"} and not here
        return web.json_response({"outcome": "on_page" if on_page else "not_ready", "facts": facts})
    return web.json_response({"nonce": issued.nonce, "expires_at": iso(issued.expires_at), "facts": facts})


async def close_confirmation_card(request: web.Request) -> web.Response:
    """`POST conversations/{id}/confirmation-card/close`: the card is not what was said last any more."""
    json_model(request, Nothing)
    services = request.app[SERVICES]
    async with services.sessions.begin() as session:
        conversation = await _conversation(session, request)
        closed = await close_card(session, conversation.id, now=services.now())
    return web.json_response({"closed": closed})


async def hand_in_confirmation(request: web.Request) -> web.Response:
    """`POST conversations/{id}/confirmations`."""
    body, services = json_model(request, Confirm), request.app[SERVICES]
    now = services.now()

    async def judge(session: AsyncSession, _services: Services, conversation: Conversation) -> str:
        return await confirm_in_chat(
            session, services, conversation, nonce=body.nonce, text=body.text, written_at=body.written_at, now=now
        )

    return await _once(request, body.activity_id, "confirmation", judge, now=now)


async def hand_in_owner_request(request: web.Request) -> web.Response:
    """`POST conversations/{id}/owner-requests`."""
    body, services = json_model(request, AskOwner), request.app[SERVICES]
    now = services.now()

    async def judge(session: AsyncSession, _services: Services, conversation: Conversation) -> str:
        return await ask_in_chat(session, services, conversation, nonce=body.nonce, reason=body.reason, now=now)

    return await _once(request, body.activity_id, "owner_request", judge, now=now)


def add_routes(app: web.Application) -> None:
    """Routes of this module."""
    of = "/internal/conversations/{id}"
    app.router.add_post("/internal/conversations", for_bot(open_chat))
    app.router.add_post(f"{of}/standing", for_bot(read_standing))
    app.router.add_get(f"{of}/facts", for_bot(read_facts))
    app.router.add_post(f"{of}/codes", for_bot(hand_in_code))
    app.router.add_post(f"{of}/return-codes", for_bot(hand_in_return_code))
    app.router.add_post(f"{of}/verify-link", for_bot(make_verify_link))
    app.router.add_post(f"{of}/confirmation-card", for_bot(make_confirmation_card))
    app.router.add_post(f"{of}/confirmation-card/close", for_bot(close_confirmation_card))
    app.router.add_post(f"{of}/confirmations", for_bot(hand_in_confirmation))
    app.router.add_post(f"{of}/owner-requests", for_bot(hand_in_owner_request))


async def _conversation(session: AsyncSession, request: web.Request) -> Conversation:
    return await known_conversation(session, request.match_info["id"])


async def _hand_in(request: web.Request, kind: str, prove: Callable[..., Awaitable[CodeResult]]) -> web.Response:
    body, services = json_model(request, HandInCode), request.app[SERVICES]
    now = services.now()

    async def judge(session: AsyncSession, _services: Services, conversation: Conversation) -> str:
        return await prove(session, services, conversation, body.code, now=now)

    return await _once(request, body.activity_id, kind, judge, now=now)


async def _once(
    request: web.Request,
    activity_id: str,
    kind: str,
    judge: Callable[[AsyncSession, Services, Conversation], Awaitable[str]],
    *,
    now: datetime,
) -> web.Response:
    """Judges what was handed in, once an activity; the same activity again gets the same outcome with today's facts."""
    services = request.app[SERVICES]
    async with services.sessions.begin() as session:
        conversation = await _conversation(session, request)
        try:
            outcome = await judged_once(
                session,
                activity_id=activity_id,
                conversation_id=conversation.id,
                kind=kind,
                judge=lambda: judge(session, services, conversation),
                now=now,
            )
        except ActivityReusedError:
            raise ClientError(409, "activity_reused", "that activity was handed in for something else") from None
        answer: dict[str, Any] = {
            "outcome": str(outcome),
            "facts": await conversation_facts(session, conversation, now=now),
        }
    services.wake_outbox()
    return web.json_response(answer)
