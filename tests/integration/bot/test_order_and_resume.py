"""Order is total, and a client that comes back gets exactly what it missed, once, on any instance."""

import asyncio
import json
from urllib.parse import parse_qs, urlsplit

from bot.directline.queries import take_ticket
from bot.identifiers import token_hash
from tests.support.chat_server import Chat, Visit, eventually, running_chat


async def _stream(chat: Chat, visit: Visit, watermark: str) -> str:
    status, answer = await visit.call("GET", f"/conversations/{visit.conversation}?watermark={watermark}")
    assert status == 200
    return str(answer["streamUrl"])


async def _receive(chat: Chat, url: str, wanted: int) -> tuple[list[dict], str]:
    """The next `wanted` kept activities of a stream, and the watermark reached."""
    seen: list[dict] = []
    watermark = ""
    async with chat.http.ws_connect(url) as socket, asyncio.timeout(5):
        await socket.send_str("")
        while len(seen) < wanted:
            frame = json.loads((await socket.receive()).data)
            seen += [activity for activity in frame["activities"] if activity["type"] != "typing"]
            watermark = frame["watermark"]
    return seen, watermark


async def test_a_stream_resumes_where_the_last_one_ended(database_url: str) -> None:
    async with running_chat(database_url) as chat:
        visit = await chat.open()
        await visit.say("one")
        first, watermark = await _receive(chat, await _stream(chat, visit, ""), 3)
        await visit.say("two")
        await visit.say("three")
        rest, _ = await _receive(chat, await _stream(chat, visit, watermark), 4)
        assert [*first, *rest] == await visit.activities()
        assert [item["text"] for item in rest] == ["two", "heard: two", "three", "heard: three"]


async def test_a_socket_hears_what_is_said_while_it_is_open(database_url: str) -> None:
    async with running_chat(database_url, run_tasks=True) as chat:
        visit = await chat.token()
        _, answer = await visit.start()
        async with chat.http.ws_connect(answer["streamUrl"]) as socket, asyncio.timeout(5):
            status, posted = await visit.post(text="hello")
            heard: list[dict] = []
            while not any(item.get("text") == "heard: hello" for item in heard):
                heard += json.loads((await socket.receive()).data)["activities"]
        kept = [item["id"] for item in heard if item["type"] == "message"]
        assert status == 200
        assert posted["id"] in kept
        assert any(item["type"] == "typing" for item in heard)
        assert kept == [item["id"] for item in await visit.activities()]


async def test_a_ticket_opens_one_socket_within_sixty_seconds(database_url: str) -> None:
    async with running_chat(database_url) as chat:
        visit = await chat.open()
        url = (await _stream(chat, visit, "")).replace("ws:", "http:")
        upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
        key = {"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ=="}
        async with chat.http.ws_connect(url), chat.http.get(url, headers={**upgrade, **key}) as again:
            assert again.status == 403
        late = (await _stream(chat, visit, "")).replace("ws:", "http:")
        chat.clock.advance(chat.bot.settings.ticket_life)
        async with chat.http.get(late, headers={**upgrade, **key}) as response:
            assert response.status == 403


async def test_sixteen_sockets_with_one_ticket(database_url: str) -> None:
    async with running_chat(database_url) as chat:
        visit = await chat.open()
        ticket = parse_qs(urlsplit(await _stream(chat, visit, "")).query)["t"][0]

        async def take() -> bool:
            async with chat.bot.database.write() as session:
                return await take_ticket(session, token_hash(ticket), chat.clock()) is not None

        assert sum(await asyncio.gather(*(take() for _ in range(16)))) == 1


async def test_watermarks_of_one_instance_work_on_another(database_url: str) -> None:
    async with running_chat(database_url) as one, running_chat(database_url, run_tasks=True) as other:
        visit = await one.token()
        await visit.start()
        elsewhere = Visit(other, visit.token, visit.conversation)
        _, watermark = await _receive(other, await _stream(other, elsewhere, ""), 1)
        url = await _stream(other, elsewhere, watermark)
        status, _ = await visit.post(text="written on the first instance")
        assert status == 200
        heard, _ = await _receive(other, url, 2)
        assert heard[0]["text"] == "written on the first instance"


async def test_parallel_posts_get_distinct_numbers_and_each_is_answered_once(database_url: str) -> None:
    async with running_chat(database_url) as chat:
        visit = await chat.open()
        await asyncio.gather(*(visit.post(text=f"number {index}") for index in range(20)))
        await visit.settled()
        activities = await visit.activities()
        mine = [item["text"] for item in activities if item["from"]["id"] == "customer"]
        answers = [item["text"] for item in activities if item["from"]["id"] == "zoe"][1:]
        assert sorted(mine) == sorted(f"number {index}" for index in range(20))
        assert answers == [f"heard: {text}" for text in mine]


async def test_two_instances_never_run_one_conversation_at_once(database_url: str) -> None:
    async with running_chat(database_url, run_tasks=True) as one:
        async with running_chat(database_url, run_tasks=True, dialogue=one.dialogue, backend=one.backend):
            visit = await one.token()
            await visit.start()
            await asyncio.gather(*(visit.post(text=f"number {index}") for index in range(12)))

            async def all_answered() -> bool:
                return len(await visit.texts()) == 13

            await eventually(one, visit.conversation, all_answered)
        senders = [
            turn["metadata"]["activity_id"] for turn in one.dialogue.turns if turn["sender"] == visit.conversation
        ]
        assert len(senders) == len(set(senders)) == 13
        assert one.dialogue.running[visit.conversation] == 0
        mine = [item["text"] for item in await visit.activities() if item["from"]["id"] == "customer"]
        assert (await visit.texts())[1:] == [f"heard: {text}" for text in mine]
