"""A member has the owner asked: a button with a one-time nonce, whose press only the backend judges."""

from typing import Any

import pytest

from tests.support.chat_server import Chat, Visit, running_chat


def _ask(turn: dict[str, Any]) -> list[dict[str, Any]]:
    recorded = turn["message"] == "/EXTERNAL_confirmation_recorded"
    return [
        {"recipient_id": turn["sender"], "custom": {"zoe": "moment", "name": "outcome" if recorded else "ask_owner"}}
    ]


async def _member(chat: Chat, reason: str | None) -> Visit:
    visit = await chat.token()
    chat.backend.set_stage(visit.conversation, "ask_owner", reset={"reference": "7F3K", "reason": reason})
    chat.dialogue.script = _ask
    await visit.start()
    await visit.settled()
    return visit


async def test_the_reason_that_was_heard_is_named_and_passed_on(database_url: str) -> None:
    async with running_chat(database_url) as chat:
        visit = await _member(chat, "lost_device")
        assert "the reason (phone or app lost) and when" in (await visit.texts())[0]
        assert "nonce-1" not in str(await visit.activities())
        assert (await visit.press("Ask the owner"))[0] == 200
        assert chat.backend.asked == ["lost_device"]
        assert (await visit.texts())[-1].startswith("Asked. The owner has until Fri 2 Jan")


async def test_without_a_reason_one_is_picked(database_url: str) -> None:
    async with running_chat(database_url) as chat:
        visit = await _member(chat, None)
        assert (await visit.press("Phone stolen"))[0] == 200
        assert chat.backend.asked == ["stolen"]


@pytest.mark.parametrize("said", ["yes", "Ask the owner", "Phone stolen"])
async def test_words_ask_nobody(database_url: str, said: str) -> None:
    async with running_chat(database_url) as chat:
        visit = await _member(chat, None)
        await visit.say(said)
        assert chat.backend.asked == []
        assert chat.backend.confirmations == {}


async def test_a_press_that_the_backend_refuses_shows_the_offer_again(database_url: str) -> None:
    async with running_chat(database_url) as chat:
        visit = await _member(chat, "lost_device")
        chat.backend.nonce = "another"
        assert (await visit.press("Ask the owner"))[0] == 200
        assert chat.backend.asked == []
        assert "I can ask them" in (await visit.texts())[-1]
