"""A backend with people in it, driven as bot, actions and browsers drive it: over HTTP, on a real database."""

import itertools
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import jwt
from aiohttp import ClientResponse, CookieJar
from aiohttp.test_utils import TestClient, TestServer
from argon2 import PasswordHasher
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from auth_backend.accounts.models import Account, EnrolmentState, User, UserKind
from auth_backend.accounts.passwords import Passwords
from auth_backend.app import create_internal_app, create_public_app
from auth_backend.audit.models import AuditEvent
from auth_backend.codes.issue import code_mac
from auth_backend.codes.models import OneTimeCode
from auth_backend.crypto import token_hash
from auth_backend.database import upgrade
from auth_backend.db import Base, session_factory
from auth_backend.factors.models import Factor, FactorKind, FactorStatus, KnownBrowser
from auth_backend.keyring import Keyring
from auth_backend.login.browsers import new_browser_token
from auth_backend.outbox.models import Channel, OutboxMessage, OutboxState
from auth_backend.outbox.service import Envelope, open_body
from auth_backend.services import Services
from auth_backend.settings import Settings
from dbkit.engines import create_engine
from httpkit.clock import OffsetClock

INTERNAL = "internal-token-of-the-chat-server-000000"
ACTIONS = "internal-token-of-the-action-server-0000"
PASSWORDS = {"ana": "ana likes long walks", "bruno": "bruno bakes bread daily", "carla": "carla climbs quickly up"}
ANA, BRUNO, CARLA, SOFIA = "ana@acme.example", "bruno@acme.example", "carla@globex.example", "sofia@desk.example"
NOBODY = "nobody@nowhere.example"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
SIX_DIGITS = re.compile(r"(?<!\d)\d{6}(?!\d)")
CSRF = re.compile(r'name="csrf" value="([^"]+)"')
RETURN_CODE = re.compile(r"<output>([A-Z]{3}-[A-Z]{3})</output>")


