"""The auth backend as conversations need it: the actions' part of the internal API, with real state and real rules.

It is what docs/interfaces.md says, small: claims, codes with five attempts, proofs, a confirmation that only its own
method records, one execution. Tests play the pages and `bot` through its methods, and can take it away or let an answer
be lost after the work was done.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from aiohttp import web

TICKET_KEY = "a key for the tickets of tests, long enough"
SERVICE_TOKEN = "actions-token-of-the-tests"
CODE = "493817"

CONVERSATION: web.RequestKey[str] = web.RequestKey("conversation", str)
START = datetime(2026, 11, 24, 14, 2, tzinfo=UTC)


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None


@dataclass
class Person:
    """A user of some account."""

    address: str
    owner: bool = True
    has_factor: bool = True
    must_wait: bool = False


@dataclass
class Conversation:
    """What the backend keeps for one conversation."""

    standing: str = "anonymous"
    session_address: str | None = None
    address: str | None = None
    sent_at: datetime | None = None
    attempts_left: int = 5
    last_code: str | None = None
    email_at: datetime | None = None
    password_at: datetime | None = None
    return_code_due: bool = False
    confirmed: bool = False
    asked: bool = False
    ended: str | None = None
    refusal: str | None = None
    enrolled: bool = False
    waiting: bool = False
    """An earlier reset of this conversation is scheduled."""
    humans: int = 0
    reasons: list[str | None] = field(default_factory=list)


@dataclass
class FakeBackend:
    """Serves `app`; everything else is for the test."""

    people: dict[str, Person] = field(
        default_factory=lambda: {
            person.address: person for person in (Person("ana@acme.example"), Person("bruno@acme.example", owner=False))
        }
    )
    now: datetime = START
    conversations: dict[str, Conversation] = field(default_factory=dict)
    mails: list[str] = field(default_factory=list)
    executions: int = 0
    calls: list[str] = field(default_factory=list)
    away: bool = False
    """Answers 503 to everything before looking at it."""
    password_first: bool = False
    """Strangers asked for too many codes: opening answers that the password comes first."""
    lose_next: int = 0
    """That many answers are lost after the work was done: the connection just closes."""

    def app(self) -> web.Application:
        """The internal API."""
        app = web.Application(middlewares=[self._front])
        app.router.add_get("/livez", self._livez)
        for method, path, handler in (
            ("GET", "facts", self._facts),
            ("GET", "reset/status", self._status),
            ("POST", "reset/open", self._open),
            ("POST", "reset/resend", self._resend),
            ("POST", "reset/check", self._check),
            ("POST", "reset/execute", self._execute),
            ("POST", "reset/cancel", self._cancel),
            ("POST", "human", self._human),
        ):
            app.router.add_route(method, f"/internal/actions/{path}", handler)
        return app

    # What a test does in place of `web`, `bot` and the user's browser.

    def ticket(self, conversation_id: str, seconds: int = 120) -> str:
        """A turn ticket for that conversation."""
        expires = int((self.now + timedelta(seconds=seconds)).timestamp())
        claims = {"aud": "zoe-turn", "sub": conversation_id, "jti": "activity", "exp": expires}
        return jwt.encode(claims, TICKET_KEY, algorithm="HS256")

    def of(self, conversation_id: str) -> Conversation:
        """The conversation's state."""
        return self.conversations.setdefault(conversation_id, Conversation())

    def type_code(self, conversation_id: str, code: str) -> str:
        """`bot` hands in a code; returns the result."""
        state = self.of(conversation_id)
        if state.address is None or state.email_at:
            return "not_awaited"
        state.last_code = self._judge(state, code)
        if state.last_code == "accepted":
            state.email_at = self.now
        return state.last_code

    def _judge(self, state: Conversation, code: str) -> str:
        assert state.sent_at
        if state.attempts_left <= 0:
            return "spent"
        if self.now - state.sent_at > timedelta(minutes=10):
            return "expired"
        if code == CODE and state.address in self.people:
            return "accepted"
        state.attempts_left -= 1
        return "wrong"

    def enter_password(self, conversation_id: str, *, other_browser: bool = False) -> None:
        """The right password is entered on the verify page."""
        state = self.of(conversation_id)
        state.password_at = self.now
        state.return_code_due = other_browser

    def type_return_code(self, conversation_id: str) -> None:
        """The right return code is typed in the chat."""
        self.of(conversation_id).return_code_due = False

    def confirm(self, conversation_id: str) -> None:
        """The confirmation is recorded: the button with the nonce was pressed."""
        if self.stage(self.of(conversation_id)) == "ready":
            self.of(conversation_id).confirmed = True

    def ask_owner(self, conversation_id: str) -> None:
        """The member's press: the owner is asked."""
        if self.stage(self.of(conversation_id)) == "ask_owner":
            self.of(conversation_id).asked = True

    def owner_decides(self, conversation_id: str, *, yes: bool) -> None:
        """The owner presses a button on their page."""
        state = self.of(conversation_id)
        assert self.stage(state) == "awaiting_owner"
        state.ended, state.refusal = ("executed", None) if yes else ("refused", "owner_said_no")

    def advance(self, minutes: int) -> None:
        """Time goes by."""
        self.now += timedelta(minutes=minutes)

    def stage(self, state: Conversation) -> str:
        """The stage by the rules of docs/interfaces.md."""
        expired = state.email_at is not None and self.now - state.email_at > timedelta(minutes=30)
        moments = (
            (state.ended, state.ended is not None),
            ("none", state.address is None),
            ("code", state.email_at is None),
            ("awaiting_owner", state.asked),
            ("expired", expired),
            ("confirmed", state.confirmed),
            ("password", state.password_at is None),
            ("return_code", state.return_code_due),
        )
        reached = next((name for name, there in moments if there), None)
        if reached:
            return reached
        state.refusal = state.refusal or self._refusal(state)
        if state.refusal:
            state.ended = "refused"
        if state.ended:
            return state.ended
        return "ready" if self.people[state.address or ""].owner else "ask_owner"

    def _refusal(self, state: Conversation) -> str | None:
        person = self.people[state.address or ""]
        return None if person.has_factor else "nothing_to_reset"

    def facts(self, conversation_id: str) -> dict[str, Any]:
        """The facts as bot and actions get them."""
        state = self.of(conversation_id)
        stage = self.stage(state)
        proven = stage in {"ready", "confirmed", "scheduled", "executed"}
        sent = state.sent_at
        claim = None
        if state.address and sent:
            claim = {
                "address": state.address,
                "sent_at": _iso(sent),
                "expires_at": _iso(sent + timedelta(minutes=10)),
                "resend_at": _iso(sent + timedelta(seconds=60)),
                "attempts_left": state.attempts_left,
                "spent": state.attempts_left <= 0,
                "from_session": state.address == state.session_address,
            }
        return {
            "conversation_id": conversation_id,
            "stage": stage,
            "standing": state.standing,
            "claim": claim,
            "proofs": {
                "email": _iso(state.email_at),
                "password": _iso(state.password_at),
                "owner": self.people[state.address or ""].owner if proven else None,
            },
            "proofs_until": _iso(state.email_at + timedelta(minutes=30)) if state.email_at else None,
            "last_code": state.last_code,
            "refusal": state.refusal,
            "reset": self._reset(state) if proven else None,
        }

    def _reset(self, state: Conversation) -> dict[str, Any]:
        return {
            "reference": "7F3K",
            "removes": [{"kind": "sms", "label": "ending in 88", "count": 1}],
            "scheduled_for": None,
            "executed_at": None,
            "enrolled": state.enrolled,
            "told": ["a••@acme.example"],
            "status_url": None,
        }

    # The API.

    @web.middleware
    async def _front(self, request: web.Request, handler: Any) -> web.StreamResponse:
        if request.path != "/livez":
            self.calls.append(request.path.removeprefix("/internal/actions/"))
        if self.away:
            return web.json_response({"error": "unavailable", "message": "away"}, status=503)
        if request.headers.get("Authorization") != f"Bearer {SERVICE_TOKEN}":
            return web.json_response({"error": "unauthorized", "message": "token"}, status=401)
        if request.path == "/livez":
            alive: web.StreamResponse = await handler(request)
            return alive
        try:
            claims = jwt.decode(
                request.headers.get("X-Zoe-Turn-Ticket", ""),
                TICKET_KEY,
                algorithms=["HS256"],
                audience="zoe-turn",
                options={"verify_exp": False},
            )
        except jwt.InvalidTokenError:
            return web.json_response({"error": "no_ticket", "message": "ticket"}, status=403)
        if claims["exp"] < self.now.timestamp():
            return web.json_response({"error": "no_ticket", "message": "ticket"}, status=403)
        request[CONVERSATION] = claims["sub"]
        response: web.StreamResponse = await handler(request)
        if self.lose_next > 0:
            self.lose_next -= 1
            assert request.transport
            request.transport.close()
        return response

    async def _livez(self, _request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    async def _facts(self, request: web.Request) -> web.Response:
        return web.json_response(self.facts(request[CONVERSATION]))

    async def _status(self, request: web.Request) -> web.Response:
        """A claim whose code is not proven is no reset yet."""
        facts = self.facts(request[CONVERSATION])
        return web.json_response(facts | {"stage": "none"} if facts["stage"] == "code" else facts)

    async def _check(self, request: web.Request) -> web.Response:
        assert await request.json() == {}
        return web.json_response(self.facts(request[CONVERSATION]))

    async def _open(self, request: web.Request) -> web.Response:
        body = await request.json()
        assert set(body) == {"address", "reason", "lang"}, body
        assert body["lang"] in {"en", "pt", "es"}
        state = self.of(request[CONVERSATION])
        address = body["address"] or state.session_address
        retry = None
        if address is None:
            outcome = "need_address"
        elif self.password_first:
            outcome = "password_first"
        elif "." not in address.rpartition("@")[2] or not address.rpartition("@")[0]:
            outcome = "invalid_address"
        elif state.sent_at and address == state.address and self.now - state.sent_at < timedelta(seconds=60):
            outcome, retry = "throttled", _iso(state.sent_at + timedelta(seconds=60))
        else:
            outcome = "sent"
            fresh = Conversation(state.standing, state.session_address, address, self.now, humans=state.humans)
            fresh.waiting = state.waiting or state.ended == "scheduled"
            fresh.reasons = [*state.reasons, body["reason"]]
            self.conversations[request[CONVERSATION]] = fresh
            self.mails.append(address)
        return self._answer(request, outcome, retry_at=retry)

    async def _resend(self, request: web.Request) -> web.Response:
        assert set(await request.json()) == {"lang"}
        state = self.of(request[CONVERSATION])
        if self.stage(state) != "code":
            return self._answer(request, "nothing_open", retry_at=None)
        assert state.sent_at
        assert state.address
        if self.now - state.sent_at < timedelta(seconds=60):
            return self._answer(request, "throttled", retry_at=_iso(state.sent_at + timedelta(seconds=60)))
        state.sent_at = self.now
        self.mails.append(state.address)
        return self._answer(request, "sent", retry_at=None)

    async def _execute(self, request: web.Request) -> web.Response:
        state = self.of(request[CONVERSATION])
        stage = self.stage(state)
        if stage == "confirmed":
            self.executions += 1
            state.ended = stage = "scheduled" if self.people[state.address or ""].must_wait else "executed"
        known = {"executed", "scheduled", "refused"}
        return self._answer(request, stage if stage in known else "not_confirmed")

    async def _cancel(self, request: web.Request) -> web.Response:
        state = self.of(request[CONVERSATION])
        stage = self.stage(state)
        if stage == "executed":
            return self._answer(request, "too_late")
        if stage in {"none", "expired", "refused", "cancelled", "disputed"}:
            return self._answer(request, "nothing_open")
        if stage == "scheduled" and (not state.email_at or self.now - state.email_at > timedelta(minutes=30)):
            return self._answer(request, "need_proof")
        state.ended, state.waiting = "cancelled", False
        return self._answer(request, "cancelled")

    async def _human(self, request: web.Request) -> web.Response:
        assert set(await request.json()) == {"reason"}
        self.of(request[CONVERSATION]).humans += 1
        return self._answer(request, "noted")

    def _answer(self, request: web.Request, outcome: str, **more: Any) -> web.Response:
        return web.json_response({"outcome": outcome, **more, "facts": self.facts(request[CONVERSATION])})
