"""The socket: everything after a watermark, in order, exactly once, then whatever comes."""

import asyncio
import json
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from aiohttp import WSCloseCode, WSMsgType, web

from bot.db import Database
from bot.directline.queries import PAGE, list_after
from bot.directline.wire import to_wire
from bot.fanout import InProcessFanout, Subscription
from bot.models import ActivityRow
from bot.sealing import Seal

_MAX_INCOMING = 1_024
"""Clients send nothing but an empty text to keep the socket alive."""
MOST_SOCKETS = 8
"""Open sockets of one conversation on one instance."""


class Sockets:
    """The open sockets of this instance."""

    def __init__(self, database: Database, fanout: InProcessFanout, seal: Seal) -> None:
        self._database = database
        self._fanout = fanout
        self._seal = seal
        self._open: set[web.WebSocketResponse] = set()

    def full(self, conversation_id: str) -> bool:
        """Whether the conversation has as many sockets here as it may."""
        return self._fanout.count(conversation_id) >= MOST_SOCKETS

    async def serve(self, request: web.Request, conversation_id: str, watermark: int) -> web.WebSocketResponse:
        """Streams until either side closes."""
        socket = web.WebSocketResponse(heartbeat=25.0, max_msg_size=_MAX_INCOMING, compress=False)
        await socket.prepare(request)
        subscription = self._fanout.subscribe(conversation_id)
        self._open.add(socket)
        sending = asyncio.create_task(self._send(socket, subscription, conversation_id, watermark))
        try:
            async for message in socket:
                if message.type is not WSMsgType.TEXT:
                    break
        finally:
            sending.cancel()
            with suppress(asyncio.CancelledError, ConnectionError):
                await sending
            self._fanout.unsubscribe(conversation_id, subscription)
            self._open.discard(socket)
        return socket

    def keep(self, socket: web.WebSocketResponse) -> None:
        """Counts a socket that somebody else serves among those that are told when this instance goes away."""
        self._open.add(socket)

    def drop(self, socket: web.WebSocketResponse) -> None:
        """The socket is closed."""
        self._open.discard(socket)

    async def close_all(self) -> None:
        """Tells every client that this instance goes away; they come back by watermark."""
        for socket in list(self._open):
            with suppress(ConnectionError, asyncio.CancelledError):
                await socket.close(code=WSCloseCode.GOING_AWAY, message=b"going away")

    async def _send(
        self, socket: web.WebSocketResponse, subscription: Subscription, conversation_id: str, watermark: int
    ) -> None:
        """Sends everything after the watermark, from the database unless the news brought its rows along."""
        try:
            watermark = await self._send_stored(socket, conversation_id, watermark)
            while not socket.closed:
                while subscription.passing:
                    # Before the news: "is typing" after the answer would never end.
                    await _send_set(socket, [subscription.passing.popleft()], watermark)
                rows = subscription.take_fresh(watermark)
                if rows is None:
                    watermark = await self._send_stored(socket, conversation_id, watermark)
                elif rows:
                    watermark = await self._send_rows(socket, rows)
                await subscription.wait()
        except ConnectionError:
            return
        except Exception:
            await socket.close(code=WSCloseCode.INTERNAL_ERROR)
            raise

    async def _send_stored(self, socket: web.WebSocketResponse, conversation_id: str, watermark: int) -> int:
        while True:
            async with self._database.read() as session:
                rows = await list_after(session, conversation_id, watermark)
            if rows:
                watermark = await self._send_rows(socket, rows)
            if len(rows) < PAGE:
                return watermark

    async def _send_rows(self, socket: web.WebSocketResponse, rows: Sequence[ActivityRow]) -> int:
        await _send_set(socket, [to_wire(row, self._seal) for row in rows], rows[-1].seq)
        return rows[-1].seq


async def _send_set(socket: web.WebSocketResponse, activities: list[dict[str, Any]], watermark: int) -> None:
    await socket.send_str(json.dumps({"activities": activities, "watermark": str(watermark)}, ensure_ascii=False))
