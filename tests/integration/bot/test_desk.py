"""The desk: whoever asks for a person gets one, one party is in charge, and Zoe goes on where she was."""

import asyncio
from datetime import timedelta

from bot.handoff.queries import note_presence
from tests.support.chat_server import Chat, Visit, run_turns, running_chat
from tests.support.desk_agent import ask_for_a_person, colleague, queued, states


async def _arrives(chat: Chat, agent: str, *teams: str) -> None:
    """An agent's desk page is open."""
    async with chat.bot.database.write() as session:
        await note_presence(session, f"id-{agent}", ["general", *teams], chat.clock())


async def test_whoever_asks_for_a_person_is_in_line_and_is_told_the_place(database_url: str) -> None:
    async with running_chat(database_url) as chat:
        await _arrives(chat, "sofia")
        first, second = await queued(chat), await queued(chat)
        assert states(await second.activities()) == [("queued", None, 2)]
        assert (await first.texts())[-2:] == [
            "I'm calling somebody.",
            "You're 1st in line for a person. Keep typing, it stays.",
        ]
        assert (await second.texts())[-1].startswith("You're 2nd in line")
        status, lists = await colleague(chat, "Sofia").get("state")
        assert status == 200
        assert [entry["id"] for entry in lists["waiting"]] == [first.conversation, second.conversation]


async def test_with_nobody_there_the_line_is_honest_and_zoe_is_one_press_away(database_url: str) -> None:
    async with running_chat(database_url) as chat:
        visit = await queued(chat)
        assert "Nobody is at the desk right now" in (await visit.texts())[-1]
        assert (await visit.press("Back to Zoe"))[0] == 200
        assert states(await visit.activities())[-1] == ("bot", None, None)
        assert chat.dialogue.messages[-1] == "/EXTERNAL_back_from_human"


async def test_minutes_are_said_only_from_todays_figures(database_url: str) -> None:
    async with running_chat(database_url) as chat:
        sofia = colleague(chat, "Sofia")
        await _arrives(chat, "sofia")
        for _ in range(3):
            visit = await queued(chat)
            chat.clock.advance(timedelta(minutes=6))
            assert (await sofia.act(visit, "claim"))[0] == 200
        await _arrives(chat, "sofia")
        assert (await (await queued(chat)).texts())[-1].endswith("People waited about 6 minutes today.")
        chat.clock.advance(timedelta(days=1))
        await _arrives(chat, "sofia")
        assert "waited" not in (await (await queued(chat)).texts())[-1]


async def test_of_two_who_claim_at_once_one_gets_it_and_both_are_told(database_url: str) -> None:
    async with running_chat(database_url) as chat:
        sofia, sam = colleague(chat, "Sofia"), colleague(chat, "Sam")
        for _ in range(5):
            visit = await queued(chat)
            answers = await asyncio.gather(sofia.act(visit, "claim"), sam.act(visit, "claim"))
            assert sorted(status for status, _ in answers) == [200, 409]
            loser = next(answer for status, answer in answers if status == 409)
            told = [state for state in states(await visit.activities()) if state[0] == "agent"]
            assert told == [("agent", loser["by"], None)]


async def test_those_behind_move_up_when_somebody_is_taken(database_url: str) -> None:
    async with running_chat(database_url) as chat:
        sofia = colleague(chat, "Sofia")
        first, second = await queued(chat), await queued(chat)
        await sofia.act(first, "claim")
        assert states(await second.activities()) == [("queued", None, 2), ("queued", None, 1)]


async def test_an_agent_answers_and_zoe_is_silent(database_url: str) -> None:
    async with running_chat(database_url) as chat:
        sofia, visit = colleague(chat, "Sofia"), await queued(chat)
        await sofia.act(visit, "claim")
        before = len(await visit.texts())
        assert (await sofia.say(visit, "Hello, how can I help?"))[1]["outcome"] == "sent"
        assert (await sofia.say(visit, "Hello, how can I help?"))[1]["outcome"] == "sent"
        await visit.say("my phone is gone")
        activities = await visit.activities()
        said = [item for item in activities if item["from"]["role"] == "agent"]
        assert [(item["text"], item["from"]["name"]) for item in said] == [("Hello, how can I help?", "Sofia")]
        assert len(await visit.texts()) == before
        assert "my phone is gone" not in chat.dialogue.messages
        _, seen = await sofia.transcript(visit)
        assert [entry["text"] for entry in seen["entries"] if entry["kind"] == "text"][-2:] == [
            "Hello, how can I help?",
            "my phone is gone",
        ]


async def test_a_claim_that_arrives_while_a_turn_runs_silences_it(database_url: str) -> None:
    async def claim_first(name: str) -> None:
        if name == "asked" and visits and not claims:
            claims.append(await sofia.act(visits[0], "claim"))

    visits: list[Visit] = []
    claims: list[tuple[int, object]] = []
    async with running_chat(database_url, failpoint=claim_first) as chat:
        sofia = colleague(chat, "Sofia")
        visit = await chat.open()
        visits.append(visit)
        await ask_for_a_person(chat, visit)
        activities = await visit.activities()
        joined = next(i for i, item in enumerate(activities) if item.get("value", {}) and _is_agent(item))
        assert claims[0][0] == 200
        assert not any(item["from"]["id"] == "zoe" and "text" in item for item in activities[joined:])
        assert "I'm calling somebody." not in await visit.texts()


