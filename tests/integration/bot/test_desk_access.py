"""Who gets in at the desk, and who does not: sessions, origins, teams, messages that are held back."""

import asyncio
import json

import pytest
from aiohttp import ClientWebSocketResponse, WSMsgType

from tests.support.chat_server import Chat, running_chat
from tests.support.desk_agent import ORIGIN, Colleague, colleague, queued

ACTIONS = ["panel", "claim", "replies", "typing", "back", "close"]


def _body(action: str) -> dict[str, str]:
    return {"text": "Hello", "client_id": "m1"} if action == "replies" else {}


async def _page(chat: Chat, token: str | None) -> tuple[int, str, str]:
    headers = {"Cookie": f"zoe_session={token}"} if token else {}
    async with chat.http.get(chat.url("/desk"), headers=headers, allow_redirects=False) as response:
        return response.status, response.headers.get("Location", ""), await response.text()


async def test_the_page_is_for_agents_only(sqlite_url: str) -> None:
    async with running_chat(sqlite_url) as chat:
        colleague(chat, "Sofia")
        chat.backend.customers.add("ana")
        assert (await _page(chat, None))[:2] == (303, "/login?next=/desk")
        assert (await _page(chat, "unknown"))[:2] == (303, "/login?next=/desk")
        status, _, text = await _page(chat, "ana")
        assert status == 403
        assert "support desk" in text
        assert "desk.js" not in text
        status, _, text = await _page(chat, "sofia")
        assert status == 200
        assert '<div id="desk" data-lang="en">' in text


@pytest.mark.parametrize("action", ACTIONS)
async def test_a_customers_session_can_do_nothing_at_the_desk(sqlite_url: str, action: str) -> None:
    async with running_chat(sqlite_url) as chat:
        visit = await queued(chat)
        chat.backend.customers.add("ana")
        ana, nobody = Colleague(chat, "ana"), Colleague(chat, "")
        assert (await ana.act(visit, action, **_body(action)))[0] == 403
        assert (await nobody.act(visit, action, **_body(action)))[0] == 401
        assert (await ana.get("state"))[0] == 403
        assert (await ana.transcript(visit))[0] == 403


@pytest.mark.parametrize("action", ACTIONS)
@pytest.mark.parametrize("origin", [None, "https://evil.example", "null"])
async def test_other_origins_can_do_nothing_with_an_agents_cookie(
    sqlite_url: str, action: str, origin: str | None
) -> None:
    async with running_chat(sqlite_url) as chat:
        sofia, visit = colleague(chat, "Sofia"), await queued(chat)
        path = f"conversations/{visit.conversation}/{action}"
        assert (await sofia.post(path, origin, **_body(action)))[0] == 403


async def test_a_session_that_ended_can_do_nothing_more(sqlite_url: str) -> None:
    async with running_chat(sqlite_url) as chat:
        sofia, visit = colleague(chat, "Sofia"), await queued(chat)
        await sofia.act(visit, "claim")
        del chat.backend.agents["sofia"]
        assert (await sofia.say(visit, "Hello"))[0] == 401


async def test_a_conversation_is_everybodys_until_both_proofs_and_then_its_teams(sqlite_url: str) -> None:
    async with running_chat(sqlite_url) as chat:
        sofia, rita, visit = colleague(chat, "Sofia", "north"), colleague(chat, "Rita", "south"), await queued(chat)
        assert (await sofia.transcript(visit))[0] == (await rita.transcript(visit))[0] == 200
        chat.backend.teams[visit.conversation] = ["south"]
        await visit.say("both proofs stand now")
        assert (await sofia.transcript(visit))[0] == 403
        assert (await sofia.act(visit, "claim"))[0] == 403
        assert (await sofia.act(visit, "panel"))[0] == 403
        assert (await sofia.get("state"))[1]["waiting"] == []
        assert len((await rita.get("state"))[1]["waiting"]) == 1
        assert (await rita.act(visit, "claim"))[0] == 200


async def test_an_agent_whom_the_proofs_shut_out_can_still_hand_back(sqlite_url: str) -> None:
    async with running_chat(sqlite_url) as chat:
        sofia, visit = colleague(chat, "Sofia", "north"), await queued(chat)
        await sofia.act(visit, "claim")
        chat.backend.teams[visit.conversation] = ["south"]
        assert (await sofia.say(visit, "Hello"))[0] == 403
        assert (await sofia.act(visit, "back"))[0] == 200


async def test_only_the_agent_in_charge_speaks_and_ends(sqlite_url: str) -> None:
    async with running_chat(sqlite_url) as chat:
        sofia, sam, visit = colleague(chat, "Sofia"), colleague(chat, "Sam", role="supervisor"), await queued(chat)
        assert (await sofia.say(visit, "Hello"))[0] == 409
        await sofia.act(visit, "claim")
        for action in ("replies", "typing", "back", "close"):
            assert (await sam.act(visit, action, **_body(action)))[0] == 409


