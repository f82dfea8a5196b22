"""Twilio and Zenvia on this machine, behaving as their documentation says."""

import base64
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer

from auth_backend.settings import TwilioSettings, ZenviaSettings

TWILIO = TwilioSettings("AC" + "0a" * 16, "Nq4xVt8kWz2mRb7yHs5dLf9gJc3pTa6e", sender="+15005550006")
ZENVIA = ZenviaSettings("zT8-9vLwQ_4kXn2", "Rf6yKb9tMz3wCx7hVd5qLs8gJn2pUa4e", "zoe-sms")

TWILIO_ERRORS = {
    "+15005550001": (400, 21211, "Invalid 'To' Phone Number: +1500555XXXX"),
    "+15005550004": (400, 21610, "Attempt to send to unsubscribed recipient"),
    "+15005550009": (400, 21614, "'To' number is not a valid mobile number"),
    "+15005550002": (400, 21408, "Permission to send an SMS has not been enabled for the region"),
    "+15005550029": (429, 20429, "Too Many Requests"),
    "+15005550003": (503, 20503, "Service Unavailable"),
}
"""Numbers that the server answers with an error: status, code, message."""


@dataclass
class Providers:
    """Both APIs; `taken` is what they took, oldest first."""

    url: str = ""
    taken: list[dict[str, Any]] = field(default_factory=list)
    refuse: tuple[int, dict[str, Any]] | None = None
    """Zenvia's next answers."""
    numbers: Any = field(default_factory=lambda: itertools.count(1))

    async def take_twilio(self, request: web.Request) -> web.Response:
        """`POST …/Messages.json`: Basic authentication, a form, 201 with the message, errors as an object."""
        credentials = f"{TWILIO.account_sid}:{TWILIO.auth_token}".encode()
        expected = "Basic " + base64.b64encode(credentials).decode()
        if request.headers.get("Authorization") != expected or request.match_info["account"] != TWILIO.account_sid:
            return _twilio_error(401, 20003, "Authenticate")
        form = dict(await request.post())
        if not form.get("Body") or not (form.get("From") or form.get("MessagingServiceSid")):
            return _twilio_error(400, 21602, "Message body is required")
        if form["To"] in TWILIO_ERRORS:
            return _twilio_error(*TWILIO_ERRORS[str(form["To"])])
        sid = f"SM{next(self.numbers):032x}"
        self.taken.append({"sid": sid, **form})
        return web.json_response({"sid": sid, "status": "queued", "error_code": None, "to": form["To"]}, status=201)

    async def take_zenvia(self, request: web.Request) -> web.Response:
        """`POST /v2/channels/sms/messages`: a token in `X-API-TOKEN`, JSON, 200 with the id."""
        if request.headers.get("X-API-TOKEN") != ZENVIA.api_token:
            error = {"code": "AUTHENTICATION_ERROR", "description": "No authorization token was found"}
            return web.json_response(error, status=401)
        if self.refuse is not None:
            status, error = self.refuse
            return web.json_response(error, status=status, headers={"Retry-After": "30"} if status == 429 else {})
        body = await request.json()
        if not str(body.get("to", "")).isdecimal() or body["contents"][0]["type"] != "text":
            return web.json_response({"code": "VALIDATION_ERROR", "description": "Validation error"}, status=400)
        found = f"z-{next(self.numbers)}"
        self.taken.append({"id": found, **body})
        return web.json_response({"id": found, "direction": "OUT", **body})


def _twilio_error(status: int, code: int, message: str) -> web.Response:
    more = f"https://www.twilio.com/docs/errors/{code}"
    headers = {"Retry-After": "7"} if status == 429 else {}
    return web.json_response(
        {"code": code, "message": message, "more_info": more, "status": status}, status=status, headers=headers
    )


@asynccontextmanager
async def sms_providers() -> AsyncIterator[tuple[Providers, aiohttp.ClientSession]]:
    """Running APIs, and a client for senders."""
    providers, app = Providers(), web.Application()
    app.router.add_post("/2010-04-01/Accounts/{account}/Messages.json", providers.take_twilio)
    app.router.add_post("/v2/channels/sms/messages", providers.take_zenvia)
    async with TestServer(app) as server, aiohttp.ClientSession() as http:
        providers.url = str(server.make_url("")).rstrip("/")
        yield providers, http
