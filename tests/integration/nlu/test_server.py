"""The dialogue server over HTTP, with a real model, tracker store and lock store."""

from __future__ import annotations

import asyncio
import itertools
from pathlib import Path
from typing import Any

import pytest
from aiohttp.test_utils import TestClient, TestServer

from nlu.dialogue import MAX_SESSION_TURNS, PROBE_SENDER
from nlu.project import Project
from nlu.server import STATE, build_app
from tests.integration.nlu.running_dialogue import ACTIONS_TOKEN, TOKEN, Dialogue, ScriptedActions, settings_for


async def test_answers_in_the_users_language(dialogue: Dialogue) -> None:
    replies, headers = await dialogue.say("olá, bom dia, tudo bem?", lang="pt", activity_id="a1")
    assert replies == [
        {
            "recipient_id": "conversation-1",
            "text": "Olá, sou a Zoe.",
            "buttons": [{"title": "Redefinir", "payload": "/start_reset"}],
        }
    ]
    assert headers["X-Zoe-Lang"] == "pt"
    assert headers["X-Zoe-Intent"] == "greet"
    assert 0 < float(headers["X-Zoe-Confidence"]) <= 1


async def test_a_button_runs_its_action_with_the_turns_metadata(
    dialogue: Dialogue, actions: tuple[ScriptedActions, str]
) -> None:
    replies, headers = await dialogue.say("/start_reset", lang="es", activity_id="a1", ticket="the-ticket")
    assert [reply["text"] for reply in replies] == ["call 1"]
    assert headers["X-Zoe-Lang"] == "es"
    tracker = actions[0].calls[0]["tracker"]
    assert tracker["latest_message"]["metadata"]["ticket"] == "the-ticket"
    assert tracker["slots"]["language"] == "es"
    assert actions[0].tokens == [f"Bearer {ACTIONS_TOKEN}"]


async def test_an_activity_is_applied_once(dialogue: Dialogue, actions: tuple[ScriptedActions, str]) -> None:
    first, _ = await dialogue.say("/start_reset", activity_id="a1")
    again, headers = await dialogue.say("/start_reset", activity_id="a1")
    assert again == first
    assert headers["X-Zoe-Repeated"] == "1"
    await dialogue.say("/start_reset", activity_id="a2")
    assert len(actions[0].calls) == 2


async def test_sixteen_deliveries_at_once_run_one_turn(
    dialogue: Dialogue, actions: tuple[ScriptedActions, str]
) -> None:
    answers = await asyncio.gather(*(dialogue.say("/start_reset", activity_id="a1") for _ in range(16)))
    assert len(actions[0].calls) == 1
    assert all(replies == answers[0][0] for replies, _ in answers)


async def test_the_probe_runs_an_action_and_keeps_no_tracker(
    dialogue: Dialogue, actions: tuple[ScriptedActions, str]
) -> None:
    for _ in range(2):
        replies, _ = await dialogue.say("/EXTERNAL_probe", sender=PROBE_SENDER, activity_id="same")
        assert replies
    assert len(actions[0].calls) == 2
    assert await dialogue.stored_senders() == []


async def test_a_failed_action_is_told(dialogue: Dialogue, actions: tuple[ScriptedActions, str]) -> None:
    actions[0].failing = True
    replies, headers = await dialogue.say("/start_reset", activity_id="a1")
    assert replies == []
    assert headers["X-Zoe-Action-Failed"] == "1"


async def test_an_escaped_slash_is_no_intent(dialogue: Dialogue, actions: tuple[ScriptedActions, str]) -> None:
    _, headers = await dialogue.say("∕start_reset", activity_id="a1")
    assert headers["X-Zoe-Intent"] != "start_reset"
    assert actions[0].calls == []


