"""Buttons: only the newest offer counts, each choice once; the confirmation is such an offer."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from bot.housekeeping import Housekeeping
from tests.support.chat_server import Chat, Visit, running_chat


def _two_choices(turn: dict[str, Any]) -> list[dict[str, Any]]:
    buttons = [
        {"title": "Reset it", "payload": "/start_reset"},
        {"title": "Sign in by e-mail", "payload": "/faq_email"},
    ]
    return [{"recipient_id": turn["sender"], "text": f"after {turn['message']}", "buttons": buttons}]


def _card(turn: dict[str, Any]) -> list[dict[str, Any]]:
    if turn["message"] == "/EXTERNAL_confirmation_recorded":
        return [{"recipient_id": turn["sender"], "custom": {"zoe": "moment", "name": "outcome"}}]
    return [{"recipient_id": turn["sender"], "custom": {"zoe": "moment", "name": "ask_confirmation"}}]


READY = {
    "proofs": {"email": "2026-01-01T12:00:00Z", "password": "2026-01-01T12:00:00Z", "owner": True},
    "reset": {
        "reference": "7F3K",
        "removes": [
            {"kind": "sms", "label": "ending in 88", "count": 1},
            {"kind": "recovery_codes", "label": "", "count": 7},
        ],
        "scheduled_for": None,
        "executed_at": None,
        "told": ["a••@acme.example"],
        "status_url": None,
    },
}


async def _ready(chat: Chat) -> Visit:
    visit = await chat.token()
    chat.backend.set_stage(visit.conversation, "ready", **READY)
    chat.dialogue.script = _card
    await visit.start()
    await visit.settled()
    return visit


async def test_a_choice_is_sent_as_the_servers_payload_and_counts_once(database_url: str) -> None:
    async with running_chat(database_url) as chat:
        chat.dialogue.script = _two_choices
        visit = await chat.open()
        offered = await visit.offered("Reset it")
        results = await asyncio.gather(*(visit.post(text="Reset it", value=offered) for _ in range(8)))
        await visit.settled()
        assert sorted(status for status, _ in results) == [200] + [409] * 7
        assert chat.dialogue.messages == ["/EXTERNAL_welcome", "/start_reset"]
        closed = [item for item in await visit.activities() if item.get("name") == "zoe.offer.closed"]
        assert [item["value"]["chosen"] for item in closed] == ["Reset it"]


async def test_an_older_offer_is_refused(database_url: str) -> None:
    async with running_chat(database_url) as chat:
        chat.dialogue.script = _two_choices
        visit = await chat.open()
        old = await visit.offered("Reset it")
        await visit.say("something else")
        assert (await visit.post(text="Reset it", value=old))[0] == 409
        assert (await visit.press("Reset it"))[0] == 200


async def test_an_offer_of_another_conversation_is_refused(database_url: str) -> None:
    async with running_chat(database_url) as chat:
        chat.dialogue.script = _two_choices
        mine, theirs = await chat.open(), await chat.open()
        assert (await mine.post(text="Reset it", value=await theirs.offered("Reset it")))[0] == 409


async def test_a_sent_choice_that_is_sent_again_gets_the_same_id(database_url: str) -> None:
    async with running_chat(database_url) as chat:
        chat.dialogue.script = _two_choices
        visit = await chat.open()
        activity = {
            "text": "Reset it",
            "value": await visit.offered("Reset it"),
            "channelData": {"clientActivityID": "c9"},
        }
        assert await visit.post(**activity) == await visit.post(**activity)


async def test_the_card_shows_facts_and_never_the_nonce(database_url: str) -> None:
    async with running_chat(database_url) as chat:
        visit = await _ready(chat)
        activities = await visit.activities()
        card = next(item for item in activities if "attachments" in item)
        assert "nonce-1" not in str(activities)
        assert card["attachments"][0]["contentType"] == "application/vnd.microsoft.card.adaptive"
        assert card["attachments"][0]["content"]["body"][1]["facts"][0] == {
            "title": "Removed",
            "value": "SMS ending in 88 and 7 recovery codes",
        }
        assert "Removed: SMS ending in 88 and 7 recovery codes." in card["text"]


async def test_the_cards_yes_reaches_the_backend_before_the_dialogue(database_url: str) -> None:
    async with running_chat(database_url) as chat:
        visit = await _ready(chat)
        status, _ = await visit.post(value={"offered": await visit.offered("Remove and start over")})
        await visit.settled()
        assert status == 200
        assert list(chat.backend.confirmations.values()) == ["recorded"]
        assert chat.dialogue.messages[-1] == "/EXTERNAL_confirmation_recorded"
        closed = [item["value"] for item in await visit.activities() if item.get("name") == "zoe.offer.closed"]
        assert closed[0]["chosen"] == "Remove and start over"


async def test_a_typed_yes_is_tried_as_a_confirmation_first(database_url: str) -> None:
    async with running_chat(database_url) as chat:
        visit = await _ready(chat)
        await visit.say("what happens then?")
        assert chat.dialogue.messages[-1] == "what happens then?"
        await visit.say("yes")
        assert chat.dialogue.messages[-1] == "/EXTERNAL_confirmation_recorded"


async def test_a_yes_that_was_written_before_the_card_is_no_yes(database_url: str) -> None:
    """The word waits in the queue while the facts become ready; the card is shown behind it."""
    async with running_chat(database_url) as chat:
        visit = await chat.open()
        chat.backend.set_stage(visit.conversation, "ready")
        await visit.say("ok")
        assert "recorded" not in chat.backend.confirmations.values()
        assert chat.dialogue.messages[-1] == "ok"


async def test_a_yes_after_the_card_was_closed_is_no_yes(database_url: str) -> None:
    """Somebody stops; Zoe offers something else, which closes the card; then a word that means nothing any more."""
    async with running_chat(database_url) as chat:
        visit = await _ready(chat)
        chat.dialogue.script = lambda turn: [
            {"recipient_id": turn["sender"], "text": "Stopped.", "buttons": [{"title": "Go on", "payload": "/greet"}]}
        ]
        await visit.say("I want to stop this")
        await visit.say("ok")
        assert "recorded" not in chat.backend.confirmations.values()
        assert chat.dialogue.messages[-1] == "ok"


async def test_a_yes_after_something_else_was_said_is_no_yes(database_url: str) -> None:
    """Zoe answers a question and shows no card again: what follows answers that, and the old card is closed."""
    async with running_chat(database_url) as chat:
        visit = await _ready(chat)
        chat.dialogue.script = lambda turn: [{"recipient_id": turn["sender"], "text": "It is kept for a year."}]
        old = await visit.offered("Remove and start over")
        await visit.say("how long do you keep what I write?")
        assert chat.backend.nonce == ""
        await visit.say("ok")
        assert "recorded" not in chat.backend.confirmations.values()
        assert (await visit.post(value=old))[0] == 409
        closed = [item["value"] for item in await visit.activities() if item.get("name") == "zoe.offer.closed"]
        assert [item["chosen"] for item in closed] == [None]


@pytest.mark.parametrize("act", ["stop", "bye", "zoe.human", "zoe.end"])
async def test_stop_goodbye_a_person_and_the_end_close_the_card(sqlite_url: str, act: str) -> None:
    """Whatever is said or done but yes: the backend's nonce is gone."""
    async with running_chat(sqlite_url) as chat:
        visit = await _ready(chat)
        assert chat.backend.nonce
        chat.dialogue.script = lambda turn: [{"recipient_id": turn["sender"], "text": "All right."}]
        old = await visit.offered("Remove and start over")
        if act.startswith("zoe."):
            await visit.post(type="event", name=act)
            await visit.settled()
        else:
            await visit.say(act)
        assert chat.backend.nonce == ""
        assert (await visit.post(value=old))[0] == 409


