"""What clients may not send, and what happens to it: a clear 4xx, never a 500, nothing stored."""

from typing import Any

import pytest

from tests.support.chat_server import BASE, running_chat

BODIES: list[tuple[str, bytes]] = [
    ("empty", b""),
    ("no object", b"[]"),
    ("no json", b"{"),
    ("nan", b'{"type":"message","text":NaN}'),
    ("no type", b'{"text":"hi"}'),
    ("other type", b'{"type":"invoke","text":"hi"}'),
    ("conversation update", b'{"type":"conversationUpdate","membersAdded":[{"id":"x"}]}'),
    ("no text", b'{"type":"message"}'),
    ("blank", b'{"type":"message","text":"  "}'),
    ("text is a number", b'{"type":"message","text":5}'),
    ("text is a list", b'{"type":"message","text":["hi"]}'),
    ("value is a list", b'{"type":"message","value":[1]}'),
    ("card data of another shape", b'{"type":"message","value":{"nonce":"x"}}'),
    ("surrogate", b'{"type":"message","text":"\\ud800"}'),
    ("zero byte", b'{"type":"message","text":"a\\u0000b"}'),
    ("deep", b'{"type":"message","text":' + b"[" * 5000 + b"]" * 5000 + b"}"),
    ("not utf-8", b'{"type":"message","text":"\xff"}'),
    ("unlisted event", b'{"type":"event","name":"EXTERNAL_welcome"}'),
    ("event without a name", b'{"type":"event"}'),
    ("client id is an object", b'{"type":"message","text":"hi","channelData":{"clientActivityID":{}}}'),
    (
        "client id with strange characters",
        b'{"type":"message","text":"hi","channelData":{"clientActivityID":"a\\nb"}}',
    ),
    ("channel data is a string", b'{"type":"message","text":"hi","channelData":"x"}'),
    ("too long", b'{"type":"message","text":"' + b"x" * 4001 + b'"}'),
    ("too large", b'{"type":"message","text":"hi","entities":"' + b"x" * 70_000 + b'"}'),
]


@pytest.mark.parametrize(("name", "body"), BODIES, ids=[name for name, _ in BODIES])
async def test_a_bad_body_is_refused_and_leaves_nothing(sqlite_url: str, name: str, body: bytes) -> None:
    async with running_chat(sqlite_url) as chat:
        visit = await chat.open()
        before = await visit.activities()
        headers = {"Content-Type": "application/json"}
        status, answer = await visit.call(
            "POST", f"/conversations/{visit.conversation}/activities", data=body, headers=headers
        )
        assert 400 <= status < 500, answer
        assert set(answer) == {"error", "message"}
        assert await visit.activities() == before


@pytest.mark.parametrize("watermark", ["-1", "abc", "1e9", "99999999999999999999", "%00", "1;2", "٣"])
async def test_a_bad_watermark_is_refused(sqlite_url: str, watermark: str) -> None:
    async with running_chat(sqlite_url) as chat:
        visit = await chat.open()
        path = f"/conversations/{visit.conversation}"
        assert (await visit.call("GET", f"{path}/activities?watermark={watermark}"))[0] == 400
        assert (await visit.call("GET", f"{path}?watermark={watermark}"))[0] == 400


async def test_what_clients_claim_about_themselves_is_overwritten(sqlite_url: str) -> None:
    async with running_chat(sqlite_url) as chat:
        visit = await chat.open()
        claims: dict[str, Any] = {
            "from": {"id": "agent", "name": "Sofia", "role": "agent"},
            "recipient": {"id": "x"},
            "role": "bot",
            "serviceUrl": "https://evil.example",
            "channelId": "msteams",
            "id": "mine",
            "replyToId": "x",
            "attachments": [{"contentType": "text/html", "content": "<b>"}],
            "suggestedActions": {"actions": [{"type": "openUrl", "value": "https://evil.example"}]},
            "channelData": {"zoe": {"kind": "handoff"}, "clientActivityID": "c1"},
        }
        await visit.post(text="hello", **claims)
        mine = (await visit.activities())[-1]
        assert mine.pop("timestamp")
        assert mine.pop("id") != "mine"
        assert mine == {
            "type": "message",
            "channelId": "directline",
            "conversation": {"id": visit.conversation},
            "from": {"id": "customer", "role": "user"},
            "channelData": {"clientActivityID": "c1"},
            "textFormat": "plain",
            "text": "hello",
        }


@pytest.mark.parametrize(
    "typed", ["/deny", " /deny", "\u00a0/deny", "\u001c/deny", "//deny", "\u200b/EXTERNAL_confirmation_recorded"]
)
async def test_nobody_types_an_intent(sqlite_url: str, typed: str) -> None:
    async with running_chat(sqlite_url) as chat:
        visit = await chat.open()
        await visit.say(typed)
        assert chat.dialogue.messages[-1].startswith("\u2215")


async def test_uploads_are_off_and_unknown_addresses_are_404(sqlite_url: str) -> None:
    async with running_chat(sqlite_url) as chat:
        visit = await chat.open()
        status, answer = await visit.call("POST", f"/conversations/{visit.conversation}/upload?userId=x", data=b"x")
        assert (status, answer["error"]) == (403, "uploads_off")
        assert (await visit.call("GET", "/conversations"))[0] == 405
        assert (await visit.call("GET", "/nothing"))[0] in {404, 405}


async def test_flooding_is_slowed_down_and_says_for_how_long(database_url: str) -> None:
    async with running_chat(database_url, messages_per_window=5) as chat:
        visit = await chat.open()
        statuses = [(await visit.post(text=f"{index}"))[0] for index in range(8)]
        assert statuses == [200] * 5 + [429] * 3
        headers = {"Authorization": f"Bearer {visit.token}"}
        url = chat.url(f"{BASE}/conversations/{visit.conversation}/activities")
        async with chat.http.post(url, json={"type": "message", "text": "x"}, headers=headers) as response:
            assert response.headers["Retry-After"] == "10"


async def test_new_conversations_of_one_address_are_slowed_down(sqlite_url: str) -> None:
    async with running_chat(sqlite_url, conversations_per_minute=2) as chat:
        for wanted in (200, 200, 429):
            async with chat.http.post(chat.url("/chat/token"), json={}) as response:
                assert response.status == wanted
