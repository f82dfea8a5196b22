"""What the tests of this folder talk to: a scripted actions server and a running dialogue server."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestClient

from nlu.project import Project
from nlu.server import STATE
from nlu.settings import DialogueSettings

TOKEN = "dialogue-token-of-the-tests"
ACTIONS_TOKEN = "actions-token-of-the-tests"


@dataclass
class ScriptedActions:
    """An actions server that counts calls, and fails when told to."""

    calls: list[dict[str, Any]] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    failing: bool = False

    async def run(self, request: web.Request) -> web.StreamResponse:
        """Answers like rasa-sdk."""
        self.tokens.append(request.headers.get("Authorization", ""))
        self.calls.append(await request.json())
        if self.failing:
            return web.json_response({}, status=500)
        return web.json_response({"events": [], "responses": [{"text": f"call {len(self.calls)}"}]})


def settings_for(project: Project, data_dir: Path, actions_url: str = "http://127.0.0.1:9") -> DialogueSettings:
    """Settings of a test server."""
    return DialogueSettings(
        token=TOKEN,
        actions_token=ACTIONS_TOKEN,
        actions_url=actions_url,
        data_dir=data_dir,
        tracker_url=f"sqlite:///{data_dir / 'trackers.sqlite3'}",
        project=project,
    )


@dataclass
class Dialogue:
    """A running server and how a test talks to it."""

    client: TestClient[web.Request, web.Application]
    app: web.Application

    async def post(self, body: Any, **headers: str) -> tuple[int, Any, dict[str, str]]:
        """Status, JSON and headers of a webhook call with the right token."""
        sent = {"Authorization": f"Bearer {TOKEN}", **headers}
        kind = {"data": body} if isinstance(body, (bytes, str)) else {"json": body}
        if "data" in kind:
            sent.setdefault("Content-Type", "application/json")
        async with self.client.post("/webhooks/zoe/webhook", headers=sent, **kind) as response:
            return response.status, await response.json(), dict(response.headers)

    async def say(self, text: str, sender: str = "conversation-1", **metadata: Any) -> tuple[list[Any], dict[str, str]]:
        """One turn that must succeed."""
        status, replies, headers = await self.post({"sender": sender, "message": text, "metadata": metadata})
        assert status == 200, replies
        return replies, headers

    async def stored_senders(self) -> list[str]:
        """Conversations of which a tracker is kept."""
        agent = self.app[STATE].agent
        assert agent is not None
        return list(await agent.tracker_store.keys())
