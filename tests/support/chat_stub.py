"""A small server that speaks the chat's side of Direct Line, so that the widget is tested without the rest of Zoe.

It keeps conversations in memory, numbers activities for watermarks, echoes like the real server (own activity first,
same id) and answers only what a test lets it answer. Both pages carry a strict Content-Security-Policy.
"""

import asyncio
import itertools
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiohttp import WSMsgType, web

from bot.widget.serving import add_file_routes

WIDGET = Path(__file__).parents[2] / "bot" / "widget"
CHAT_CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"
)
SIX_DIGITS = re.compile(r"(?<!\d)\d{6}(?!\d)")
FIRST_MOMENT = "2026-11-24T14:{:02d}:{:02d}Z"
FRAME = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Zoe</title>
<meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover"><link rel="icon" href="data:,">
<link rel="stylesheet" href="/widget/chat.css"><script type="module" src="/widget/chat-page.js"></script></head>
<body><main><div id="zoe-chat" data-lang="en"></div></main></body></html>"""
HOST = """<!doctype html><html lang="en"><head><meta charset="utf-8"><title>A shop</title>
<meta name="viewport" content="width=device-width, initial-scale=1"></head><body><h1>A shop</h1><p>Its own words.</p>
<script type="module" src="{origin}/widget/zoe-chat.js" data-site="shop"></script></body></html>"""

type Activity = dict[str, Any]


@dataclass
class Conversation:
    """One conversation: its activities in order, and the sockets that listen to it."""

    id: str
    activities: list[Activity] = field(default_factory=list)
    sockets: set[web.WebSocketResponse] = field(default_factory=set)
    welcomed: bool = False


class ChatStub:
    """The server; tests read `posted`, speak with `say` and break things with the switches."""

    def __init__(self) -> None:
        self.conversations: dict[str, Conversation] = {}
        self.posted: list[Activity] = []
        self.token_requests: list[tuple[str, dict[str, Any]]] = []
        self.on_message: Callable[[Conversation, Activity], None] = lambda _conversation, _activity: None
        self.sockets_refused = False
        self.posts_refused: int | None = None
        self.answers_lost = False
        self._forgotten = 0
        self._numbers = itertools.count(1)
        self._sending: set[asyncio.Future[None]] = set()
        self.arrived = asyncio.Condition()

    def app(self) -> web.Application:
        """The routes of the chat."""
        app = web.Application()
        app.router.add_get("/chat", self._chat_page)
        app.router.add_post("/chat/token", self._give_token)
        add_file_routes(app, "/widget", WIDGET)
        app.router.add_post("/v3/directline/conversations", self._start)
        app.router.add_post("/v3/directline/tokens/refresh", self._refresh)
        app.router.add_get("/v3/directline/conversations/{id}", self._reconnect)
        app.router.add_get("/v3/directline/conversations/{id}/activities", self._read)
        app.router.add_post("/v3/directline/conversations/{id}/activities", self._post)
        app.router.add_get("/v3/directline/conversations/{id}/stream", self._stream)
        return app

    @property
    def newest(self) -> Conversation:
        """The conversation opened last."""
        return list(self.conversations.values())[-1]

    def say(self, text: str, *, conversation: Conversation | None = None, **more: Any) -> Activity:
        """Zoe says something; `more` are further fields of the activity, `zoe` those of `channelData.zoe`."""
        zoe = {"kind": "text", "secret": False, "lang": "en", **more.pop("zoe", {})}
        sender = {"id": "zoe", "name": "Zoe", "role": "bot"}
        activity = {"type": "message", "from": sender, "text": text, "channelData": {"zoe": zoe}, **more}
        return self.add(conversation or self.newest, activity)

    def tell(self, name: str, value: object) -> Activity:
        """An event to the client."""
        event = {"type": "event", "name": name, "value": value, "from": {"id": "zoe", "name": "Zoe", "role": "bot"}}
        return self.add(self.newest, event)

    def write_as_agent(self, name: str, text: str) -> Activity:
        """An agent writes."""
        sender = {"id": "agent", "name": name, "role": "agent"}
        return self.add(self.newest, {"type": "message", "from": sender, "text": text})

    def add(self, conversation: Conversation, activity: Activity) -> Activity:
        """Stores an activity and hands it to every socket."""
        number = next(self._numbers)
        stored = {"id": f"a{number}", "timestamp": FIRST_MOMENT.format(number // 60 % 60, number % 60), **activity}
        conversation.activities.append(stored)
        packet = {"activities": [stored], "watermark": str(len(conversation.activities))}
        for socket in conversation.sockets:
            sending = asyncio.ensure_future(socket.send_json(packet))
            self._sending.add(sending)
            sending.add_done_callback(self._sending.discard)
        return stored

    async def drop_sockets(self) -> None:
        """Cuts every stream, as a restart would."""
        for conversation in self.conversations.values():
            for socket in list(conversation.sockets):
                await socket.close()

    def forget(self) -> None:
        """Deletes every conversation; their tokens lead nowhere. Streams stay open, so that a post finds out."""
        self._forgotten += len(self.conversations)
        self.conversations = {}

    async def until(self, true: Callable[[], bool]) -> None:
        """Waits until something posted or opened makes `true` true (10 s at most)."""
        async with self.arrived, asyncio.timeout(10):
            await self.arrived.wait_for(true)

    async def _noted(self) -> None:
        async with self.arrived:
            self.arrived.notify_all()

    async def _chat_page(self, _request: web.Request) -> web.Response:
        return web.Response(text=FRAME, content_type="text/html", headers={"Content-Security-Policy": CHAT_CSP})

    async def _give_token(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.token_requests.append((request.query_string, body))
        held = self.conversations.get(str(body.get("token", "")).removeprefix("token-"))
        conversation = held or Conversation(f"c{self._forgotten + len(self.conversations) + 1}")
        self.conversations[conversation.id] = conversation
        more = {"lang": body.get("lang", "en"), "resumed": held is not None}
        return web.json_response(self._token(conversation) | more)

    def _token(self, conversation: Conversation) -> dict[str, Any]:
        return {"token": f"token-{conversation.id}", "conversationId": conversation.id, "expires_in": 1800}

    def _of(self, request: web.Request) -> Conversation:
        name = request.headers.get("Authorization", "").removeprefix("Bearer token-")
        conversation = self.conversations.get(name)
        if conversation is None or request.match_info.get("id", name) != name:
            raise web.HTTPForbidden
        return conversation

    async def _start(self, request: web.Request) -> web.Response:
        conversation = self._of(request)
        status = 200 if conversation.welcomed else 201
        if not conversation.welcomed:
            conversation.welcomed = True
            self.say("Hello, I'm Zoe, a virtual assistant. What can I do for you?", conversation=conversation)
        answer = self._token(conversation) | {"streamUrl": self._stream_url(conversation, "0")}
        return web.json_response(answer, status=status)

    async def _refresh(self, request: web.Request) -> web.Response:
        return web.json_response(self._token(self._of(request)))

    async def _reconnect(self, request: web.Request) -> web.Response:
        conversation = self._of(request)
        url = self._stream_url(conversation, request.query["watermark"])
        return web.json_response(self._token(conversation) | {"streamUrl": url})

    def _stream_url(self, conversation: Conversation, watermark: str) -> str:
        return f"/v3/directline/conversations/{conversation.id}/stream?watermark={watermark}&t=ticket"

    async def _read(self, request: web.Request) -> web.Response:
        activities = self._of(request).activities
        after = int(request.query["watermark"])
        return web.json_response({"activities": activities[after:], "watermark": str(len(activities))})

    async def _post(self, request: web.Request) -> web.Response:
        conversation = self._of(request)
        if self.posts_refused is not None:
            raise _refusal(self.posts_refused)
        posted = await request.json()
        self.posted.append(posted)
        echo = posted | {"from": {"id": "user", "role": "user"}}
        if "text" in posted:
            echo["text"] = SIX_DIGITS.sub("••••••", posted["text"])
        stored = self.add(conversation, echo)
        if posted["type"] == "message":
            self.on_message(conversation, stored)
        await self._noted()
        if self.answers_lost:
            assert request.transport is not None
            request.transport.abort()
        return web.json_response({"id": stored["id"]})

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        if self.sockets_refused:
            raise web.HTTPServiceUnavailable
        conversation = self.conversations[request.match_info["id"]]
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        missed = conversation.activities[int(request.query["watermark"]) :]
        if missed:
            await socket.send_json({"activities": missed, "watermark": str(len(conversation.activities))})
        conversation.sockets.add(socket)
        await self._noted()
        async for message in socket:
            assert message.type is WSMsgType.TEXT
        conversation.sockets.discard(socket)
        return socket


def _refusal(status: int) -> web.HTTPException:
    refusals: dict[int, type[web.HTTPException]] = {
        400: web.HTTPBadRequest,
        409: web.HTTPConflict,
        503: web.HTTPServiceUnavailable,
    }
    return refusals[status]()


def host_app(origin: str) -> web.Application:
    """A foreign page under a strict policy that embeds the launcher of `origin`."""

    async def page(_request: web.Request) -> web.Response:
        policy = f"default-src 'none'; script-src {origin}; frame-src {origin}"
        headers = {"Content-Security-Policy": policy}
        return web.Response(text=HOST.format(origin=origin), content_type="text/html", headers=headers)

    app = web.Application()
    app.router.add_get("/", page)
    return app


@asynccontextmanager
async def served(app: web.Application, host: str) -> AsyncIterator[str]:
    """Serves an application on a free port; yields its origin."""
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        yield f"http://{host}:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()