async def test_conversations_that_are_zoes_are_not_the_desks(sqlite_url: str) -> None:
    async with running_chat(sqlite_url) as chat:
        sofia, visit = colleague(chat, "Sofia"), await chat.open()
        assert (await sofia.transcript(visit))[0] == 404
        assert (await sofia.act(visit, "panel"))[0] == 404
        assert (await sofia.act(visit, "claim"))[0] == 404


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Please send me the code", "asks_for_secret"),
        ("Me passa a sua senha", "asks_for_secret"),
        ("¿Cuál es tu contraseña?", "asks_for_secret"),
        ("Look at https://evil.example/x", "foreign_link"),
        ("http://localhost:8080/verify/abc", "token_link"),
        ("x" * 4_001, "too_long"),
        (" \u200b ", "empty"),
    ],
)
async def test_messages_that_may_not_go_out_are_held_back(sqlite_url: str, text: str, reason: str) -> None:
    async with running_chat(sqlite_url) as chat:
        sofia, visit = colleague(chat, "Sofia"), await queued(chat)
        await sofia.act(visit, "claim")
        before = len(await visit.activities())
        assert await sofia.say(visit, text) == (200, {"outcome": "held", "id": None, "reason": reason})
        assert len(await visit.activities()) == before


async def test_without_the_audit_no_panel_is_read_and_without_the_backend_nothing(sqlite_url: str) -> None:
    async with running_chat(sqlite_url) as chat:
        sofia, visit = colleague(chat, "Sofia"), await queued(chat)
        chat.backend.down = True
        assert (await sofia.act(visit, "panel"))[0] == 503
        assert (await sofia.act(visit, "claim"))[0] == 503


async def test_the_desk_sees_no_token(sqlite_url: str) -> None:
    async with running_chat(sqlite_url) as chat:
        visit = await chat.open()
        chat.backend.set_stage(visit.conversation, "password", claim={"address": "ana@acme.example"})
        chat.dialogue.script = lambda turn: [
            {"recipient_id": turn["sender"], "custom": {"zoe": "moment", "name": "ask_password"}}
        ]
        await visit.say("go on")
        await visit.post(type="event", name="zoe.human")
        await visit.settled()
        status, seen = await colleague(chat, "Sofia").transcript(visit)
        assert status == 200
        assert "Enter password" in str(seen)
        assert "link-1" not in str(seen)
        assert "sealed" not in str(seen)


async def test_the_bell_rings_for_agents_of_our_own_pages_only(sqlite_url: str) -> None:
    async with running_chat(sqlite_url) as chat:
        colleague(chat, "Sofia")
        chat.backend.customers.add("ana")
        url = chat.url("/desk/socket")
        for token, origin, status in (("sofia", "https://evil.example", 403), ("ana", ORIGIN, 403), ("x", ORIGIN, 401)):
            headers = {"Cookie": f"zoe_session={token}", "Origin": origin}
            async with chat.http.get(url, headers=headers) as response:
                assert response.status == status
        headers = {"Cookie": "zoe_session=sofia", "Origin": ORIGIN}
        async with chat.http.ws_connect(url, headers=headers) as socket, asyncio.timeout(10):
            await queued(chat)
            rung = await socket.receive()
            assert rung.type is WSMsgType.TEXT
            assert json.loads(rung.data) == {"ring": "queue", "id": None}


async def _listened_to(chat: Chat, conversations: list[str]) -> None:
    """Returns once the socket's wish was heard."""
    while not all(chat.bot.fanout.count(key) for key in conversations):  # noqa: ASYNC110 - nobody tells of it
        await asyncio.sleep(0)


async def _rings(socket: ClientWebSocketResponse, conversation: str, until: str) -> list[str]:
    """What rang for `conversation` until the bell rang for `until`."""
    heard: list[str] = []
    while True:
        rung = json.loads((await socket.receive()).data)
        if rung["id"] == until:
            return heard
        if rung["id"] == conversation:
            heard.append(rung["ring"])


async def test_the_bell_rings_only_for_conversations_of_ones_own_teams(sqlite_url: str) -> None:
    """An id is no right: whoever knows one hears nothing of Zoe's, of other teams', and nothing more once the proofs
    made a conversation another team's.
    """
    async with running_chat(sqlite_url) as chat:
        sofia = colleague(chat, "Sofia", "north")
        zoes, souths, norths = await chat.open(), await queued(chat), await queued(chat)
        chat.backend.teams[souths.conversation] = ["south"]
        await souths.say("both proofs stand now")
        headers = {"Cookie": f"zoe_session={sofia.token}", "Origin": ORIGIN}
        async with chat.http.ws_connect(chat.url("/desk/socket"), headers=headers) as socket, asyncio.timeout(20):
            watched = [zoes.conversation, souths.conversation, norths.conversation]
            await socket.send_str(json.dumps({"watch": watched}))
            await _listened_to(chat, watched)
            for quiet in (zoes, souths):
                await quiet.say("hello", f"c-{quiet.conversation}")
                await quiet.post(type="typing")
                await norths.say("hello", f"c-{quiet.conversation}")
                assert await _rings(socket, quiet.conversation, norths.conversation) == []
