"""The real applications over one example's database, and the browsers that use them."""

import asyncio
import hashlib
from collections.abc import Awaitable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import jwt
from aiohttp.test_utils import TestServer

from auth_backend.app import create_internal_app, create_public_app
from auth_backend.db import session_factory
from auth_backend.keyring import Keyring
from auth_backend.login.browsers import new_browser_token
from auth_backend.services import Services
from auth_backend.settings import Settings
from dbkit.engines import create_engine
from httpkit.clock import OffsetClock
from tests.integration.auth.stateful.cast import SECRETS, START, passwords
from tests.integration.auth.stateful.rows import Reader

BOT, ACTIONS = "internal-token-of-the-chat-server-000000", "internal-token-of-the-action-server-0000"
AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
IDLE = timedelta(hours=1)
CSRF = "csrf-of-the-tests-0123456789abcdef"


@dataclass(frozen=True)
class Answer:
    """What came back: `path` is where a redirect leads, empty without one."""

    status: int
    path: str
    text: str
    json: Any = None


@dataclass
class Browser:
    """One browser of somebody's, with its cookies and what an onlooker knows of it."""

    stage: "Stage"
    name: str
    ip: str
    cookies: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Name → value and path."""

    def get(self, path: str, *, follow: bool = False) -> Answer:
        """Opens an address; `follow`: and the one that it redirects to."""
        answer = self.stage.run(self._send("GET", path, None))
        return self.stage.run(self._send("GET", answer.path, None)) if follow and answer.path else answer

    def post(self, path: str, **fields: str) -> Answer:
        """Sends a form as its page would."""
        answer = self.stage.run(self._send("POST", path, {"csrf": self._csrf(), **fields}))
        if answer.status == 403:  # the session is over: the page would have been one without a session
            answer = self.stage.run(self._send("POST", path, {"csrf": CSRF, **fields}))
        return answer

    def posts(self, path: str, times: int, **fields: str) -> list[Answer]:
        """Sends the same form several times at once."""
        sent = {"csrf": self._csrf(), **fields}

        async def together() -> list[Answer]:
            return list(await asyncio.gather(*(self._send("POST", path, sent) for _ in range(times))))

        return self.stage.run(together())

    @property
    def session(self) -> str | None:
        """The session cookie."""
        held = self.cookies.get("zoe_session")
        return held[0] if held else None

    @property
    def token(self) -> str:
        """The browser's own cookie."""
        return self.cookies["zoe_browser"][0]

    def _csrf(self) -> str:
        """Of the session if it is good, as the page's form would have it; else the cookie's."""
        if self.session is None:
            return CSRF
        hashed, now = hashlib.sha256(self.session.encode()).hexdigest(), self.stage.clock()
        row = self.stage.reader.session(hashed)
        idle = row is not None and row.level in {"limited", "full_email", "full"} and now - row.last_seen_at >= IDLE
        over = row is None or row.ended_at is not None or row.expires_at <= now or idle
        return CSRF if over or row is None else str(row.csrf)

    async def _send(self, method: str, path: str, fields: Mapping[str, str] | None) -> Answer:
        held = "; ".join(f"{name}={value}" for name, (value, where) in self.cookies.items() if path.startswith(where))
        headers = {"Cookie": held, "X-Forwarded-For": self.ip, "User-Agent": AGENT, "Accept": "text/html"}
        url = self.stage.public.make_url(path)
        async with self.stage.http.request(
            method, url, data=fields, headers=headers, allow_redirects=False
        ) as response:
            text = await response.text()
            for name, morsel in response.cookies.items():
                gone = morsel["max-age"] == "0" or not morsel.value
                if gone:
                    self.cookies.pop(name, None)
                else:
                    self.cookies[name] = (morsel.value, morsel["path"] or "/")
            where = urlsplit(response.headers.get("Location", ""))
            location = where.path + (f"?{where.query}" if where.query else "")
            assert response.status < 500, (method, path, response.status, text)
            body = await response.json() if response.content_type == "application/json" else None
            return Answer(response.status, location, text, body)


@dataclass
class Stage:
    """Both applications, their clock, and a reader of their rows."""

    services: Services
    clock: OffsetClock
    reader: Reader
    runner: asyncio.Runner
    public: TestServer
    internal: TestServer
    http: aiohttp.ClientSession

    def run[T](self, call: Awaitable[T]) -> T:
        """Awaits something of the backend's."""

        async def awaited() -> T:
            return await call

        return self.runner.run(awaited())

    def browser(self, name: str, number: int) -> Browser:
        """A fresh browser with an address of its own."""
        made = Browser(self, name, f"198.51.100.{number}")
        made.cookies["zoe_browser"] = (new_browser_token(self.services.keys.browsers), "/")
        made.cookies["zoe_csrf"] = (CSRF, "/")
        return made

    def call(
        self, method: str, path: str, body: dict[str, Any] | None, *, token: str = BOT, ticket: str | None = None
    ) -> Answer:
        """A call to the internal port."""
        headers = {"Authorization": f"Bearer {token}"} | ({"X-Zoe-Turn-Ticket": ticket} if ticket else {})

        async def send() -> Answer:
            url = self.internal.make_url(f"/internal/{path}")
            async with self.http.request(method, url, json=body, headers=headers) as response:
                assert response.status < 500, (method, path, response.status, await response.text())
                return Answer(response.status, "", await response.text(), await response.json())

        return self.runner.run(send())

    def ticket(self, conversation_id: str, **claims: Any) -> str:
        """A turn ticket as bot signs it."""
        until = self.clock() + timedelta(seconds=120)
        content = {"aud": "zoe-turn", "sub": conversation_id, "jti": "turn", "exp": int(until.timestamp()), **claims}
        return jwt.encode(content, self.services.keys.turn_ticket, algorithm="HS256")


@contextmanager
def open_stage(url: str) -> Iterator[Stage]:
    """The backend over a database in which the cast is."""
    settings = Settings(
        dev=True,
        public_url="http://localhost:8080",
        database_url=url,
        secret_keys=SECRETS,
        secret_key_id="k1",
        internal_token=BOT,
        internal_actions_token=ACTIONS,
        internal_url="http://127.0.0.1:8081",
        data_dir=Path("/nonexistent"),
        trusted_proxies=("127.0.0.1",),
        slow_after=0,
    )
    clock = OffsetClock(base=lambda: START)
    engine, hasher = create_engine(url, outlives_power_cuts=False), passwords()
    keys = Keyring.of(SECRETS, "k1")
    services = Services(settings, keys, session_factory(engine), clock, hasher, lambda: None)
    with asyncio.Runner() as runner:

        async def begin() -> tuple[TestServer, TestServer, aiohttp.ClientSession]:
            public, internal = TestServer(create_public_app(services)), TestServer(create_internal_app(services))
            await public.start_server()
            await internal.start_server()
            return public, internal, aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())

        async def end() -> None:
            await http.close()
            await public.close()
            await internal.close()
            await engine.dispose()

        public, internal, http = runner.run(begin())
        reader = Reader(url)
        try:
            yield Stage(services, clock, reader, runner, public, internal, http)
        finally:
            reader.close()
            runner.run(end())
            hasher.close()
