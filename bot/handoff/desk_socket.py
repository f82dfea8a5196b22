"""`/desk/socket`: a bell. It says that something changed; what it is, the page asks for with its session.

Server → page: `{"ring": "queue" | "conversation" | "panel" | "typing" | "signed_out", "id"?}`.
Page → server: `{"watch": [conversation ids]}`, the conversations that are open in it. Of those it hears only while they
are at the desk and belong to one of the agent's teams, judged at each ring, and once when that ends.
"""

import asyncio
import json
from contextlib import suppress

from aiohttp import WSMsgType, web
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.directline.stream import Sockets
from bot.fanout import Subscription
from bot.handoff.backend import Agent
from bot.handoff.desk_access import agent_now, require_agent, require_own_origin
from bot.handoff.places import DESK
from bot.handoff.queries import is_in_sight, note_presence
from bot.keys import BOT, Bot
from httpkit.errors import ClientError

LOOK_EVERY_S = 15.0
"""How often the session is judged again and the agent noted as present; well under `PRESENT_FOR`."""
SIGNED_OUT = 4401
_MOST_WATCHED = 20
_MAX_INCOMING = 4_096


class Watch(BaseModel):
    """What a page may say."""

    model_config = ConfigDict(extra="forbid")

    watch: list[str] = Field(max_length=_MOST_WATCHED)


async def open_bell(request: web.Request) -> web.StreamResponse:
    """Rings until either side closes or the session ends. Raises ClientError 401, 403, 426."""
    bot = request.app[BOT]
    require_own_origin(request, bot)
    agent = await require_agent(request)
    if request.headers.get("Upgrade", "").lower() != "websocket":
        raise ClientError(426, "websocket_only", "this address is a WebSocket", {"Upgrade": "websocket"})
    socket = web.WebSocketResponse(heartbeat=25.0, max_msg_size=_MAX_INCOMING, compress=False)
    await socket.prepare(request)
    await Bell(request, bot, agent, socket).serve()
    return socket


class Bell:
    """One page's socket: a listener for the queue and one for each conversation that is open in it."""

    def __init__(self, request: web.Request, bot: Bot, agent: Agent, socket: web.WebSocketResponse) -> None:
        self._request = request
        self._bot = bot
        self._agent = agent
        self._socket = socket
        self._listeners: dict[str, asyncio.Task[None]] = {}

    async def serve(self) -> None:
        """Listens and rings."""
        sockets: Sockets = self._bot.sockets
        self._listen(DESK, "queue", None)
        looking = asyncio.create_task(self._look())
        sockets.keep(self._socket)
        try:
            async for message in self._socket:
                if message.type is not WSMsgType.TEXT or not self._heard(message.data):
                    break
        finally:
            sockets.drop(self._socket)
            tasks = [looking, *self._listeners.values()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            with suppress(ConnectionError):
                await self._socket.close()

    def _heard(self, text: str) -> bool:
        if not text:
            return True
        try:
            wanted = set(Watch.model_validate_json(text).watch)
        except ValidationError:
            return False
        for gone in {key for key in self._listeners if key != DESK} - wanted - {DESK + name for name in wanted}:
            self._listeners.pop(gone).cancel()
        for conversation_id in wanted:
            self._listen(conversation_id, "conversation", conversation_id)
            self._listen(DESK + conversation_id, "panel", conversation_id)
        return True

    def _listen(self, key: str, ring: str, conversation_id: str | None) -> None:
        if key not in self._listeners:
            self._listeners[key] = asyncio.create_task(self._ring_for(key, ring, conversation_id))

    async def _ring_for(self, key: str, ring: str, conversation_id: str | None) -> None:
        subscription: Subscription = self._bot.fanout.subscribe(key)
        try:
            seen = await self._sees(conversation_id)
            while True:
                await subscription.wait()
                typing = False
                while subscription.passing:
                    typing = subscription.passing.popleft()["from"]["role"] == "user" or typing
                before, seen = seen, await self._sees(conversation_id)
                if not seen and not before:
                    continue
                if typing and seen:
                    await self._ring("typing", conversation_id)
                await self._ring(ring, conversation_id)
        except ConnectionError:
            return
        finally:
            self._bot.fanout.unsubscribe(key, subscription)

    async def _sees(self, conversation_id: str | None) -> bool:
        """Whether the agent may hear of it now; of the queue everybody at the desk hears."""
        if conversation_id is None:
            return True
        async with self._bot.database.read() as session:
            return await is_in_sight(session, conversation_id, self._agent.teams)

    async def _look(self) -> None:
        """Notes the agent as present while the session lives; ends the socket with it."""
        while True:
            async with self._bot.database.write() as session:
                await note_presence(session, self._agent.id, self._agent.teams, self._bot.now())
            await asyncio.sleep(LOOK_EVERY_S)
            with suppress(ClientError):
                now = await agent_now(self._request)
                if now.agent is None:
                    await self._ring("signed_out", None)
                    await self._socket.close(code=SIGNED_OUT)
                    return
                self._agent = now.agent
            # What other instances did to the queue rings no bell here; the page looks by itself.
            await self._ring("queue", None)

    async def _ring(self, ring: str, conversation_id: str | None) -> None:
        if self._socket.closed:
            raise ConnectionResetError
        await self._socket.send_str(json.dumps({"ring": ring, "id": conversation_id}))


def add_routes(app: web.Application) -> None:
    """The socket."""
    app.router.add_get("/desk/socket", open_bell)
