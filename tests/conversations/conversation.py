"""A user who talks with Zoe: the test plays `bot`, everything behind it is real but the auth backend."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import aiohttp

from tests.conversations.words import read_sentences, without_lead_in
from tests.support.fake_backend import FakeBackend

SENTENCES = read_sentences()


@dataclass
class Reply:
    """Zoe's answer to one message."""

    intent: str
    language: str
    said: list[str] = field(default_factory=list)
    """Names of the responses, in order."""
    languages: set[str] = field(default_factory=set)
    """Languages of the sentences."""
    moments: list[str] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)
    handoff: bool = False
    probed: bool = False
    buttons: dict[str, str] = field(default_factory=dict)
    """Payload by title, of the whole answer."""
    texts: list[str] = field(default_factory=list)

    def take(self, message: dict[str, Any]) -> None:
        """Adds one message of the dialogue server."""
        if text := message.get("text"):
            name, language = SENTENCES[without_lead_in(text, SENTENCES)]
            self.said.append(name)
            self.languages.add(language)
            self.texts.append(text)
        self.buttons |= {button["title"]: button["payload"] for button in message.get("buttons", [])}
        custom = message.get("custom") or {}
        if custom.get("zoe") == "moment":
            self.moments.append(custom["name"])
        elif custom.get("zoe") == "page":
            self.pages.append(custom["page"])
        self.handoff |= custom.get("zoe") == "handoff"
        self.probed |= custom.get("zoe") == "probe"


@dataclass
class Talk:
    """One conversation in one language."""

    http: aiohttp.ClientSession
    url: str
    token: str
    backend: FakeBackend
    id: str
    lang: str
    last: Reply | None = None
    turns: int = 0

    async def say(self, text: str) -> Reply:
        """The user types `text`."""
        assert not text.startswith("/"), "bot escapes a leading slash"
        return await self._send(text)

    async def press(self, payload: str) -> Reply:
        """The user presses a button of the last answer; it must be there."""
        assert self.last is not None
        assert payload in self.last.buttons.values(), self.last.buttons
        return await self._send(payload)

    async def button_of_bot(self, payload: str) -> Reply:
        """The user presses a button of a moment, which `bot` renders."""
        return await self._send(payload)

    async def type_code(self, code: str, around: str = "{}") -> Reply:
        """The user types a code; `bot` hands it to the backend and passes the masked text on."""
        result = self.backend.type_code(self.id, code)
        return await self._send(around.format("••••••"), {"kind": "code", "result": result})

    async def type_return_code(self) -> Reply:
        """The user types the right return code."""
        self.backend.type_return_code(self.id)
        return await self._send("••••••", {"kind": "return_code", "result": "accepted"})

    async def event(self, name: str) -> Reply:
        """`bot` reports something that happened elsewhere."""
        return await self._send(f"/EXTERNAL_{name}")

    async def misunderstood(self) -> Reply:
        """The user says something that the model is not sure about, whatever the model of the day is."""
        return await self._send("/nlu_fallback")

    async def enter_password(self, *, other_browser: bool = False) -> Reply:
        """The user enters the password on the verify page, and the backend tells the chat."""
        self.backend.enter_password(self.id, other_browser=other_browser)
        return await self.event("facts_changed")

    async def confirm(self) -> Reply:
        """The user presses the card's button: the backend records it, `bot` reports that."""
        self.backend.confirm(self.id)
        return await self.event("confirmation_recorded")

    async def ask_owner(self) -> Reply:
        """The member presses [Ask the owner]: the backend passes it on, `bot` reports that."""
        self.backend.ask_owner(self.id)
        return await self.event("confirmation_recorded")

    async def owner_decides(self, *, yes: bool) -> Reply:
        """The owner presses a button, and the backend tells the chat."""
        self.backend.owner_decides(self.id, yes=yes)
        return await self.event("facts_changed")

    async def _send(self, message: str, outcome: dict[str, str] | None = None) -> Reply:
        self.turns += 1
        state = self.backend.of(self.id)
        body = {
            "sender": self.id,
            "message": message,
            "metadata": {
                "activity_id": f"{self.id}-{self.turns}",
                "lang": self.lang,
                "ticket": self.backend.ticket(self.id),
                "standing": state.standing,
                "stage": self.backend.stage(state),
                "outcome": outcome,
            },
        }
        headers = {"Authorization": f"Bearer {self.token}"}
        async with self.http.post(f"{self.url}/webhooks/zoe/webhook", json=body, headers=headers) as response:
            assert response.status == 200, await response.text()
            reply = Reply(response.headers["X-Zoe-Intent"], response.headers["X-Zoe-Lang"])
            for part in await response.json():
                assert part["recipient_id"] == self.id
                reply.take(part)
        self.last = reply
        return reply