async def test_a_waiting_text_is_not_said_over_an_agent(database_url: str) -> None:
    """The dialogue goes away in the very turn in which the agent came."""
    async with running_chat(database_url) as chat:
        sofia, visit = colleague(chat, "Sofia"), await queued(chat)
        await visit.post(text="still here?")
        await sofia.act(visit, "claim")
        chat.dialogue.status = 503
        await visit.settled()
        assert "think straight" not in " ".join(await visit.texts())


async def test_handing_back_lets_zoe_go_on_at_the_step(database_url: str) -> None:
    async with running_chat(database_url) as chat:
        sofia, visit = colleague(chat, "Sofia"), await queued(chat)
        await sofia.act(visit, "claim")
        assert (await sofia.act(visit, "back"))[0] == 200
        await run_turns(chat.bot, visit.conversation)
        assert states(await visit.activities())[-1] == ("bot", None, None)
        assert (await visit.texts())[-1] == "heard: /EXTERNAL_back_from_human"
        await visit.say("thanks")
        assert (await visit.texts())[-1] == "heard: thanks"
        assert (await sofia.say(visit, "one more thing", "m2"))[0] == 404


async def test_the_customer_can_go_back_to_zoe_while_an_agent_is_there(database_url: str) -> None:
    async with running_chat(database_url) as chat:
        sofia, visit = colleague(chat, "Sofia"), await queued(chat)
        await sofia.act(visit, "claim")
        await visit.post(type="event", name="zoe.back")
        await visit.settled()
        assert states(await visit.activities())[-1][0] == "bot"
        assert chat.dialogue.messages[-1] == "/EXTERNAL_back_from_human"


async def test_a_closed_conversation_can_be_read_and_asks_for_a_person_again(database_url: str) -> None:
    async with running_chat(database_url) as chat:
        sofia, visit = colleague(chat, "Sofia"), await queued(chat)
        await sofia.act(visit, "claim")
        assert (await sofia.act(visit, "close"))[0] == 200
        await visit.say("hello?")
        assert "ended" in (await visit.texts())[-1]
        await visit.post(type="event", name="zoe.human")
        await visit.settled()
        assert states(await visit.activities())[-1] == ("queued", None, 1)


async def test_the_customer_can_end_it_from_the_queue(database_url: str) -> None:
    async with running_chat(database_url) as chat:
        visit = await queued(chat)
        await visit.post(type="event", name="zoe.end")
        await visit.settled()
        assert states(await visit.activities())[-1][0] == "closed"
        assert (await colleague(chat, "Sofia").get("state"))[1]["waiting"] == []


async def test_handoff_events_have_the_bot_frameworks_shapes(database_url: str) -> None:
    async with running_chat(database_url) as chat:
        chat.backend.set_stage("any", "none")
        sofia, visit = colleague(chat, "Sofia"), await queued(chat)
        await sofia.act(visit, "claim")
        await sofia.act(visit, "back")
        events = [item for item in await visit.activities() if str(item.get("name")).startswith("handoff.")]
        assert [item["name"] for item in events] == ["handoff.initiate", "handoff.status", "handoff.status"]
        assert [item["value"]["state"] for item in events[1:]] == ["accepted", "completed"]
        proofs = {"email": False, "password": False, "owner": None}
        assert events[0]["value"] == {"language": "en", "reason": "asked", "proofs": proofs}
        attachment = events[0]["attachments"][0]
        assert (attachment["name"], attachment["content"]["conversationId"]) == ("Transcript", visit.conversation)


async def test_a_code_typed_to_an_agent_is_hidden_and_still_counts(database_url: str) -> None:
    async with running_chat(database_url) as chat:
        sofia, visit = colleague(chat, "Sofia"), await queued(chat)
        await sofia.act(visit, "claim")
        chat.backend.set_stage(visit.conversation, "code", claim={"address": "ana@acme.example"})
        await visit.say("it says 123456")
        assert [attempt[1] for attempt in chat.backend.attempts] == ["123456"]
        status, seen = await sofia.transcript(visit)
        assert status == 200
        assert "123456" not in str(seen)
        assert seen["entries"][-1]["text"] == "it says ••••••"
        _, panel = await sofia.act(visit, "panel")
        assert panel["stage"] == "password"


async def test_the_audit_hears_of_every_action_also_after_an_outage(database_url: str) -> None:
    async with running_chat(database_url) as chat:
        sofia, visit = colleague(chat, "Sofia"), await queued(chat)
        await sofia.act(visit, "claim")
        await sofia.act(visit, "panel")
        await sofia.act(visit, "back")
        assert await chat.bot.desk_audit.deliver() == 2
        assert await chat.bot.desk_audit.deliver() == 0
        events = [event for conversation, who, event in chat.backend.desk_events if who == "id-sofia"]
        assert sorted(events) == ["claimed", "handed_back", "panel_read"]


async def test_typing_travels_both_ways(database_url: str) -> None:
    async with running_chat(database_url) as chat:
        sofia, visit = colleague(chat, "Sofia"), await queued(chat)
        await sofia.act(visit, "claim")
        listening = chat.bot.fanout.subscribe(visit.conversation)
        assert (await sofia.act(visit, "typing"))[0] == 200
        await visit.post(type="typing")
        assert [item["from"]["role"] for item in listening.passing] == ["agent", "user"]
        chat.bot.fanout.unsubscribe(visit.conversation, listening)


def _is_agent(item: dict) -> bool:
    return item.get("name") == "zoe.state" and item["value"]["state"] == "agent"
