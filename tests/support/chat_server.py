"""A whole chat server for a test: real sockets, a real database, fakes for the two servers it asks."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer

from bot.app import attach_internal, attach_public, open_bot
from bot.keys import Bot
from bot.settings import BotSettings
from bot.turns.worker import Failpoint, no_failpoint
from httpkit.bearer import require_bearer
from httpkit.bodies import MAX_BODY_BYTES, read_body
from httpkit.clock import OffsetClock
from httpkit.errors import error_middleware
from tests.support import fake_dialogue, fake_internal
from tests.support.fake_dialogue import FakeDialogue
from tests.support.fake_internal import FakeInternal

START = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
BASE = "/v3/directline"


@dataclass
class Chat:
    """The running server and what it stands on."""

    bot: Bot
    public: TestServer
    internal: TestServer
    backend: FakeInternal
    dialogue: FakeDialogue
    clock: OffsetClock
    http: ClientSession

    def url(self, path: str) -> str:
        """An address on the public port."""
        return str(self.public.make_url(path))

    async def token(self, **body: Any) -> "Visit":
        """A conversation's token from `/chat/token`."""
        async with self.http.post(self.url("/chat/token"), json=body) as response:
            assert response.status == 200, await response.text()
            answer = await response.json()
        return Visit(self, answer["token"], answer["conversationId"])

    async def open(self, **body: Any) -> "Visit":
        """An opened conversation whose greeting has been said."""
        visit = await self.token(**body)
        await visit.start()
        await visit.settled()
        return visit


@dataclass
class Visit:
    """A Direct Line client in one conversation."""

    chat: Chat
    token: str = field(repr=False)
    conversation: str

    async def call(self, method: str, path: str, **more: Any) -> tuple[int, Any]:
        """Status and JSON of a call below the protocol's base."""
        headers = {"Authorization": f"Bearer {self.token}", **more.pop("headers", {})}
        async with self.chat.http.request(method, self.chat.url(BASE + path), headers=headers, **more) as response:
            return response.status, await response.json()

    async def start(self) -> tuple[int, Any]:
        """Opens the conversation."""
        return await self.call("POST", "/conversations")

    async def post(self, **activity: Any) -> tuple[int, Any]:
        """Sends an activity."""
        return await self.call(
            "POST", f"/conversations/{self.conversation}/activities", json={"type": "message", **activity}
        )

    async def say(self, text: str, client_id: str | None = None) -> str:
        """Sends a text, waits until it is answered, returns its id."""
        more = {"channelData": {"clientActivityID": client_id}} if client_id else {}
        status, answer = await self.post(text=text, **more)
        assert status == 200, answer
        await self.settled()
        return str(answer["id"])

    async def press(self, title: str) -> tuple[int, Any]:
        """Presses the newest button with that title and waits for the answer."""
        result = await self.post(text=title, value=await self.offered(title))
        await self.settled()
        return result

    async def offered(self, title: str) -> str:
        """The offered id of the newest button with that title."""
        for activity in reversed(await self.activities()):
            for action in activity.get("suggestedActions", {}).get("actions", []):
                if action["title"] == title and action["type"] == "postBack":
                    return str(action["value"])
            for attachment in activity.get("attachments", []):
                for action in attachment["content"]["actions"]:
                    if action["title"] == title:
                        return str(action["data"]["offered"])
        raise AssertionError(f"no button {title!r}")

    async def activities(self, watermark: str = "") -> list[dict[str, Any]]:
        """All activities after `watermark`."""
        query = f"?watermark={watermark}" if watermark else ""
        status, answer = await self.call("GET", f"/conversations/{self.conversation}/activities{query}")
        assert status == 200, answer
        return list(answer["activities"])

    async def texts(self) -> list[str]:
        """What Zoe said, in order."""
        return [item["text"] for item in await self.activities() if item["from"]["id"] == "zoe" and "text" in item]

    async def settled(self) -> None:
        """Runs the conversation's turns until none is due; the background worker is off in most tests."""
        await run_turns(self.chat.bot, self.conversation)


async def run_turns(bot: Bot, conversation: str) -> None:
    """Runs what is due in a conversation."""
    while await bot.worker.run_conversation(conversation):
        pass


def settings_for(database_url: str, internal: TestServer, dialogue: TestServer, **more: Any) -> BotSettings:
    """Settings that lead to the fakes."""
    settings = BotSettings(
        database_url=database_url,
        public_url="http://localhost:8080",
        internal_url=str(internal.make_url("")),
        internal_token=fake_internal.TOKEN,
        dialogue_url=str(dialogue.make_url("")),
        dialogue_token=fake_dialogue.TOKEN,
        turn_ticket_key=b"k" * 32,
        production=False,
        secure_cookies=False,
        messages_per_window=1_000,
        conversations_per_minute=1_000,
        poll_s=0.05,
    )
    return replace(settings, **more)


@asynccontextmanager
async def running_chat(
    database_url: str,
    *,
    run_tasks: bool = False,
    failpoint: Failpoint = no_failpoint,
    backend: FakeInternal | None = None,
    dialogue: FakeDialogue | None = None,
    extra: Callable[[web.Application], None] = lambda _app: None,
    **settings: Any,
) -> AsyncIterator[Chat]:
    """The server on `database_url`. Background tasks are off unless asked for: tests run turns themselves."""
    backend = backend or FakeInternal()
    dialogue = dialogue or FakeDialogue()
    clock = OffsetClock(lambda: START)
    async with TestServer(backend.app()) as below, TestServer(dialogue.app()) as talker, ClientSession() as http:
        wanted = settings_for(database_url, below, talker, **settings)
        async with open_bot(
            wanted, clock, failpoint=failpoint, run_tasks=run_tasks, monotonic=lambda: clock().timestamp()
        ) as bot:
            public = web.Application(middlewares=[error_middleware(), read_body], client_max_size=MAX_BODY_BYTES)
            attach_public(public, bot)
            extra(public)
            guard = require_bearer({"bot": fake_internal.TOKEN, "actions": "other-token"})
            internal = web.Application(middlewares=[error_middleware(), guard, read_body])
            attach_internal(internal, bot)
            async with TestServer(public) as outside, TestServer(internal) as inside:
                yield Chat(bot, outside, inside, backend, dialogue, clock, http)


async def eventually(
    chat: Chat, conversation: str, condition: Callable[[], Awaitable[bool]], seconds: float = 20
) -> None:
    """Waits for what background tasks do in a conversation: looks again whenever something was committed in it."""
    subscription = chat.bot.fanout.subscribe(conversation)
    try:
        async with asyncio.timeout(seconds):
            while not await condition():
                await subscription.wait()
    finally:
        chat.bot.fanout.unsubscribe(conversation, subscription)