@dataclass
class World:
    """Everything a test needs; `ids` maps names to user ids."""

    engine: AsyncEngine
    services: Services
    clock: OffsetClock
    public: TestServer
    internal: TestServer
    http: TestClient[Any, Any]
    ids: dict[str, str] = field(default_factory=dict)
    numbers: Any = field(default_factory=lambda: itertools.count(1))
    browsers: "list[Browser]" = field(default_factory=list)

    async def chat(
        self, *, session_token: str | None = None, browser: "Browser | None" = None, channel: str = "web", **more: Any
    ) -> "Chat":
        """Opens a conversation, as bot does when a browser asks for a chat token."""
        name = f"chat-{next(self.numbers)}"
        body = {
            "conversation_id": name,
            "channel": channel,
            "session_token": session_token,
            "browser_token": browser.token if browser else None,
            "ip": "198.51.100.7",
            "user_agent": FIREFOX,
            "lang": "en",
            **more,
        }
        opened = await self.bot("POST", "conversations", body)
        return Chat(self, name, opened)

    async def bot(self, method: str, path: str, body: dict[str, Any] | None = None, *, status: int = 200) -> Any:
        """A call of scope bot."""
        return await self.call(method, f"/internal/{path}", body, token=INTERNAL, status=status)

    async def call(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        *,
        token: str,
        status: int = 200,
        headers: dict[str, str] | None = None,
    ) -> Any:
        """Any call to the internal port."""
        sent = {"Authorization": f"Bearer {token}", **(headers or {})}
        async with self.http.request(method, path, json=body, headers=sent) as response:
            assert response.status == status, await response.text()
            return await response.json()

    def ticket(self, conversation_id: str, **claims: Any) -> str:
        """A turn ticket as bot signs it."""
        content = {
            "aud": "zoe-turn",
            "sub": conversation_id,
            "jti": "turn-1",
            "exp": int((self.clock() + timedelta(seconds=120)).timestamp()),
            **claims,
        }
        return jwt.encode(content, self.services.keys.turn_ticket, algorithm="HS256")

    async def mails(self, to: str, kind: str = "") -> list[Envelope]:
        """What waits in the outbox for somebody, newest last."""
        async with self.services.sessions.begin() as session:
            query = select(OutboxMessage).where(OutboxMessage.state == OutboxState.PENDING)
            rows = (await session.scalars(query.order_by(OutboxMessage.created_at, OutboxMessage.id))).all()
        opened = [(row, open_body(self.services.keys.cipher, row)) for row in rows if row.channel is not Channel.CHAT]
        return [envelope for row, envelope in opened if envelope.to == to and row.kind.startswith(kind)]

    async def events(self) -> list[tuple[str, str]]:
        """(conversation, event) of every event queued for the chat."""
        async with self.services.sessions.begin() as session:
            rows = (await session.scalars(select(OutboxMessage).where(OutboxMessage.channel == Channel.CHAT))).all()
        envelopes = [open_body(self.services.keys.cipher, row) for row in rows]
        return [(envelope.to, envelope.text) for envelope in envelopes]

    async def mailed_code(self, to: str) -> str:
        """The digits of the mailed code that is good now; with a clock that stands still no time tells which."""
        async with self.services.sessions.begin() as session:
            live = list(await session.scalars(select(OneTimeCode).where(OneTimeCode.ended_at.is_(None))))
        good = [code for code in await self.mailed_codes(to) if any(self._is(row, code) for row in live)]
        return good[-1]

    async def mailed_codes(self, to: str) -> list[str]:
        """The digits of every code mail to somebody."""
        return [SIX_DIGITS.findall(mail.text)[0] for mail in await self.mails(to, "code:")]

    def _is(self, row: OneTimeCode, code: str) -> bool:
        keys = self.services.keys
        return row.mac == code_mac(keys, row.id, row.purpose, row.binding, row.subject, code)

    async def rows(self, model: type[Base], *where: Any) -> list[Any]:
        """Rows of a table."""
        async with self.services.sessions.begin() as session:
            return list(await session.scalars(select(model).where(*where)))

    async def one(self, model: type[Base], *where: Any) -> Any:
        """The one row there is."""
        rows = await self.rows(model, *where)
        assert len(rows) == 1, rows
        return rows[0]

    async def change(self, model: type[Base], key: str, **values: Any) -> None:
        """Changes a row behind everybody's back, as another part of the backend would."""
        async with self.services.sessions.begin() as session:
            row = await session.get(model, key)
            for name, value in values.items():
                setattr(row, name, value)

    async def user(self, name: str) -> User:
        """A user as the row is now."""
        user: User = await self.one(User, User.id == self.ids[name])
        return user

    async def tags(self) -> list[str]:
        """Every audit tag, in order."""
        async with self.services.sessions.begin() as session:
            return list(await session.scalars(select(AuditEvent.tag).order_by(AuditEvent.seq)))

    def browser(self) -> "Browser":
        """A browser with a cookie jar of its own."""
        self.browsers.append(Browser(self))
        return self.browsers[-1]

    async def know(self, browser: "Browser", name: str) -> None:
        """Somebody did a strong second step in that browser."""
        async with self.services.sessions.begin() as session:
            row = KnownBrowser(browser=token_hash(browser.token), user_id=self.ids[name], strong_step_at=self.clock())
            session.add(row)