async def test_a_typed_yes_presents_the_card_and_its_time(database_url: str) -> None:
    async with running_chat(database_url) as chat:
        visit = await _ready(chat)
        await visit.say("yes")
        (said,) = chat.backend.said
        assert (said["nonce"], said["text"]) == ("nonce-1", "yes")
        assert datetime.fromisoformat(said["written_at"]) == chat.clock()


async def test_a_typed_yes_whose_dialogue_was_away_is_carried_out_later(database_url: str) -> None:
    """The turn is run again when the yes is recorded already: it must not end as an idle word."""
    async with running_chat(database_url) as chat:
        visit = await _ready(chat)
        chat.dialogue.status = 503
        await visit.say("yes")
        assert "I don't know yet" in (await visit.texts())[-1]
        chat.dialogue.status = 200
        chat.clock.advance(timedelta(seconds=20))
        await visit.settled()
        assert chat.dialogue.messages[-1] == "/EXTERNAL_confirmation_recorded"


async def test_a_hidden_message_shows_the_card_again(database_url: str) -> None:
    async with running_chat(database_url) as chat:
        visit = await _ready(chat)
        await visit.say("my password is Tr0ub4dor&3-correct")
        await visit.say("yes")
        assert list(chat.backend.confirmations.values())[-1] == "recorded"


async def test_a_superseded_cards_yes_is_refused(database_url: str) -> None:
    async with running_chat(database_url) as chat:
        visit = await _ready(chat)
        old = await visit.offered("Remove and start over")
        await visit.say("and my phone?")
        assert (await visit.post(value=old))[0] == 409
        assert chat.backend.confirmations.values() == {"x": "not_recorded"}.values() or "recorded" not in (
            chat.backend.confirmations.values()
        )


async def test_an_outcome_unknown_after_a_yes_is_said_and_found_out(database_url: str) -> None:
    async with running_chat(database_url) as chat:
        visit = await _ready(chat)
        offered = await visit.offered("Remove and start over")
        await visit.post(value=offered)
        chat.backend.down = True
        await visit.settled()
        assert "I don't know yet" in (await visit.texts())[-1]
        chat.backend.down = False
        chat.clock.advance(timedelta(seconds=20))
        await visit.settled()
        assert list(chat.backend.confirmations.values()) == ["recorded"]
        assert chat.dialogue.messages[-1] == "/EXTERNAL_confirmation_recorded"


async def test_a_card_expires_visibly(database_url: str) -> None:
    async with running_chat(database_url) as chat:
        visit = await _ready(chat)
        offered = await visit.offered("Remove and start over")
        chat.clock.advance(timedelta(minutes=10))
        tidy = Housekeeping(chat.bot.database, chat.bot.fanout, chat.clock, timedelta(days=1))
        await tidy.tidy(chat.clock())
        await tidy.tidy(chat.clock())
        closed = [item["value"] for item in await visit.activities() if item.get("name") == "zoe.offer.closed"]
        assert [(item["chosen"], item["expired"]) for item in closed] == [(None, True)]
        assert (await visit.post(value=offered))[0] == 409
