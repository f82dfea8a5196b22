"""Direct Line 3.0 as its clients use it."""

from tests.support.chat_server import running_chat


async def test_first_opening_is_201_and_greets_once(database_url: str) -> None:
    async with running_chat(database_url) as chat:
        visit = await chat.token()
        assert (await visit.start())[0] == 201
        assert (await visit.start())[0] == 200
        await visit.settled()
        assert await visit.texts() == ["heard: /EXTERNAL_welcome"]


async def test_a_message_is_echoed_first_with_the_same_id_and_then_answered(database_url: str) -> None:
    async with running_chat(database_url) as chat:
        visit = await chat.open()
        identifier = await visit.say("hello", "c1")
        mine, answer = (await visit.activities())[-2:]
        assert mine["id"] == identifier
        assert mine["channelData"] == {"clientActivityID": "c1"}
        assert mine["from"] == {"id": "customer", "role": "user"}
        assert answer["text"] == "heard: hello"
        assert answer["replyToId"] == identifier
