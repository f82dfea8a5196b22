"""Zoe never says the same sentence twice in a row, and does not greet somebody whom she is answering already."""

from datetime import timedelta

import pytest

from bot.moments.wording import say
from tests.support.chat_server import Visit, running_chat

PAUSE = timedelta(seconds=15)


@pytest.mark.parametrize("lang", ["en", "pt", "es"])
async def test_the_same_sentence_again_is_said_as_such(sqlite_url: str, lang: str) -> None:
    async with running_chat(sqlite_url) as chat:
        visit = await chat.open()
        chat.dialogue.lang = lang
        chat.dialogue.script = lambda turn: [{"recipient_id": turn["sender"], "text": "Wait a little."}]
        for text in ("one", "two", "three"):
            await visit.say(text)
        first, again, once_more = (await visit.texts())[-3:]
        assert (first, again) == ("Wait a little.", say(lang, "as_before", sentence="Wait a little."))
        assert once_more == "Wait a little."


async def test_two_turns_that_fail_are_not_told_in_the_same_words(sqlite_url: str) -> None:
    async with running_chat(sqlite_url) as chat:
        visit = await chat.open()
        chat.dialogue.status = 422
        for text in ("one", "two"):
            await _fails(visit, text)
        assert (await visit.texts())[-2:] == [
            say("en", "turn_failed"),
            say("en", "as_before", sentence=say("en", "turn_failed")),
        ]


async def test_who_wrote_before_the_greeting_gets_the_answer_alone(sqlite_url: str) -> None:
    async with running_chat(sqlite_url) as chat:
        visit = await chat.token()
        await visit.start()
        await visit.post(text="hello")
        await visit.settled()
        assert await visit.texts() == ["heard: hello"]


async def _fails(visit: Visit, text: str) -> None:
    """Says something and lets the turn be tried until it is given up."""
    await visit.post(text=text)
    for _ in range(3):
        await visit.settled()
        visit.chat.clock.advance(PAUSE)
