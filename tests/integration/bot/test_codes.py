"""Codes and passwords: judged once, hidden everywhere, never on disk and never in a log."""

import logging
from pathlib import Path
from typing import Any

import pytest
import structlog
from sqlalchemy import text, update

from bot.models import Conversation
from dbkit.engines import reading
from tests.support.chat_server import Chat, Visit, running_chat

CLAIM = {
    "address": "ana@acme.example",
    "sent_at": "2026-01-01T12:00:00Z",
    "expires_at": "2026-01-01T12:10:00Z",
    "resend_at": "2026-01-01T12:00:48Z",
    "attempts_left": 3,
    "spent": False,
    "from_session": False,
}


def _result(turn: dict[str, Any]) -> list[dict[str, Any]]:
    outcome = turn["metadata"]["outcome"]
    if outcome is None:
        return [{"recipient_id": turn["sender"], "text": "ok"}]
    return [
        {"recipient_id": turn["sender"], "custom": {"zoe": "moment", "name": "code_result"}},
        {"recipient_id": turn["sender"], "custom": {"zoe": "moment", "name": "ask_password"}},
    ]


async def _awaiting(chat: Chat, stage: str) -> Visit:
    visit = await chat.open()
    chat.dialogue.script = _result
    chat.backend.set_stage(visit.conversation, stage, claim=CLAIM)
    return visit


@pytest.mark.parametrize("typed", ["123456", "my code is 123 456, thanks", "１２３４５６", "1-2-3-4-5-6"])
async def test_an_awaited_code_goes_to_the_backend_and_the_dialogue_hears_dots(database_url: str, typed: str) -> None:
    async with running_chat(database_url) as chat:
        visit = await _awaiting(chat, "code")
        await visit.say(typed)
        assert [code for _, code, _ in chat.backend.attempts] == ["123456"]
        turn = chat.dialogue.turns[-1]
        assert "••••••" in turn["message"]
        assert turn["metadata"]["outcome"] == {"kind": "code", "result": "accepted"}
        assert turn["metadata"]["stage"] == "password"
        assert "Never type it here" in (await visit.texts())[-1]


async def test_a_wrong_code_says_how_many_tries_are_left(database_url: str) -> None:
    async with running_chat(database_url) as chat:
        visit = await _awaiting(chat, "code")
        await visit.say("999999")
        assert "That doesn't match. 3 tries left. Only the newest mail counts." in await visit.texts()


async def test_sending_a_code_again_is_no_second_attempt(database_url: str) -> None:
    async with running_chat(database_url) as chat:
        visit = await _awaiting(chat, "code")
        assert await visit.say("999999", "c1") == await visit.say("999999", "c1")
        assert len(chat.backend.attempts) == 1
        assert len([item for item in await visit.activities() if item["from"]["id"] == "customer"]) == 1


async def test_a_return_code_goes_the_same_way(database_url: str) -> None:
    async with running_chat(database_url) as chat:
        visit = await _awaiting(chat, "return_code")
        await visit.say("bcd-fgh")
        assert [code for _, code, _ in chat.backend.attempts] == ["BCDFGH"]
        assert chat.dialogue.turns[-1]["metadata"]["outcome"] == {"kind": "return_code", "result": "accepted"}


async def test_a_code_that_nobody_waits_for_is_hidden_and_not_handed_in(database_url: str) -> None:
    async with running_chat(database_url) as chat:
        visit = await chat.open()
        await visit.say("123456")
        assert chat.backend.attempts == []
        assert chat.dialogue.turns[-1]["message"] == "••••••"
        assert chat.dialogue.turns[-1]["metadata"]["outcome"] == {"kind": "code", "result": "not_awaited"}


async def test_nothing_is_stored_while_the_judge_of_a_code_is_away(database_url: str) -> None:
    async with running_chat(database_url) as chat:
        visit = await _awaiting(chat, "code")
        before = await visit.activities()
        chat.backend.down = True
        status, _ = await visit.post(text="123456", channelData={"clientActivityID": "c1"})
        assert status == 503
        assert await visit.activities() == before
        chat.backend.down = False
        await visit.say("123456", "c1")
        assert len(chat.backend.attempts) == 1


async def test_a_password_typed_in_the_chat_is_hidden_and_goes_no_further(database_url: str) -> None:
    async with running_chat(database_url) as chat:
        visit = await _awaiting(chat, "password")
        await visit.say("Tr0ub4dor&3")
        assert "Tr0ub4dor" not in str(chat.dialogue.turns)
        assert "I've hidden that. If it was your password" in (await visit.texts())[-2]
        link = (await visit.activities())[-1]["suggestedActions"]["actions"][0]
        assert (link["type"], link["value"]) == ("openUrl", "http://localhost:8080/verify/link-1")


