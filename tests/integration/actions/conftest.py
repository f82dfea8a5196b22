"""The actions server over HTTP, as Rasa calls it, beside the fake backend with real state."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer

from actions.server import build_app
from actions.settings import ActionsSettings
from tests.support.fake_backend import SERVICE_TOKEN, FakeBackend

_RANKING = {"faq_activate": 0.4}
TOKEN = "the token of the actions port"
CONVERSATION = "conversation-1"


@dataclass
class Answer:
    """What an action said and which events it caused."""

    said: list[str]
    moments: list[str]
    customs: list[dict[str, Any]]
    slots: dict[str, Any]
    next_action: str | None
    events: list[dict[str, Any]]
    buttons: list[dict[str, str]] = field(default_factory=list)


@dataclass
class Actions:
    """Runs actions the way Rasa does."""

    http: TestClient[web.Request, web.Application]
    backend: FakeBackend

    async def run(
        self,
        action: str,
        intent: str = "inform",
        *,
        text: str = "",
        entities: dict[str, str] | None = None,
        slots: dict[str, Any] | None = None,
        before: list[dict[str, Any]] | None = None,
        since: list[dict[str, Any]] | None = None,
        in_form: bool = False,
        outcome: dict[str, str] | None = None,
        stage: str = "none",
        standing: str = "anonymous",
        ticket: str | None = None,
        ranking: dict[str, float] | None = None,
        questions: list[str] | None = None,
    ) -> Answer:
        """Calls `/webhook` with a tracker of that turn."""
        metadata = {
            "activity_id": "activity",
            "lang": "en",
            "ticket": self.backend.ticket(CONVERSATION) if ticket is None else ticket,
            "standing": standing,
            "stage": stage,
            "outcome": outcome,
        }
        message = {
            "intent": {"name": intent},
            "text": text,
            "entities": [{"entity": kind, "value": value} for kind, value in (entities or {}).items()],
            "metadata": metadata,
            "intent_ranking": [{"name": name, "confidence": sure} for name, sure in (ranking or _RANKING).items()],
            "questions": questions or [],
        }
        tracker = {
            "sender_id": CONVERSATION,
            "slots": {"language": "en", **(slots or {})},
            "latest_message": message,
            "events": [*(before or []), {"event": "user"}, *(since or [])],
            "active_loop": {"name": "reset_form"} if in_form else {},
        }
        call = {"next_action": action, "sender_id": CONVERSATION, "tracker": tracker, "domain": {}}
        response = await self.http.post("/webhook", json=call, headers={"Authorization": f"Bearer {TOKEN}"})
        assert response.status == 200, await response.text()
        return _answer(await response.json())

    async def validate(self, intent: str, *, requested: str | None, **more: Any) -> Answer:
        """Runs the form's validation inside the form, `requested` being asked for."""
        slots = {"requested_slot": requested, **more.pop("slots", {})}
        return await self.run("validate_reset_form", intent, in_form=True, slots=slots, **more)


def _answer(body: dict[str, Any]) -> Answer:
    customs = [response["custom"] for response in body["responses"] if response["custom"]]
    events = body["events"]
    return Answer(
        said=[response["response"] for response in body["responses"] if response["response"]],
        moments=[custom["name"] for custom in customs if custom["zoe"] == "moment"],
        customs=customs,
        slots={event["name"]: event["value"] for event in events if event["event"] == "slot"},
        next_action=next((event["name"] for event in events if event["event"] == "followup"), None),
        events=events,
        buttons=[button for response in body["responses"] for button in response["buttons"]],
    )


@pytest.fixture
async def backend_server() -> AsyncIterator[TestServer]:
    """The fake backend, listening."""
    backend = FakeBackend()
    app = backend.app()
    server = TestServer(app)
    server.fake = backend  # type: ignore[attr-defined]
    async with server:
        yield server


@pytest.fixture
def backend(backend_server: TestServer) -> FakeBackend:
    """The state behind the fake backend."""
    fake = backend_server.fake  # type: ignore[attr-defined]
    assert isinstance(fake, FakeBackend)
    return fake


@pytest.fixture
async def actions(backend_server: TestServer, backend: FakeBackend) -> AsyncIterator[Actions]:
    """The actions server, pointed at the fake backend."""
    url = str(backend_server.make_url("")).rstrip("/")
    app = build_app(ActionsSettings(TOKEN, SERVICE_TOKEN, url))
    async with TestClient(TestServer(app)) as http:
        yield Actions(http, backend)
