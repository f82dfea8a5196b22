"""The dialogue server: Rasa's REST channel in shape, one bearer token, one turn at a time for each conversation."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import structlog
import uvloop
from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, field_validator

from httpkit.bearer import require_bearer
from httpkit.bodies import MAX_BODY_BYTES, json_model, read_body
from httpkit.errors import ClientError, error_middleware
from httpkit.logs import log_requests
from nlu.settings import DialogueSettings

if TYPE_CHECKING:
    from nlu.dialogue import DialogueAgent

log = structlog.get_logger("dialogue")

_TURN_SECONDS = 45
"""Less than the life of a conversation's lock (60 s), so that two turns never overlap."""

_MODEL_POLL_SECONDS = 1.0
_PURGE_SECONDS = 600.0


@dataclass
class DialogueState:
    """What the handlers share; `agent` is None until a model is loaded."""

    settings: DialogueSettings
    clock: Callable[[], float]
    agent: DialogueAgent | None = None
    failure: str = ""
    loaded: asyncio.Event = field(default_factory=asyncio.Event)


STATE: web.AppKey[DialogueState] = web.AppKey("dialogue_state", DialogueState)


class IncomingMessage(BaseModel):
    """The body of the webhook."""

    model_config = ConfigDict(extra="forbid", strict=True)

    sender: str = Field(min_length=1, max_length=255)
    message: str = Field(max_length=16_000)
    metadata: dict[str, Any] = Field(default_factory=dict)

    @field_validator("message")
    @classmethod
    def _says_something(cls, value: str) -> str:
        if not value.strip():
            raise ValueError("blank")
        return value


def build_app(settings: DialogueSettings, clock: Callable[[], float] = time.time) -> web.Application:
    """The application. It answers at once; the model is loaded in the background, and `/ready` tells when it is."""
    app = web.Application(
        middlewares=[
            log_requests,
            error_middleware(),
            require_bearer({"bot": settings.token}, settings.hosts),
            read_body,
        ],
        client_max_size=MAX_BODY_BYTES,
    )
    app[STATE] = DialogueState(settings, clock)
    app.router.add_get("/ready", report_readiness)
    app.router.add_post("/webhooks/zoe/webhook", receive_message)
    app.cleanup_ctx.append(_background)
    return app


def run(settings: DialogueSettings) -> None:
    """Serves until SIGTERM or SIGINT; turns that are running are finished first."""
    web.run_app(
        build_app(settings),
        host=settings.host,
        port=settings.port,
        print=None,
        access_log=None,
        shutdown_timeout=20,
        loop=uvloop.new_event_loop(),
    )


async def report_readiness(request: web.Request) -> web.StreamResponse:
    """200 when messages are answered, 503 while the model is being waited for or loaded."""
    state = request.app[STATE]
    if state.agent is None:
        status = "failed" if state.failure else "starting"
        return web.json_response({"status": status, "message": state.failure}, status=503)
    return web.json_response({"status": "ok", "model": state.agent.model_name})


async def receive_message(request: web.Request) -> web.StreamResponse:
    """One turn. 503: no model yet, or the conversation stays busy; 504: the turn took too long and left no trace."""
    from rasa.core.lock_store import LockError  # noqa: PLC0415 (seconds of import; only when needed)

    incoming = json_model(request, IncomingMessage)
    agent = request.app[STATE].agent
    if agent is None:
        raise ClientError(503, "starting", "the model is not loaded yet", {"Retry-After": "2"})
    try:
        async with asyncio.timeout(_TURN_SECONDS):
            turn = await agent.take_turn(incoming.message, incoming.sender, incoming.metadata)
    except TimeoutError:
        raise ClientError(504, "turn_timeout", "the turn took too long") from None
    except LockError:
        raise ClientError(503, "busy", "an earlier turn is still running", {"Retry-After": "1"}) from None
    headers = {
        "X-Zoe-Lang": turn.language,
        "X-Zoe-Intent": turn.intent,
        "X-Zoe-Confidence": f"{turn.confidence:.4f}",
    }
    if turn.repeated:
        headers["X-Zoe-Repeated"] = "1"
    if turn.action_failed:
        headers["X-Zoe-Action-Failed"] = "1"
    return web.json_response(turn.replies, headers=headers)


async def _background(app: web.Application) -> AsyncIterator[None]:
    tasks = [asyncio.create_task(_load(app[STATE])), asyncio.create_task(_purge(app[STATE]))]
    yield
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _load(state: DialogueState) -> None:
    """Waits for a model and loads it; a model that can't be loaded is tried again when the newest one changes."""
    tried = None
    while state.agent is None:
        path = await asyncio.to_thread(state.settings.project.best_model)
        if path is not None and path != tried:
            tried = path
            try:
                state.agent = await _loaded_agent(state.settings, str(path))
                state.loaded.set()
                log.info("model loaded", model=path.name)
            except Exception as error:
                state.failure = f"{path.name}: {type(error).__name__}"
                log.exception("the model can't be loaded", model=path.name)
        else:
            await asyncio.sleep(_MODEL_POLL_SECONDS)


async def _loaded_agent(settings: DialogueSettings, model: str) -> DialogueAgent:
    await asyncio.to_thread(_import_rasa)
    from nlu.dialogue import create_agent  # noqa: PLC0415 (seconds of import; only when needed)

    settings.data_dir.mkdir(parents=True, exist_ok=True)
    os.environ.update(settings.endpoint_variables())
    agent = await create_agent(settings.project.endpoints)
    await asyncio.to_thread(agent.load_model, model)
    return agent


def _import_rasa() -> None:
    """Takes seconds, hence in a thread: the port already listens."""
    import nlu.dialogue  # noqa: F401, PLC0415


async def _purge(state: DialogueState) -> None:
    await state.loaded.wait()
    from nlu.tracker_store import RETENTION_SECONDS, ZoeTrackerStore  # noqa: PLC0415 (seconds of import; only when needed)

    store = state.agent.tracker_store if state.agent else None
    while isinstance(store, ZoeTrackerStore):
        try:
            deleted = await asyncio.to_thread(store.delete_older_than, state.clock() - RETENTION_SECONDS)
            if deleted:
                log.info("old tracker events deleted", count=deleted)
        except Exception:
            log.exception("old tracker events could not be deleted")
        await asyncio.sleep(_PURGE_SECONDS)