@pytest.mark.parametrize("typed", ["correct horse battery staple", "minha casa azul 77", "sunshine"])
async def test_a_passphrase_typed_while_the_password_page_is_awaited_is_hidden(sqlite_url: str, typed: str) -> None:
    async with running_chat(sqlite_url) as chat:
        visit = await _awaiting(chat, "password")
        await visit.say(typed)
        assert typed not in str(chat.dialogue.turns)
        assert typed not in str(await visit.activities())
        assert "I've hidden that. If it was your password" in (await visit.texts())[-2]


async def test_a_question_while_the_password_page_is_awaited_reaches_the_dialogue(sqlite_url: str) -> None:
    async with running_chat(sqlite_url) as chat:
        visit = await _awaiting(chat, "password")
        await visit.say("where is the button?")
        assert chat.dialogue.messages[-1] == "where is the button?"


HIDDEN_EVERYWHERE = [
    "my password is correct horse battery staple",
    "the code is 482913",
    "quatro oito dois nove um três",
    "BCD-FGH",
    "ab3d9-fghjk-mnpqr",
]


@pytest.mark.parametrize("state", ["bot", "queued", "agent"])
async def test_secrets_are_hidden_whoever_is_in_charge(sqlite_url: str, state: str) -> None:
    async with running_chat(sqlite_url) as chat:
        visit = await chat.open()
        who = {"agent_id": "7", "agent_name": "Sofia"} if state == "agent" else {}
        async with chat.bot.database.write() as session:
            await session.execute(
                update(Conversation).where(Conversation.id == visit.conversation).values(state=state, **who)
            )
        for typed in HIDDEN_EVERYWHERE:
            await visit.say(typed)
        shown = [item["text"] for item in await visit.activities() if item["from"]["id"] == "customer"]
        assert shown[0] == "my password is ••••••"
        assert shown[1] == "the code is ••••••"
        assert shown[2:] == ["••••••"] * 3


async def test_a_password_inside_a_sentence_is_hidden_and_said_so(sqlite_url: str) -> None:
    async with running_chat(sqlite_url) as chat:
        visit = await chat.open()
        await visit.say("my password is hunter2, what now?")
        assert chat.dialogue.messages[-1] == "my password is •••••• what now?"
        assert (await visit.texts())[-2].startswith("I've hidden that")


SECRETS = ("482913", "BCDFGH", "bcd-fgh", "Tr0ub4dor&3", "ab3d-9fgh-jk2m-pq4r", "４８２９１３")


async def test_no_secret_is_on_disk_or_in_a_log(
    sqlite_url: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with structlog.testing.capture_logs() as lines, caplog.at_level(logging.DEBUG):
        async with running_chat(sqlite_url) as chat:
            visit = await _awaiting(chat, "code")
            for stage in ("none", "code", "password", "return_code", "ready"):
                chat.backend.set_stage(visit.conversation, stage)
                for secret in SECRETS:
                    await visit.say(secret)
                    await visit.say(f"here it is: {secret} ok?", f"c-{stage}-{SECRETS.index(secret)}")
            async with reading(chat.bot.database.engine).connect() as connection:
                await connection.execute(text("PRAGMA wal_checkpoint(PASSIVE)"))
            chat.backend.set_stage(visit.conversation, "password")
            chat.dialogue.script = lambda _turn: [{"custom": {"zoe": "moment", "name": "ask_password"}}]
            await visit.say("next please")
            link = (await visit.activities())[-1]["suggestedActions"]["actions"][0]["value"]
            chat.backend.set_stage(visit.conversation, "ready")
            chat.dialogue.script = lambda _turn: [{"custom": {"zoe": "moment", "name": "ask_confirmation"}}]
            await visit.say("and then?")
            heard = str(chat.dialogue.turns) + str(lines) + caplog.text
            written = _bytes_of(tmp_path)
    assert b"here it is" in written
    assert link.startswith("http://localhost:8080/verify/link-")
    assert chat.backend.nonce is not None
    for secret in (*SECRETS, link, chat.backend.nonce):
        assert secret.encode() not in written
        assert secret not in heard


def _bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir() if path.name.startswith("chat.sqlite3"))


async def test_codes_are_hidden_with_a_person_in_charge_too(database_url: str) -> None:
    async with running_chat(database_url) as chat:
        visit = await chat.open()
        async with chat.bot.database.write() as session:
            await session.execute(text("UPDATE bot_conversations SET state = 'agent'"))
        turns = len(chat.dialogue.turns)
        await visit.say("my code is 482913")
        assert (await visit.activities())[-1]["text"] == "my code is ••••••"
        assert len(chat.dialogue.turns) == turns