@dataclass
class Chat:
    """One conversation, from bot's side and from the actions'."""

    world: World
    id: str
    opened: dict[str, Any]
    shown: str = "none yet"
    """The nonce of the newest card."""

    async def act(
        self, method: str, path: str, body: dict[str, Any] | None = None, *, status: int = 200, **more: Any
    ) -> Any:
        """A call of scope actions with a fresh ticket (or the one in `more`)."""
        headers = {"X-Zoe-Turn-Ticket": more.get("ticket", self.world.ticket(self.id))}
        return await self.world.call(
            method,
            f"/internal/actions/{path}",
            ({} if method == "POST" else None) if body is None else body,
            token=ACTIONS,
            status=status,
            headers=headers,
        )

    async def tell(self, path: str, body: dict[str, Any] | None = None, *, status: int = 200) -> Any:
        """A call of scope bot about this conversation."""
        return await self.world.bot("POST", f"conversations/{self.id}/{path}", body, status=status)

    async def claim(self, address: str | None = ANA, reason: str | None = "lost_device") -> Any:
        """The dialogue opens a reset."""
        return await self.act("POST", "reset/open", {"address": address, "reason": reason, "lang": "en"})

    async def code(self, code: str, activity: str | None = None, *, path: str = "codes") -> Any:
        """A code typed into the chat."""
        activity = activity or f"act-{next(self.world.numbers)}"
        return await self.tell(path, {"code": code, "activity_id": activity})

    async def return_code(self, code: str) -> Any:
        """A return code typed into the chat."""
        return await self.code(code, path="return-codes")

    async def prove_email(self, address: str = ANA) -> Any:
        """Claim and mailed code."""
        assert (await self.claim(address))["outcome"] == "sent"
        return await self.code(await self.world.mailed_code(address))

    async def verify_url(self) -> str:
        """The path of a fresh verify link."""
        url: str = (await self.tell("verify-link", {"lang": "en"}))["url"]
        return url.removeprefix(self.world.services.settings.public_url)

    async def card(self) -> Any:
        """The confirmation card."""
        card = await self.tell("confirmation-card", {"lang": "en"})
        self.shown = card.get("nonce", self.shown)
        return card

    async def confirm(self, *, activity: str | None = None, **said: str) -> Any:
        """A press (`nonce`) or a typed reply (`text`), which is an answer to the card that was shown last."""
        activity = activity or f"act-{next(self.world.numbers)}"
        if "text" in said:
            said = {"nonce": self.shown, "written_at": self.world.clock().isoformat(), **said}
        return await self.tell("confirmations", {**said, "activity_id": activity})

    async def execute(self) -> Any:
        """The dialogue asks for the execution."""
        return await self.act("POST", "reset/execute")

    async def facts(self) -> Any:
        """As bot sees them."""
        return await self.world.bot("GET", f"conversations/{self.id}/facts")

    async def stage(self) -> str:
        """The moment it is in."""
        stage: str = (await self.facts())["stage"]
        return stage

    async def to_ready(self, browser: "Browser", name: str = "ana", address: str = ANA) -> None:
        """Both proofs."""
        assert (await self.prove_email(address))["outcome"] == "accepted"
        await browser.type_password(await self.verify_url(), PASSWORDS[name])

    async def to_confirmed(self, browser: "Browser") -> None:
        """Both proofs and the yes."""
        await self.to_ready(browser)
        card = await self.card()
        assert (await self.confirm(nonce=card["nonce"]))["outcome"] == "recorded"


class Browser:
    """Cookies and forms."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.token = new_browser_token(world.services.keys.browsers)
        self.client: TestClient[Any, Any] = TestClient(world.public, cookie_jar=CookieJar(unsafe=True))
        self.client.session.cookie_jar.update_cookies({"zoe_browser": self.token}, self.client.make_url("/"))
        self.page = ""

    def cookie(self) -> str:
        """The browser's cookie as it is now."""
        return next(cookie.value for cookie in self.client.session.cookie_jar if cookie.key == "zoe_browser")

    async def get(self, path: str, *, status: int = 200, **more: Any) -> ClientResponse:
        """Opens a page, following redirects. `status` 0: whatever comes."""
        response = await self.client.get(path, **more)
        self.page = await response.text()
        assert status in {0, response.status}, (response.status, self.page[-2000:])
        return response

    async def post(
        self, path: str, fields: dict[str, str] | None = None, *, status: int = 200, csrf: bool = True
    ) -> ClientResponse:
        """Sends the form of the page that is shown, following redirects. `status` 0: whatever comes."""
        token = {"csrf": CSRF.search(self.page)[1]} if csrf else {}  # type: ignore[index]
        response = await self.client.post(path, data={**token, **(fields or {})})
        self.page = await response.text()
        assert status in {0, response.status}, (response.status, self.page[-2000:])
        return response

    async def type_password(self, url: str, password: str, *, status: int = 200) -> str:
        """Opens a verify link and types the password; returns the page."""
        await self.get(url)
        await self.post("/verify/", {"password": password}, status=status)
        return self.page

    def shown_return_code(self) -> str:
        """The return code on the page."""
        return RETURN_CODE.search(self.page)[1]  # type: ignore[index]