async def test_sessions_stay_short_and_slots_stay(dialogue: Dialogue) -> None:
    for number in range(MAX_SESSION_TURNS + 2):
        await dialogue.say("bom dia, tudo bem com você?", lang="pt", activity_id=str(number))
    agent = dialogue.app[STATE].agent
    assert agent is not None
    tracker = await agent.tracker_store.retrieve("conversation-1")
    assert tracker is not None
    assert sum(event.type_name == "user" for event in tracker.events) == 2
    assert tracker.get_slot("language") == "pt"


async def test_what_is_kept_of_a_conversation_does_not_grow_with_it(dialogue: Dialogue) -> None:
    agent = dialogue.app[STATE].agent
    assert agent is not None
    kept: list[tuple[int, int]] = []
    for number in range(4 * MAX_SESSION_TURNS):
        await dialogue.say("hello", lang="en", activity_id=str(number))
        stored = await agent.tracker_store.retrieve_full_tracker("conversation-1")
        used = await agent.tracker_store.retrieve("conversation-1")
        assert stored is not None
        assert used is not None
        kept.append((len(stored.events), len(used.events)))
    second, third, fourth = itertools.batched(kept[MAX_SESSION_TURNS:], MAX_SESSION_TURNS)
    assert second == third == fourth


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"{", 400),
        (b"[]", 400),
        (b'{"sender": "a", "sender": "b", "message": "x"}', 400),
        (b'{"sender": "a", "message": NaN}', 400),
        (b"\xff", 400),
        (b'{"message": "x"}', 422),
        (b'{"sender": "a", "message": ""}', 422),
        (b'{"sender": "a", "message": "\\u00a0"}', 422),
        (b'{"sender": 1, "message": "x"}', 422),
        (b'{"sender": "a", "message": "x", "extra": 1}', 422),
        (b'{"sender": "a", "message": "x", "metadata": []}', 422),
        (b'{"sender": "a", "message": "' + b"x" * 70_000 + b'"}', 413),
        (b'{"sender": "a", "message": "x", "metadata": {"d": ' + b"[" * 500 + b"]" * 500 + b"}}", 400),
    ],
)
async def test_malformed_bodies_are_refused(dialogue: Dialogue, body: bytes, status: int) -> None:
    got, answer, _ = await dialogue.post(body)
    assert got == status
    assert set(answer) == {"error", "message"}


async def test_other_media_types_are_refused(dialogue: Dialogue) -> None:
    status, _, _ = await dialogue.post(b'{"sender": "a", "message": "x"}', **{"Content-Type": "text/plain"})
    assert status == 415


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 401),
        ({"Authorization": "Bearer wrong"}, 401),
        ({"Authorization": f"Basic {TOKEN}"}, 401),
        ({"Authorization": f"Bearer {TOKEN}", "Host": "evil.example"}, 421),
    ],
)
async def test_token_and_host_are_checked(dialogue: Dialogue, headers: dict[str, str], status: int) -> None:
    body: dict[str, Any] = {"sender": "a", "message": "hello"}
    async with dialogue.client.post("/webhooks/zoe/webhook", json=body, headers=headers) as response:
        assert response.status == status
    async with dialogue.client.get("/ready", headers=headers) as response:
        assert response.status == status


async def test_without_a_model_it_listens_and_says_so(project: Project, tmp_path: Path) -> None:
    empty = Project(root=project.root, model_dir=tmp_path / "none")
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with TestClient(TestServer(build_app(settings_for(empty, tmp_path)))) as client:
        async with client.get("/ready", headers=headers) as response:
            assert response.status == 503
        body = {"sender": "a", "message": "hello"}
        async with client.post("/webhooks/zoe/webhook", json=body, headers=headers) as response:
            assert response.status == 503
            assert response.headers["Retry-After"]


async def test_ready_names_the_model(dialogue: Dialogue, project: Project) -> None:
    async with dialogue.client.get("/ready", headers={"Authorization": f"Bearer {TOKEN}"}) as response:
        assert response.status == 200
        assert (await response.json())["model"] == project.model_path(project.fingerprint()).name
