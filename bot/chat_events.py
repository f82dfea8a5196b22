"""`POST /internal/chat/events`: the auth backend says that something changed, and Zoe speaks unasked."""

from datetime import datetime
from typing import Annotated, Literal

from aiohttp import web
from pydantic import BaseModel, ConfigDict, StringConstraints
from sqlalchemy.exc import IntegrityError

from bot.db import Database
from bot.directline.queries import lock_conversation
from bot.identifiers import token_hash
from bot.keys import BOT
from bot.models import ChatEvent, Turn
from bot.turns.queue import add_turn
from httpkit.bearer import SCOPE
from httpkit.bodies import json_model
from httpkit.errors import client_error

type Identifier = Annotated[str, StringConstraints(min_length=1, max_length=64)]


class Incoming(BaseModel):
    """One event; `event_id` makes it happen once."""

    model_config = ConfigDict(extra="forbid")

    event_id: Identifier
    conversation_id: Identifier
    event: Literal["proof_given", "reset_changed", "enrolled"]


async def take_event(request: web.Request) -> web.Response:
    """200 once it is stored; the same event again: 200, nothing twice; an unknown conversation: 404."""
    if request.get(SCOPE, "bot") != "bot":
        raise client_error(403)
    bot = request.app[BOT]
    incoming = json_model(request, Incoming)
    await store_event(bot.database, incoming, bot.now())
    bot.worker.wake()
    return web.json_response({"stored": True})


async def store_event(database: Database, incoming: Incoming, now: datetime) -> bool:
    """Stores the event and its turn together; False when it was stored before. Raises ClientError 404."""
    try:
        async with database.write() as session:
            row = await lock_conversation(session, incoming.conversation_id)
            if row is None or row.deleted_at is not None:
                raise client_error(404)
            if await session.get(ChatEvent, incoming.event_id) is not None:
                return False
            session.add(
                ChatEvent(
                    event_id=incoming.event_id,
                    conversation_id=incoming.conversation_id,
                    event=incoming.event,
                    received_at=now,
                )
            )
            await session.flush()
            await add_turn(
                session,
                Turn(
                    id=f"fact-{token_hash(incoming.event_id)[:48]}",
                    conversation_id=incoming.conversation_id,
                    kind="facts",
                    text=incoming.event,
                    created_at=now,
                    available_at=now,
                ),
            )
    except IntegrityError:
        # The same event arrived twice at once under two conversations' locks; the other one's row stands.
        return False
    return True


def add_routes(app: web.Application) -> None:
    """On the internal application only."""
    app.router.add_post("/internal/chat/events", take_event)
