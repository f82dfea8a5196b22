"""An action that ends in an error is neither silence nor a false "nothing happened"."""

import pytest

from bot.moments.wording import say
from tests.support.chat_server import running_chat


@pytest.mark.parametrize("lang", ["en", "pt", "es"])
async def test_a_failed_action_is_said_once_and_honestly(sqlite_url: str, lang: str) -> None:
    async with running_chat(sqlite_url) as chat:
        visit = await chat.open()
        chat.dialogue.lang, chat.dialogue.action_failed = lang, True
        chat.dialogue.script = lambda _turn: []
        before = len(await visit.texts())
        await visit.say("start the reset")
        assert (await visit.texts())[before:][-1] == say(lang, "action_failed")
        assert (await visit.texts()).count(say(lang, "action_failed")) == 1


async def test_what_the_dialogue_said_of_it_already_is_not_said_twice(sqlite_url: str) -> None:
    async with running_chat(sqlite_url) as chat:
        visit = await chat.open()
        chat.dialogue.action_failed = True
        chat.dialogue.script = lambda turn: [{"recipient_id": turn["sender"], "text": say("en", "action_failed")}]
        await visit.say("start the reset")
        newest = (await visit.texts())[-2:]
        assert newest.count(say("en", "action_failed")) == 1


async def test_after_it_the_dialogue_goes_on(sqlite_url: str) -> None:
    async with running_chat(sqlite_url) as chat:
        visit = await chat.open()
        chat.dialogue.action_failed = True
        await visit.say("start the reset", "c1")
        chat.dialogue.action_failed = False
        await visit.say("continue", "c2")
        assert (await visit.texts())[-1] == "heard: continue"


@pytest.mark.parametrize("stage", ["confirmed", "executed", "scheduled"])
async def test_nothing_was_removed_is_not_said_when_it_may_be_false(sqlite_url: str, stage: str) -> None:
    async with running_chat(sqlite_url) as chat:
        visit = await chat.open()
        chat.backend.set_stage(visit.conversation, stage)
        chat.dialogue.action_failed = True
        chat.dialogue.script = lambda _turn: []
        await visit.say("and now?")
        assert "Nothing was removed" not in (await visit.texts())[-1]
        assert (stage == "confirmed") == ("don't know yet" in (await visit.texts())[-1])
