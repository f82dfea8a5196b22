"""What the internal API and the public JSON parts take and give: one entry a route, made into OpenAPI 3.1.

A route without an entry, and an entry without its route, fail a test (tests/integration/auth/api).
"""

from importlib.metadata import version
from typing import Any

from aiohttp import web

from auth_backend.internal_api import answers as a
from auth_backend.internal_api import bodies as b
from auth_backend.internal_api.guards import TICKET_HEADER
from auth_backend.outbox.status_views import StatusEvent
from httpkit.openapi import Key, Operation, Parameter, document, served_routes

SCHEMES = {
    "bot": {"type": "http", "scheme": "bearer", "description": "scope bot"},
    "actions": {"type": "http", "scheme": "bearer", "description": "scope actions"},
    "metrics": {"type": "http", "scheme": "bearer", "description": "reads the metrics, as scope bot does"},
    "ticket": {"type": "apiKey", "in": "header", "name": TICKET_HEADER, "description": "the turn's ticket"},
    "twilio": {"type": "apiKey", "in": "header", "name": "X-Twilio-Signature"},
    "zenvia": {"type": "http", "scheme": "bearer", "description": "the webhook's token"},
    "session": {"type": "apiKey", "in": "cookie", "name": "__Host-zoe_session"},
}
PATH_ID = {"type": "string", "minLength": 1, "maxLength": 128}
_ALWAYS = (400, 401, 403, 415, 421)
_CHANGES = (*_ALWAYS, 413, 422)
_OF = "/internal/conversations/{id}"
_ACT = "/internal/actions"


def _bot(body: type[b.Body], *answers: type[a.Answer], more: tuple[int, ...] = (404,)) -> Operation:
    return Operation(answers, body, (*_CHANGES, *more), security=("bot",))


def _read(*answers: type[a.Answer]) -> Operation:
    return Operation(answers, None, (*_ALWAYS, 404), security=("bot",))


def _act(body: type[b.Body] | None, *answers: type[a.Answer]) -> Operation:
    failures = (*(_CHANGES if body else _ALWAYS), 404)
    return Operation(answers, body, failures, security=("actions", "ticket"))


def _text(*names: str, place: str) -> tuple[Parameter, ...]:
    return tuple(Parameter(name, place) for name in names)


INTERNAL: dict[Key, Operation] = {
    ("GET", "/livez"): Operation((a.Alive,), None, _ALWAYS, security=("bot",)),
    ("GET", "/internal/openapi.json"): Operation("application/json", None, _ALWAYS, security=("bot",)),
    ("GET", "/internal/metrics"): Operation("text/plain", None, _ALWAYS, security=("metrics",)),
    ("GET", "/internal/shell"): Operation(
        (a.Shell,),
        None,
        _ALWAYS,
        (
            *_text("lang", "path", "title", "remembered", place="query"),
            *_text("X-Zoe-Session", "X-Accept-Language", place="header"),
        ),
        ("bot",),
    ),
    ("POST", "/internal/conversations"): _bot(b.OpenConversation, a.Opened, more=()),
    ("POST", f"{_OF}/standing"): _bot(b.SessionToken, a.StandingNow),
    ("GET", f"{_OF}/facts"): _read(a.Facts),
    ("POST", f"{_OF}/codes"): _bot(b.HandInCode, a.CodeJudged, more=(404, 409)),
    ("POST", f"{_OF}/return-codes"): _bot(b.HandInCode, a.CodeJudged, more=(404, 409)),
    ("POST", f"{_OF}/verify-link"): _bot(b.InLanguage, a.Link, a.NotAwaited),
    ("POST", f"{_OF}/confirmation-card"): _bot(b.InLanguage, a.Card, a.NoCard),
    ("POST", f"{_OF}/confirmation-card/close"): _bot(b.Nothing, a.CardClosed),
    ("POST", f"{_OF}/confirmations"): _bot(b.Confirm, a.YesJudged, more=(404, 409)),
    ("POST", f"{_OF}/owner-requests"): _bot(b.AskOwner, a.YesJudged, more=(404, 409)),
    ("POST", "/internal/desk/agent"): _bot(b.SessionToken, a.AgentNow, more=()),
    ("GET", f"{_OF}/desk-panel"): _read(a.Panel),
    ("POST", f"{_OF}/desk-events"): _bot(b.DeskAct, a.Noted),
    ("GET", f"{_ACT}/facts"): _act(None, a.Facts),
    ("GET", f"{_ACT}/reset/status"): _act(None, a.Facts),
    ("POST", f"{_ACT}/reset/open"): _act(b.OpenReset, a.Sent),
    ("POST", f"{_ACT}/reset/resend"): _act(b.InLanguage, a.Resent),
    ("POST", f"{_ACT}/reset/check"): _act(b.Nothing, a.Facts),
    ("POST", f"{_ACT}/reset/execute"): _act(b.Nothing, a.Executed),
    ("POST", f"{_ACT}/reset/cancel"): _act(b.Nothing, a.Cancelled),
    ("POST", f"{_ACT}/human"): _act(b.CallHuman, a.HumanCalled),
}
"""On the internal port."""

_FORM = "application/x-www-form-urlencoded"
PUBLIC: dict[Key, tuple[Operation, str]] = {
    ("POST", "/sms/status/twilio"): (
        Operation((), _FORM, (400, 403, 413, 415), _text("message", place="query"), ("twilio",), 204, "public"),
        "What Twilio reports of an SMS (with ZOE_SMS_PROVIDER=twilio).",
    ),
    ("POST", "/sms/status/zenvia"): (
        Operation((), StatusEvent, (400, 401, 404, 413, 415, 422), (), ("zenvia",), 204, "public"),
        "What Zenvia reports of an SMS (with ZOE_SMS_PROVIDER=zenvia).",
    ),
    ("POST", "/login/passkey/options"): (
        Operation("application/json", _FORM, (400, 403, 413, 415), (), ("session",), tag="public"),
        "PublicKeyCredentialRequestOptions (WebAuthn 3, 5.5) for a passkey at sign-in or step-up.",
    ),
    ("POST", "/account/security/passkeys/options"): (
        Operation("application/json", _FORM, (400, 403, 413, 415), (), ("session",), tag="public"),
        "PublicKeyCredentialCreationOptions (WebAuthn 3, 5.4) for a new passkey.",
    ),
}
"""JSON on the public port, for Zoe's own pages and for SMS providers."""


def describe(app: web.Application) -> dict[str, Any]:
    """The description of the internal application `app`, with the public JSON parts beside it."""
    served = served_routes(app)
    internal = {key: (operation, served[key]) for key, operation in INTERNAL.items() if key in served}
    made = document(
        {**internal, **PUBLIC},
        title="Zoe: auth backend",
        version=version("zoe"),
        error=a.Failure,
        schemes=SCHEMES,
        path_schema=PATH_ID,
    )
    made["servers"] = [{"url": "/", "description": "the internal port, for the public paths the public one"}]
    return made
