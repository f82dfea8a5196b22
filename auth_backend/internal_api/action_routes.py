"""Scope `actions`: may open, read, cancel, ask for execution and call a person, for the ticket's conversation only."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from aiohttp import web
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.audit.service import record
from auth_backend.audit.tags import Tag
from auth_backend.conversations.models import Conversation
from auth_backend.internal_api.bodies import CallHuman, InLanguage, Nothing, OpenReset
from auth_backend.internal_api.guards import TICKET, for_actions, known_conversation
from auth_backend.resets.confirming.confirmation import lock_judged
from auth_backend.resets.confirming.nonces import close_card
from auth_backend.resets.executing.cancellation import cancel_in_chat
from auth_backend.resets.executing.execution import Execution, execute
from auth_backend.resets.facts import conversation_facts, reset_status
from auth_backend.resets.policy import Reason
from auth_backend.resets.proving.claims import (
    AddressInvalid,
    AddressNeeded,
    CodeSent,
    NothingOpen,
    PasswordComesFirst,
    SendingThrottled,
    open_claim,
    resend_code,
)
from auth_backend.resets.queries import newest_reset
from auth_backend.services import SERVICES
from httpkit.bodies import json_model
from httpkit.clock import iso

NAMES = {
    CodeSent: "sent",
    SendingThrottled: "throttled",
    PasswordComesFirst: "password_first",
    AddressInvalid: "invalid_address",
    AddressNeeded: "need_address",
    NothingOpen: "nothing_open",
}


async def get_facts(request: web.Request) -> web.Response:
    """`GET facts`."""
    services = request.app[SERVICES]
    async with services.reading() as session:
        conversation = await _conversation(session, request)
        facts = await conversation_facts(session, conversation, now=services.now())
    return web.json_response(facts)


async def get_status(request: web.Request) -> web.Response:
    """`GET reset/status`."""
    services = request.app[SERVICES]
    async with services.reading() as session:
        conversation = await _conversation(session, request)
        facts = await reset_status(session, conversation, now=services.now())
    return web.json_response(facts)


async def open_reset(request: web.Request) -> web.Response:
    """`POST reset/open`."""
    body, services = json_model(request, OpenReset), request.app[SERVICES]
    now = services.now()
    async with services.sessions.begin() as session:
        conversation = await _conversation(session, request)
        outcome = await open_claim(
            session, services, conversation, address=body.address, reason=body.reason, lang=body.lang, now=now
        )
        answer = await _answer(session, conversation, NAMES[type(outcome)], now=now, retry_at=_retry_at(outcome))
    services.wake_outbox()
    return web.json_response(answer)


async def resend(request: web.Request) -> web.Response:
    """`POST reset/resend`."""
    json_model(request, InLanguage)
    services = request.app[SERVICES]
    now = services.now()
    async with services.sessions.begin() as session:
        conversation = await _conversation(session, request)
        outcome = await resend_code(session, services, conversation, now=now)
        answer = await _answer(session, conversation, NAMES[type(outcome)], now=now, retry_at=_retry_at(outcome))
    services.wake_outbox()
    return web.json_response(answer)


async def check(request: web.Request) -> web.Response:
    """`POST reset/check`: judges owner, refusals and expiry again."""
    json_model(request, Nothing)
    services = request.app[SERVICES]
    now = services.now()
    async with services.sessions.begin() as session:
        conversation = await _conversation(session, request)
        await lock_judged(session, services, conversation.id, now=now)
        facts = await conversation_facts(session, conversation, now=now)
    return web.json_response(facts)


async def execute_reset(request: web.Request) -> web.Response:
    """`POST reset/execute`: carries out what was confirmed in this conversation, if anything was."""
    json_model(request, Nothing)
    services = request.app[SERVICES]
    now = services.now()
    async with services.sessions.begin() as session:
        conversation = await _conversation(session, request)
        reset = await newest_reset(session, conversation.id)
        outcome = await execute(session, services, reset.id, now=now) if reset else Execution.NOT_CONFIRMED
        answer = await _answer(session, conversation, outcome, now=now)
    services.wake_outbox()
    return web.json_response(answer)


async def cancel_reset(request: web.Request) -> web.Response:
    """`POST reset/cancel`."""
    json_model(request, Nothing)
    services = request.app[SERVICES]
    now = services.now()
    async with services.sessions.begin() as session:
        conversation = await _conversation(session, request)
        outcome = await cancel_in_chat(session, services, conversation, now=now)
        answer = await _answer(session, conversation, outcome, now=now)
    services.wake_outbox()
    return web.json_response(answer)


async def call_human(request: web.Request) -> web.Response:
    """`POST human`: the wish for a person is recorded, and no yes counts until Zoe asks for it again."""
    body, services = json_model(request, CallHuman), request.app[SERVICES]
    now = services.now()
    async with services.sessions.begin() as session:
        conversation = await _conversation(session, request)
        await close_card(session, conversation.id, now=now)
        answer = await _answer(session, conversation, "noted", now=now)
        actor = f"conversation:{conversation.id}"
        data = {"reason": body.reason} if body.reason in HUMAN_REASONS else {}
        await record(session, services.keys, Tag.HUMAN_CALLED, now=now, actor=actor, data=data)
    return web.json_response(answer)


HUMAN_REASONS = frozenset(Reason)
"""What may stand in the record; anything else may be a person's words and is left out."""


def add_routes(app: web.Application) -> None:
    """Routes of this module."""
    prefix = "/internal/actions"
    app.router.add_get(f"{prefix}/facts", for_actions(get_facts))
    app.router.add_get(f"{prefix}/reset/status", for_actions(get_status))
    app.router.add_post(f"{prefix}/reset/open", for_actions(open_reset))
    app.router.add_post(f"{prefix}/reset/resend", for_actions(resend))
    app.router.add_post(f"{prefix}/reset/check", for_actions(check))
    app.router.add_post(f"{prefix}/reset/execute", for_actions(execute_reset))
    app.router.add_post(f"{prefix}/reset/cancel", for_actions(cancel_reset))
    app.router.add_post(f"{prefix}/human", for_actions(call_human))


async def _conversation(session: AsyncSession, request: web.Request) -> Conversation:
    return await known_conversation(session, request[TICKET].conversation_id)


def _retry_at(outcome: object) -> datetime | None:
    return outcome.retry_at if isinstance(outcome, SendingThrottled | PasswordComesFirst) else None


async def _answer(
    session: AsyncSession, conversation: Conversation, outcome: str | StrEnum, *, now: datetime, **more: datetime | None
) -> dict[str, Any]:
    facts = await conversation_facts(session, conversation, now=now)
    return {"outcome": str(outcome), **{name: iso(moment) for name, moment in more.items()}, "facts": facts}
