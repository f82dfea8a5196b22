"""Callbacks of SMS providers: what became of a message that they took.

Programs call these with no cookie and no form token; each call proves itself as its provider documents. A call that
proves nothing is refused and changes nothing.
"""

from urllib.parse import parse_qsl, urlsplit

import structlog
from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field

from auth_backend.outbox import deliveries
from auth_backend.outbox.senders import twilio, zenvia
from auth_backend.outbox.senders.sms import TWILIO_CALLBACK, ZENVIA_CALLBACK
from auth_backend.services import SERVICES
from auth_backend.settings import TwilioSettings, ZenviaSettings
from httpkit.bodies import form_body, json_model
from httpkit.errors import ClientError, client_error

MAX_ID = 64

log = structlog.get_logger("outbox")


class MessageStatus(BaseModel):
    """The part of Zenvia's status that counts; it may grow."""

    model_config = ConfigDict(extra="ignore")

    code: str = Field(max_length=64)


class StatusEvent(BaseModel):
    """Zenvia's event `MESSAGE_STATUS`; unknown fields are Zenvia's right."""

    model_config = ConfigDict(extra="ignore")

    type: str = Field(max_length=64)
    messageId: str = Field(default="", max_length=128)  # noqa: N815 - Zenvia's name
    messageStatus: MessageStatus | None = None  # noqa: N815


async def take_twilio_status(request: web.Request) -> web.Response:
    """`POST /sms/status/twilio?message={our id}`: signed over the public URL, never over what `Host` says."""
    services = request.app[SERVICES]
    settings, form = services.settings.sms, form_body(request)
    assert isinstance(settings, TwilioSettings)
    fields = [(name, value) for name, value in form.items()]
    url = services.settings.public_url + TWILIO_CALLBACK + (f"?{request.query_string}" if request.query_string else "")
    offered = request.headers.get("X-Twilio-Signature", "")
    if not any(twilio.is_signed(settings.auth_token, each, fields, offered) for each in _with_and_without_port(url)):
        log.warning("status callback refused", provider="twilio")
        raise client_error(403)
    status = twilio.STATUSES.get(form.get("MessageStatus", ""))
    message_id = dict(parse_qsl(request.query_string)).get("message", "")[:MAX_ID]
    if status is not None:
        code = form.get("ErrorCode", "")
        reason = f"twilio:{code}" if code.isascii() and code.isdecimal() and len(code) < 8 else "twilio:undelivered"
        async with services.sessions.begin() as session:
            await deliveries.note_by_id(session, services.keys, message_id, status, reason=reason, now=services.now())
    return web.Response(status=204)


async def take_zenvia_status(request: web.Request) -> web.Response:
    """`POST /sms/status/zenvia`: with the bearer token that the subscription's headers carry.

    An id that is not known (yet) is a 404, so that Zenvia reports it again in 30 seconds.
    """
    services = request.app[SERVICES]
    settings = services.settings.sms
    assert isinstance(settings, ZenviaSettings)
    if not zenvia.is_authentic(settings.webhook_token, request.headers.get("Authorization", "")):
        log.warning("status callback refused", provider="zenvia")
        raise client_error(401)
    event = json_model(request, StatusEvent)
    status = zenvia.STATUSES.get(event.messageStatus.code) if event.messageStatus is not None else None
    if event.type != "MESSAGE_STATUS" or status is None:
        return web.Response(status=204)
    async with services.sessions.begin() as session:
        known = await deliveries.note_by_provider_id(
            session, services.keys, event.messageId, status, reason=f"zenvia:{status.value}", now=services.now()
        )
    if not known:
        raise ClientError(404, "unknown_message", "no message was sent under that id")
    return web.Response(status=204)


def add_routes(app: web.Application) -> None:
    """The route of the provider that this installation has, if it has one."""
    settings = app[SERVICES].settings.sms
    if isinstance(settings, TwilioSettings):
        app.router.add_post(TWILIO_CALLBACK, take_twilio_status)
    elif isinstance(settings, ZenviaSettings):
        app.router.add_post(ZENVIA_CALLBACK, take_zenvia_status)


def _with_and_without_port(url: str) -> list[str]:
    """Twilio leaves a standard port out of what it signs, or puts it in."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    default = {"https": 443, "http": 80}[parts.scheme]
    bare, full = parts._replace(netloc=host), parts._replace(netloc=f"{host}:{parts.port or default}")
    return [bare.geturl(), full.geturl()] if parts.port in {None, default} else [url]
