"""Whatever stops a worker between two steps: the turn is taken up again and applied once."""

import asyncio
from datetime import timedelta

import pytest

from bot.turns.queue import list_due
from tests.support.chat_server import run_turns, running_chat


class Stop:
    """A failpoint that stops the work once, as a killed process does: nothing after it runs."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.armed = False

    async def __call__(self, name: str) -> None:
        if self.armed and name == self.where:
            self.armed = False
            raise asyncio.CancelledError


@pytest.mark.parametrize("where", ["claimed", "asked", "answered"])
async def test_a_killed_worker_loses_nothing_and_repeats_nothing(database_url: str, where: str) -> None:
    stop = Stop(where)
    async with running_chat(database_url, failpoint=stop) as chat:
        visit = await chat.open()
        await visit.post(text="hello")
        stop.armed = True
        with pytest.raises(asyncio.CancelledError):
            await visit.settled()
        await visit.settled()
        assert (await visit.texts())[1:] == ["heard: hello"]
        ids = {turn["metadata"]["activity_id"] for turn in chat.dialogue.turns if turn["message"] == "hello"}
        assert len(ids) == 1


async def test_a_lease_that_was_never_given_back_runs_out(database_url: str) -> None:
    async with running_chat(database_url) as chat:
        visit = await chat.open()
        await visit.post(text="hello")
        chat.dialogue.gate = asyncio.Event()
        chat.dialogue.arrived.clear()
        stuck = asyncio.create_task(chat.bot.worker.run_conversation(visit.conversation))
        await chat.dialogue.arrived.wait()
        async with running_chat(database_url, dialogue=chat.dialogue, backend=chat.backend) as second:
            assert await second.bot.worker.run_conversation(visit.conversation) == 0
            second.clock.advance(timedelta(seconds=91))
            chat.dialogue.gate.set()
            await run_turns(second.bot, visit.conversation)
        await asyncio.gather(stuck, return_exceptions=True)
        assert (await visit.texts())[1:] == ["heard: hello"]


async def test_a_code_whose_server_died_before_storing_is_counted_once(database_url: str) -> None:
    stop = Stop("handed_in")
    async with running_chat(database_url, failpoint=stop) as chat:
        visit = await chat.open()
        chat.backend.set_stage(visit.conversation, "code")
        stop.armed = True
        with pytest.raises(Exception):  # noqa: B017, PT011 - the connection breaks, as it does when a process is killed
            await visit.post(text="123456", channelData={"clientActivityID": "c1"})
        assert len(chat.backend.attempts) == 1
        await visit.say("123456", "c1")
        assert len(chat.backend.attempts) == 1
        assert chat.dialogue.turns[-1]["metadata"]["outcome"] == {"kind": "code", "result": "accepted"}


async def test_while_the_dialogue_loads_the_message_is_kept_and_answered_later(database_url: str) -> None:
    async with running_chat(database_url) as chat:
        chat.dialogue.status = 503
        visit = await chat.token()
        await visit.start()
        await visit.post(text="hello")
        for _ in range(3):
            await visit.settled()
            chat.clock.advance(timedelta(seconds=20))
        activities = await visit.activities()
        assert [item["name"] for item in activities if item["type"] == "event"] == ["zoe.loading"]
        assert await visit.texts() == ["I'm starting, a few seconds. Your message is kept."]
        chat.dialogue.status = 200
        await visit.settled()
        assert (await visit.texts())[1:] == ["heard: hello"]


async def test_nothing_overtakes_a_turn_that_was_put_off(database_url: str) -> None:
    async with running_chat(database_url) as chat:
        visit = await chat.open()
        chat.dialogue.status = 503
        await visit.post(text="first")
        await visit.settled()
        chat.dialogue.status = 200
        await visit.post(text="second")
        async with chat.bot.database.read() as session:
            assert await list_due(session, chat.clock()) == []
        chat.clock.advance(timedelta(seconds=2))
        async with chat.bot.database.read() as session:
            assert await list_due(session, chat.clock()) == [visit.conversation]
        await visit.settled()
        assert chat.dialogue.messages[-2:] == ["first", "second"]


async def test_an_error_of_the_dialogue_is_answered_after_three_attempts(database_url: str) -> None:
    async with running_chat(database_url) as chat:
        visit = await chat.open()
        chat.dialogue.status = 500
        await visit.post(text="hello")
        for _ in range(3):
            await visit.settled()
            chat.clock.advance(timedelta(seconds=20))
        assert "That went wrong on my side" in (await visit.texts())[-1]
        chat.dialogue.status = 200
        await visit.say("again")
        assert (await visit.texts())[-1] == "heard: again"


async def test_while_the_account_system_is_away_it_is_said_once(database_url: str) -> None:
    async with running_chat(database_url) as chat:
        visit = await chat.open()
        chat.backend.down = True
        await visit.post(text="hello")
        for _ in range(3):
            await visit.settled()
            chat.clock.advance(timedelta(seconds=20))
        chat.backend.down = False
        await visit.settled()
        said = (await visit.texts())[1:]
        assert len(said) == 2
        assert "I can't reach the account system. Nothing was removed." in said[0]
        assert said[1] == "heard: hello"