async def make_world(
    database_url: str, clock: OffsetClock, adjust: Callable[[Settings], Settings] = lambda s: s
) -> World:
    """Databases, people, both servers."""
    settings = adjust(
        Settings(
            dev=True,
            public_url="http://localhost:8080",
            database_url=database_url,
            secret_keys={"k1": b"only for tests, thirty-two bytes or more"},
            internal_token=INTERNAL,
            internal_actions_token=ACTIONS,
            internal_url="http://127.0.0.1:8081",
            data_dir=Path("/nonexistent"),
        )
    )
    engine = create_engine(database_url)
    await upgrade(engine)
    services = Services(
        settings=settings,
        keys=Keyring.of(settings.secret_keys),
        sessions=session_factory(engine),
        now=clock,
        passwords=Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)),
        wake_outbox=lambda: None,
    )
    public, internal = TestServer(create_public_app(services)), TestServer(create_internal_app(services))
    await public.start_server()
    await internal.start_server()
    world = World(engine, services, clock, public, internal, TestClient(internal))
    await _populate(world)
    return world


async def close_world(world: World) -> None:
    """Ends servers and connections."""
    for browser in world.browsers:
        await browser.client.session.close()
    await world.http.close()
    await world.public.close()
    await world.internal.close()
    world.services.passwords.close()
    await world.engine.dispose()


async def _populate(world: World) -> None:
    long_ago = world.clock() - timedelta(days=400)
    hashes = {name: await world.services.passwords.hash(password) for name, password in PASSWORDS.items()}
    async with world.services.sessions.begin() as session:
        acme, globex = Account(name="Acme", created_at=long_ago), Account(name="Globex", created_at=long_ago)
        session.add_all([acme, globex])
        await session.flush()
        people = {
            "ana": (acme.id, ANA, UserKind.MEMBER),
            "bruno": (acme.id, BRUNO, UserKind.MEMBER),
            "carla": (globex.id, CARLA, UserKind.MEMBER),
            "sofia": (None, SOFIA, UserKind.DESK),
        }
        for name, (account_id, email, kind) in people.items():
            user = User(
                account_id=account_id,
                kind=kind,
                name=name.title(),
                email=email,
                password_hash=hashes.get(name, "-"),
                password_changed_at=long_ago,
                state=EnrolmentState.ENROLLED,
                created_at=long_ago,
            )
            session.add(user)
            await session.flush()
            world.ids[name] = user.id
        world.ids["acme"], world.ids["globex"] = acme.id, globex.id
        acme.owner_id, globex.owner_id = world.ids["ana"], world.ids["carla"]
        for name, phone in {"ana": "+5511912345688", "bruno": None, "carla": None}.items():
            session.add(
                Factor(
                    user_id=world.ids[name],
                    kind=FactorKind.SMS if phone else FactorKind.APP,
                    status=FactorStatus.LIVE,
                    phone=phone,
                    created_at=long_ago,
                    confirmed_at=long_ago,
                )
            )


def without_volatile(facts: dict[str, Any]) -> str:
    """Facts without what differs between two conversations by nature: their ids and addresses."""
    copy = json.loads(json.dumps(facts))
    copy.pop("conversation_id")
    if copy["claim"]:
        copy["claim"].pop("address")
    return json.dumps(copy, sort_keys=True)
