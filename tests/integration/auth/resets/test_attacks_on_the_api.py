"""Scopes, tickets, bodies: what the internal port refuses."""

from datetime import timedelta
from typing import Any

import jwt
import pytest

from auth_backend.audit.models import AuditEvent
from auth_backend.audit.service import Verified, verify
from auth_backend.resets.models import Claim
from tests.integration.auth.resets.world import ACTIONS, ANA, INTERNAL, World

BOT_CALLS: list[tuple[str, str, dict[str, Any] | None]] = [
    ("POST", "conversations", {}),
    ("POST", "conversations/chat-1/standing", {}),
    ("GET", "conversations/chat-1/facts", None),
    ("POST", "conversations/chat-1/codes", {"code": "123456", "activity_id": "a"}),
    ("POST", "conversations/chat-1/return-codes", {"code": "BCDFGH", "activity_id": "a"}),
    ("POST", "conversations/chat-1/verify-link", {"lang": "en"}),
    ("POST", "conversations/chat-1/confirmation-card", {"lang": "en"}),
    ("POST", "conversations/chat-1/confirmations", {"nonce": "x", "activity_id": "a"}),
    ("POST", "conversations/chat-1/confirmation-card/close", {}),
    ("POST", "desk/agent", {"session_token": "x"}),
    ("GET", "conversations/chat-1/desk-panel", None),
]
ACTION_CALLS: list[tuple[str, str, dict[str, Any] | None]] = [
    ("GET", "facts", None),
    ("POST", "reset/open", {"address": ANA, "reason": None, "lang": "en"}),
    ("POST", "reset/resend", {"lang": "en"}),
    ("POST", "reset/check", {}),
    ("POST", "reset/execute", {}),
    ("POST", "reset/cancel", {}),
    ("GET", "reset/status", None),
    ("POST", "human", {"reason": None}),
]


async def test_each_scope_has_its_own_calls(lite: World) -> None:
    chat = await lite.chat()
    ticket = {"X-Zoe-Turn-Ticket": lite.ticket(chat.id)}
    for method, path, body in BOT_CALLS:
        await lite.call(method, f"/internal/{path}", body, token=ACTIONS, status=403, headers=ticket)
        await lite.call(method, f"/internal/{path}", body, token="made-up", status=401)
    for method, path, body in ACTION_CALLS:
        await lite.call(method, f"/internal/actions/{path}", body, token=INTERNAL, status=403, headers=ticket)
        await lite.call(method, f"/internal/actions/{path}", body, token="", status=401, headers=ticket)
    assert await lite.rows(Claim) == []


async def test_every_action_needs_a_good_ticket(lite: World) -> None:
    chat = await lite.chat()
    exp = int(lite.clock().timestamp())
    bad = {
        "missing": "",
        "forged": jwt.encode(
            {"aud": "zoe-turn", "sub": chat.id, "jti": "t", "exp": exp + 60}, b"x" * 32, algorithm="HS256"
        ),
        "expired": lite.ticket(chat.id, exp=exp),
        "too long": lite.ticket(chat.id, exp=exp + 3600),
    }
    for ticket in bad.values():
        for method, path, body in ACTION_CALLS:
            await chat.act(method, path, body, ticket=ticket, status=403)
    refused = [
        event.data["reason"] for event in await lite.rows(AuditEvent, AuditEvent.tag == "internal:ticket:refused")
    ]
    assert sorted(set(refused)) == ["expired", "malformed", "missing", "too_long"]
    assert len(refused) == len(bad) * len(ACTION_CALLS)


async def test_ticket_dies_with_the_injected_clock(lite: World) -> None:
    chat = await lite.chat()
    ticket = lite.ticket(chat.id)
    lite.clock.advance(timedelta(seconds=119))
    await chat.act("GET", "facts", ticket=ticket)
    lite.clock.advance(timedelta(seconds=1))
    await chat.act("GET", "facts", ticket=ticket, status=403)


async def test_ticket_is_good_for_its_own_conversation_only(lite: World) -> None:
    browser = lite.browser()
    await lite.know(browser, "ana")
    chat, other = await lite.chat(browser=browser), await lite.chat()
    await chat.to_ready(browser)
    await chat.confirm(nonce=(await chat.card())["nonce"])
    answer = await chat.act("POST", "reset/execute", ticket=lite.ticket(other.id))
    assert (answer["outcome"], answer["facts"]["conversation_id"]) == ("not_confirmed", other.id)
    assert (await chat.act("POST", "reset/cancel", ticket=lite.ticket(other.id)))["outcome"] == "nothing_open"
    assert await chat.stage() == "confirmed"
    await chat.act("GET", "facts", ticket=lite.ticket("no-such-chat"), status=404)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("codes", {"code": "123456", "activity_id": "a", "address": ANA}),
        ("codes", {"code": 123456, "activity_id": "a"}),
        ("codes", {"code": "1" * 100, "activity_id": "a"}),
        ("codes", {"code": "123456"}),
        ("confirmations", {"activity_id": "a"}),
        ("confirmations", {"activity_id": "a", "nonce": "x", "text": "yes"}),
        ("verify-link", {"lang": "fr"}),
        ("standing", {"session_token": ["x"]}),
    ],
)
async def test_bodies_are_strict(lite: World, path: str, body: dict[str, Any]) -> None:
    chat = await lite.chat()
    answer = await chat.tell(path, body, status=422)
    assert answer["error"] == "invalid_fields"


@pytest.mark.parametrize(
    "body", [{"address": ANA, "reason": "because", "lang": "en"}, {"address": ANA, "lang": "en", "user_id": "x"}]
)
async def test_action_bodies_are_strict(lite: World, body: dict[str, Any]) -> None:
    chat = await lite.chat()
    await chat.act("POST", "reset/open", body, status=422)


async def test_unknown_conversation(lite: World) -> None:
    await lite.bot("GET", "conversations/nobody-knows/facts", status=404)
    await lite.bot("GET", "conversations/%00/facts", status=400)


async def test_wish_for_a_person_is_recorded_without_their_words(lite: World) -> None:
    chat = await lite.chat()
    assert (await chat.act("POST", "human", {"reason": "my code is 123456"}))["outcome"] == "noted"
    event = await lite.one(AuditEvent, AuditEvent.tag == "chat:human:called")
    assert event.data == {}


async def test_record_is_whole_after_a_reset(world: World) -> None:
    browser = world.browser()
    chat = await world.chat(browser=browser)
    await chat.to_confirmed(browser)
    async with world.services.sessions.begin() as session:
        assert isinstance(await verify(session, world.services.keys), Verified)
    recorded = str([event.data for event in await world.rows(AuditEvent)])
    assert ANA not in recorded
    assert "+5511912345688" not in recorded
