"""The actions server: Rasa's action webhook over rasa-sdk's executor, behind a bearer token and a `Host` check.

rasa-sdk's own server is sanic with open CORS and no authentication; this front keeps its shape: 200 with events and
responses, 400 for a rejected execution, 404 for an unknown action, 449 when a domain is missing.
"""

from __future__ import annotations

import hmac
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import uvloop
from aiohttp import web
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionMissingDomainException, ActionNotFoundException

from actions.auth_client import AuthClient
from actions.registry import build_executor
from actions.settings import ActionsSettings
from httpkit.bearer import bearer_token, host_name
from httpkit.bodies import json_body, read_body
from httpkit.errors import ClientError, Handler, client_error, error_middleware
from httpkit.logs import log_requests

MAX_BYTES = 4 * 1024 * 1024
"""Rasa sends the whole tracker with each call."""

_SETTINGS: web.AppKey[ActionsSettings] = web.AppKey("settings", ActionsSettings)
_EXECUTOR: web.AppKey[ActionExecutor] = web.AppKey("executor", ActionExecutor)


def build_app(settings: ActionsSettings) -> web.Application:
    """The application; it opens its connections when it starts and closes them when it stops."""
    app = web.Application(client_max_size=MAX_BYTES, middlewares=[log_requests, error_middleware(), _guard, read_body])
    app[_SETTINGS] = settings
    app.cleanup_ctx.append(_executor_context)
    app.router.add_post("/webhook", run_action)
    app.router.add_get("/livez", report_alive)
    return app


def run(settings: ActionsSettings) -> None:
    """Serves until interrupted."""
    web.run_app(
        build_app(settings),
        host=settings.host,
        port=settings.port,
        print=None,
        access_log=None,
        loop=uvloop.new_event_loop(),
    )


async def run_action(request: web.Request) -> web.Response:
    """`POST /webhook`: runs `next_action` on the tracker that Rasa sends."""
    call = json_body(request)
    if not isinstance(call.get("next_action"), str) or not isinstance(call.get("tracker"), dict):
        raise ClientError(422, "invalid_fields", "check: next_action, tracker")
    # A domain is optional here: no action of Zoe reads it, and Rasa leaves it out when it is told to.
    call.setdefault("domain", {})
    try:
        result = await request.app[_EXECUTOR].run(call)
    except ActionExecutionRejection as error:
        return _refusal(400, error)
    except ActionNotFoundException as error:
        return _refusal(404, error)
    except ActionMissingDomainException as error:
        return _refusal(449, error)
    return web.json_response(result.model_dump() if result else None)


async def report_alive(_request: web.Request) -> web.Response:
    """`GET /livez`."""
    return web.json_response({"status": "ok"})


def _refusal(status: int, error: Any) -> web.Response:
    """The body that Rasa's client reads."""
    return web.json_response({"error": error.message, "action_name": error.action_name}, status=status)


@web.middleware
async def _guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Token and `Host`. Rasa's EndpointConfig sends a token as header (its `headers`) or as query (`token`)."""
    settings = request.app[_SETTINGS]
    if host_name(request) not in settings.hosts:
        raise ClientError(421, "wrong_host", "this port does not answer under that name")
    if request.path != "/livez":
        offered = bearer_token(request) or request.query.get("token", "")
        if not hmac.compare_digest(offered.encode("utf-8", "surrogateescape"), settings.token.encode()):
            raise client_error(401)
    return await handler(request)


async def _executor_context(app: web.Application) -> AsyncIterator[None]:
    settings = app[_SETTINGS]
    async with aiohttp.ClientSession() as session:
        app[_EXECUTOR] = build_executor(AuthClient(session, settings.internal_url, settings.internal_token))
        yield
