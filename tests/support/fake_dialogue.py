"""The dialogue server as docs/interfaces.md describes it, saying what a test tells it to."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

TOKEN = "dialogue-token-for-tests"

type Script = Callable[[dict[str, Any]], list[dict[str, Any]]]


def echo(turn: dict[str, Any]) -> list[dict[str, Any]]:
    """Repeats what was heard."""
    return [{"recipient_id": turn["sender"], "text": f"heard: {turn['message']}"}]


@dataclass
class FakeDialogue:
    """A real aiohttp application. `script` answers; `status` other than 200 makes it fail; `gate` holds turns back."""

    script: Script = echo
    status: int = 200
    lang: str = "en"
    action_failed: bool = False
    """Says what the script says and that an action ended in an error."""
    turns: list[dict[str, Any]] = field(default_factory=list)
    gate: asyncio.Event | None = None
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when a turn has arrived, before the gate."""
    running: dict[str, int] = field(default_factory=dict)
    most_at_once: int = 0

    @property
    def messages(self) -> list[str]:
        """What was said to it, in order, without the probe."""
        return [turn["message"] for turn in self.turns if turn["sender"] != "zoe-probe"]

    def app(self) -> web.Application:
        """The application, bearer token checked."""
        app = web.Application()
        app.router.add_post("/webhooks/zoe/webhook", self._turn)
        return app

    async def _turn(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return web.json_response({"error": "unauthorized", "message": ""}, status=401)
        if self.status != 200:
            return web.json_response({"error": "failing", "message": ""}, status=self.status)
        turn = await request.json()
        sender = turn["sender"]
        self.running[sender] = self.running.get(sender, 0) + 1
        self.most_at_once = max(self.most_at_once, self.running[sender])
        self.arrived.set()
        try:
            if self.gate is not None:
                await self.gate.wait()
            self.turns.append(turn)
            return web.json_response(
                self.script(turn),
                headers={
                    "X-Zoe-Lang": self.lang,
                    "X-Zoe-Intent": "test",
                    "X-Zoe-Confidence": "1.0",
                    **({"X-Zoe-Action-Failed": "1"} if self.action_failed else {}),
                },
            )
        finally:
            self.running[sender] -= 1
