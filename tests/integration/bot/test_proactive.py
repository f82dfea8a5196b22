"""What Zoe does unasked or instead of the dialogue: events of the backend, the desk, health, language, links."""

from datetime import timedelta
from typing import Any

from sqlalchemy import text

from bot.health import PROBE
from tests.support import fake_internal
from tests.support.chat_server import Chat, running_chat


async def _event(chat: Chat, token: str = fake_internal.TOKEN, **body: Any) -> int:
    url = str(chat.internal.make_url("/internal/chat/events"))
    async with chat.http.post(url, json=body, headers={"Authorization": f"Bearer {token}"}) as response:
        return response.status


async def test_an_event_of_the_backend_makes_zoe_speak_once(database_url: str) -> None:
    async with running_chat(database_url) as chat:
        visit = await chat.open()
        event = {"event_id": "e1", "conversation_id": visit.conversation, "event": "proof_given"}
        assert [await _event(chat, **event) for _ in range(3)] == [200, 200, 200]
        await visit.settled()
        assert (await visit.texts())[1:] == ["heard: /EXTERNAL_facts_changed"]


async def test_events_are_taken_from_the_backend_only(sqlite_url: str) -> None:
    async with running_chat(sqlite_url) as chat:
        visit = await chat.open()
        event = {"event_id": "e1", "conversation_id": visit.conversation, "event": "proof_given"}
        assert await _event(chat, "wrong", **event) == 401
        assert await _event(chat, "other-token", **event) == 403
        assert await _event(chat, **{**event, "conversation_id": "unknown"}) == 404
        assert await _event(chat, **{**event, "event": "anything"}) == 422
        async with chat.http.post(chat.url("/internal/chat/events"), json=event) as response:
            assert response.status == 404


async def test_zoe_is_silent_with_a_person_in_charge(database_url: str) -> None:
    async with running_chat(database_url) as chat:
        visit = await chat.open()
        async with chat.bot.database.write() as session:
            await session.execute(text("UPDATE bot_conversations SET state = 'queued'"))
        await visit.say("hello?")
        await _event(chat, event_id="e1", conversation_id=visit.conversation, event="proof_given")
        await visit.settled()
        assert len(await visit.texts()) == 1
        await visit.post(type="event", name="zoe.back")
        await visit.settled()
        assert chat.dialogue.messages[-1] == "/EXTERNAL_back_from_human"
        await visit.say("hello Zoe")
        assert (await visit.texts())[-1] == "heard: hello Zoe"


async def test_an_ended_conversation_reads_but_does_not_answer(database_url: str) -> None:
    async with running_chat(database_url) as chat:
        visit = await chat.open()
        await visit.post(type="event", name="zoe.end")
        await visit.settled()
        state = [item["value"]["state"] for item in await visit.activities() if item.get("name") == "zoe.state"]
        assert state == ["closed"]
        await visit.say("hello?")
        assert "This conversation has ended" in (await visit.texts())[-1]
        async with chat.http.post(chat.url("/chat/token"), json={"token": visit.token}) as response:
            assert (await response.json())["conversationId"] != visit.conversation


async def test_a_wish_for_a_person_gets_an_honest_answer_without_a_desk(sqlite_url: str) -> None:
    async with running_chat(sqlite_url) as chat:
        visit = await chat.open()
        await visit.post(type="event", name="zoe.human")
        await visit.settled()
        assert (await visit.texts())[-1].startswith("Nobody is at the desk right now.")


async def test_the_language_follows_the_person(sqlite_url: str) -> None:
    async with running_chat(sqlite_url) as chat:
        visit = await chat.open(lang="es")
        assert chat.dialogue.turns[-1]["metadata"]["lang"] == "es"
        chat.dialogue.lang = "pt"
        await visit.say("perdi meu celular")
        chat.dialogue.script = lambda _turn: [{"custom": {"zoe": "moment", "name": "status"}}]
        await visit.say("e agora")
        assert (await visit.texts())[-1] == "Nenhuma redefinição foi pedida nesta conversa."
        await visit.post(type="event", name="zoe.lang", value="en")
        await visit.post(type="event", name="zoe.human")
        await visit.settled()
        assert (await visit.texts())[-1].startswith("Nobody is at the desk")


async def test_the_dialogues_words_are_plain_and_lead_nowhere_foreign(sqlite_url: str) -> None:
    def script(turn: dict[str, Any]) -> list[dict[str, Any]]:
        return [
            {
                "text": "See [this](https://evil.example/x) <img src=x onerror=alert(1)> or "
                "http://localhost:8080/login now",
                "buttons": [
                    {"title": "Go on", "payload": "/affirm"},
                    {"title": "Bad", "payload": "https://evil.example"},
                    {"title": "", "payload": "/deny"},
                ],
            },
            {"custom": {"zoe": "page", "page": "login", "title": None}},
            {"custom": {"zoe": "page", "page": "https://evil.example"}},
            {"custom": {"zoe": "moment", "name": "unheard_of"}},
            {"custom": {"anything": [1, 2]}},
        ]

    async with running_chat(sqlite_url) as chat:
        chat.dialogue.script = script
        visit = await chat.open()
        (said,) = await visit.activities()
        assert said["text"] == "See this or http://localhost:8080/login now"
        assert said["textFormat"] == "plain"
        actions = said["suggestedActions"]["actions"]
        assert [action["title"] for action in actions] == ["Go on", "Sign in"]
        assert actions[1]["value"] == "http://localhost:8080/login"


async def test_health_follows_turns_through_dialogue_and_actions(sqlite_url: str) -> None:
    async def status() -> tuple[int, str]:
        async with chat.http.get(chat.url("/healthz")) as response:
            return response.status, (await response.json())["status"]

    async with running_chat(sqlite_url) as chat:
        async with chat.http.get(chat.url("/livez")) as response:
            assert response.status == 200
        chat.dialogue.status = 503
        await chat.bot.health.probe()
        assert await status() == (503, "starting")
        chat.dialogue.status = 200
        await chat.bot.health.probe()
        assert await status() == (200, "ok")
        assert chat.dialogue.turns[-1]["sender"] == PROBE
        chat.clock.advance(timedelta(seconds=11))
        assert await status() == (503, "degraded")
        chat.dialogue.script = lambda _turn: [{"custom": {"zoe": "moment", "name": "status"}}]
        visit = await chat.open()
        assert await status() == (200, "ok")
        assert await visit.activities()


async def test_the_greeting_says_who_asks_without_a_ticket_for_others(sqlite_url: str) -> None:
    import jwt

    async with running_chat(sqlite_url) as chat:
        visit = await chat.open()
        metadata = chat.dialogue.turns[-1]["metadata"]
        claims = jwt.decode(
            metadata["ticket"], b"k" * 32, algorithms=["HS256"], audience="zoe-turn", options={"verify_exp": False}
        )
        assert claims["sub"] == visit.conversation
        assert claims["jti"] == metadata["activity_id"]
        assert claims["exp"] == int(chat.clock().timestamp()) + 120
