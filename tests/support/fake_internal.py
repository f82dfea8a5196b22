"""The internal API as docs/interfaces.md describes it, scope bot, with a reset that tests move along."""

from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

TOKEN = "bot-token-for-tests"


@dataclass
class FakeInternal:
    """A real aiohttp application; what was handed in is kept for assertions."""

    code: str = "123456"
    return_code: str = "BCDFGH"
    facts: dict[str, dict[str, Any]] = field(default_factory=dict)
    attempts: list[tuple[str, str, str]] = field(default_factory=list)
    """(conversation, code, activity id) of every attempt that was counted."""
    judged: dict[str, str] = field(default_factory=dict)
    confirmations: dict[str, str] = field(default_factory=dict)
    said: list[dict[str, Any]] = field(default_factory=list)
    registered: list[dict[str, Any]] = field(default_factory=list)
    sessions: dict[str, str | None] = field(default_factory=dict)
    nonce: str | None = None
    asked: list[str] = field(default_factory=list)
    """Reasons for which the owner was asked."""
    nonces: int = 0
    links: int = 0
    agents: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Session token → agent, as `desk/agent` gives one."""
    customers: set[str] = field(default_factory=set)
    """Session tokens of people who are signed in, but not at the desk."""
    teams: dict[str, list[str]] = field(default_factory=dict)
    """Whose a conversation is; the general team's unless said otherwise."""
    desk_events: list[tuple[str, str, str]] = field(default_factory=list)
    """(conversation, agent id, event)."""
    frame: str = "<html><head><!--zoe:head--></head><body><!--zoe:main--></body></html>"
    down: bool = False
    calls: list[str] = field(default_factory=list)

    def set_stage(self, conversation: str, stage: str, **more: Any) -> None:
        """Puts a conversation's reset at `stage`."""
        self.facts[conversation] = {**self.facts_of(conversation), "stage": stage, **more}

    def facts_of(self, conversation: str) -> dict[str, Any]:
        """The facts as the API gives them."""
        base: dict[str, Any] = {
            "conversation_id": conversation,
            "stage": "none",
            "standing": "anonymous",
            "claim": None,
            "proofs": {"email": None, "password": None, "owner": None},
            "proofs_until": None,
            "last_code": None,
            "refusal": None,
            "reset": None,
        }
        return {**base, **self.facts.get(conversation, {})}

    def app(self) -> web.Application:
        """The application, bearer token checked."""
        app = web.Application(middlewares=[self._guard])
        one = "/internal/conversations/{id}"
        app.router.add_post("/internal/conversations", self._register)
        app.router.add_post(f"{one}/standing", self._standing)
        app.router.add_get(f"{one}/facts", self._facts)
        app.router.add_post(f"{one}/codes", self._codes)
        app.router.add_post(f"{one}/return-codes", self._return_codes)
        app.router.add_post(f"{one}/verify-link", self._verify_link)
        app.router.add_post(f"{one}/confirmation-card", self._card)
        app.router.add_post(f"{one}/confirmation-card/close", self._close_card)
        app.router.add_post(f"{one}/confirmations", self._confirm)
        app.router.add_post(f"{one}/owner-requests", self._ask_owner)
        app.router.add_get("/internal/shell", self._shell)
        app.router.add_post("/internal/desk/agent", self._agent)
        app.router.add_get(f"{one}/desk-panel", self._panel)
        app.router.add_post(f"{one}/desk-events", self._desk_event)
        return app

    @web.middleware
    async def _guard(self, request: web.Request, handler: Any) -> web.StreamResponse:
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return web.json_response({"error": "unauthorized", "message": ""}, status=401)
        if self.down:
            return web.json_response({"error": "unavailable", "message": ""}, status=503)
        self.calls.append(request.path.rpartition("/")[2])
        response: web.StreamResponse = await handler(request)
        return response

    async def _register(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.registered.append(body)
        self.sessions[body["conversation_id"]] = body["session_token"]
        standing = "signed_in" if body["session_token"] else "anonymous"
        browser = body["browser_token"] or f"browser-{len(self.registered)}"
        return web.json_response(
            {"standing": standing, "session_ref": None, "browser_token": browser, "lang": None, "known": False}
        )

    async def _standing(self, request: web.Request) -> web.Response:
        body = await request.json()
        same = self.sessions.get(request.match_info["id"]) == body["session_token"]
        return web.json_response({"standing": "anonymous", "same_session": same})

    async def _facts(self, request: web.Request) -> web.Response:
        return web.json_response(self.facts_of(request.match_info["id"]))

    async def _codes(self, request: web.Request) -> web.Response:
        return await self._judge(request, "code", self.code, "password")

    async def _return_codes(self, request: web.Request) -> web.Response:
        return await self._judge(request, "return_code", self.return_code, "ready")

    async def _judge(self, request: web.Request, stage: str, right: str, then: str) -> web.Response:
        body = await request.json()
        conversation, identifier = request.match_info["id"], body["activity_id"]
        if identifier not in self.judged:
            if self.facts_of(conversation)["stage"] != stage:
                self.judged[identifier] = "not_awaited"
            else:
                self.attempts.append((conversation, body["code"], identifier))
                self.judged[identifier] = "accepted" if body["code"] == right else "wrong"
                if body["code"] == right:
                    self.set_stage(conversation, then, last_code="accepted")
                else:
                    self.set_stage(conversation, stage, last_code="wrong")
        return web.json_response({"outcome": self.judged[identifier], "facts": self.facts_of(conversation)})

    async def _verify_link(self, request: web.Request) -> web.Response:
        if self.facts_of(request.match_info["id"])["stage"] != "password":
            return web.json_response({"outcome": "not_awaited"})
        self.links += 1
        return web.json_response(
            {"url": f"http://localhost:8080/verify/link-{self.links}", "expires_at": "2026-01-01T12:30:00Z"}
        )

    async def _card(self, request: web.Request) -> web.Response:
        facts = self.facts_of(request.match_info["id"])
        if facts["stage"] not in {"ready", "ask_owner"}:
            return web.json_response({"outcome": "not_ready", "facts": facts})
        self.nonces += 1
        self.nonce = f"nonce-{self.nonces}"
        return web.json_response({"nonce": self.nonce, "expires_at": "2026-01-01T12:10:00Z", "facts": facts})

    async def _close_card(self, _request: web.Request) -> web.Response:
        closed, self.nonce = bool(self.nonce), ""
        return web.json_response({"closed": closed})

    async def _confirm(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.said.append(body)
        conversation, identifier = request.match_info["id"], body["activity_id"]
        if identifier not in self.confirmations:
            said_yes = body.get("text", "yes").lower() in {"yes", "sim", "sí"}
            right = said_yes and body["nonce"] == self.nonce
            recorded = right and self.facts_of(conversation)["stage"] == "ready"
            self.confirmations[identifier] = "recorded" if recorded else "not_recorded"
            if recorded:
                self.set_stage(conversation, "confirmed")
        return web.json_response({"outcome": self.confirmations[identifier], "facts": self.facts_of(conversation)})

    async def _ask_owner(self, request: web.Request) -> web.Response:
        body = await request.json()
        conversation, identifier = request.match_info["id"], body["activity_id"]
        if identifier not in self.confirmations:
            right = body["nonce"] == self.nonce and self.facts_of(conversation)["stage"] == "ask_owner"
            self.confirmations[identifier] = "recorded" if right else "not_recorded"
            if right:
                self.asked.append(body["reason"])
                until = {"reference": "7F3K", "owner_may_decide_until": "2026-01-02T12:00:00Z"}
                self.set_stage(conversation, "awaiting_owner", reset=until)
        return web.json_response({"outcome": self.confirmations[identifier], "facts": self.facts_of(conversation)})

    def add_agent(self, token: str, name: str, *teams: str, role: str = "agent", lang: str = "en") -> None:
        """Somebody at the desk, signed in with `token`."""
        everyone = ["general", *teams]
        self.agents[token] = {"id": f"id-{token}", "name": name, "role": role, "teams": everyone, "lang": lang}

    async def _agent(self, request: web.Request) -> web.Response:
        token = (await request.json())["session_token"]
        agent = self.agents.get(token)
        refused = None if agent else "not_desk" if token in self.customers else "signed_out"
        return web.json_response({"agent": agent, "refused": refused})

    async def _panel(self, request: web.Request) -> web.Response:
        conversation = request.match_info["id"]
        facts = self.facts_of(conversation)
        return web.json_response(
            {
                "address_typed": facts["claim"]["address"] if facts["claim"] else None,
                "proofs": facts["proofs"],
                "stage": facts["stage"],
                "teams": self.teams.get(conversation, ["general"]),
            }
        )

    async def _desk_event(self, request: web.Request) -> web.Response:
        body = await request.json()
        self.desk_events.append((request.match_info["id"], body["agent_id"], body["event"]))
        return web.json_response({"recorded": True})

    async def _shell(self, request: web.Request) -> web.Response:
        lang = request.query.get("lang") or "en"
        return web.json_response({"lang": lang, "html": self.frame.replace("{lang}", lang)})
