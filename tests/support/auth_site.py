"""The public pages on a real database, and people who use them as a browser does: forms, cookies, links."""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import pyotp
from aiohttp.test_utils import TestClient, TestServer
from argon2 import PasswordHasher
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from auth_backend.accounts.models import Account, EnrolmentState, User, UserKind
from auth_backend.accounts.passwords import Passwords
from auth_backend.app import create_public_app
from auth_backend.database import upgrade
from auth_backend.db import session_factory
from auth_backend.keyring import Keyring
from auth_backend.outbox.models import OutboxMessage
from auth_backend.outbox.service import Envelope, open_body
from auth_backend.services import Services
from auth_backend.settings import Settings
from dbkit.engines import create_engine
from httpkit.clock import OffsetClock

PASSWORD = "correct horse battery staple"
SECRETS = {"k1": b"tests only: 0123456789 abcdefghijklmnop"}


class Forms(HTMLParser):
    """The forms of a page: action → hidden fields."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: dict[str, dict[str, str]] = {}
        self._fields: dict[str, str] | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Collects forms and their hidden inputs."""
        found = dict(attrs)
        if tag == "form":
            self._fields = self.forms.setdefault(found.get("action") or "", {})
        elif tag == "input" and self._fields is not None and found.get("type") == "hidden":
            self._fields[found.get("name") or ""] = found.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        """A form ends."""
        if tag == "form":
            self._fields = None


@dataclass
class Page:
    """What a browser shows after following redirects."""

    status: int
    path: str
    html: str

    def __contains__(self, text: str) -> bool:
        return text in self.html


@dataclass
class Visitor:
    """One browser: its own cookies, the page it shows."""

    client: TestClient[Any, Any]
    headers: dict[str, str] = field(
        default_factory=lambda: {"Accept": "text/html", "User-Agent": "Mozilla/5.0 Firefox/140.0"}
    )
    page: Page = field(default_factory=lambda: Page(0, "", ""))

    async def open(self, path: str) -> Page:
        """Follows a link."""
        return await self._show(await self.client.get(path, headers=self.headers))

    async def submit(self, action: str, **fields: str) -> Page:
        """Sends the form with this action from the page that is shown."""
        form = Forms(self.page.html).forms[action]
        return await self.post(action, **{**form, **fields})

    async def post(self, path: str, **fields: str) -> Page:
        """Sends fields without looking at any page, as an attacker may."""
        return await self._show(await self.client.post(path, data=fields, headers=self.headers))

    async def sign_in(self, email: str, password: str = PASSWORD) -> Page:
        """Address and password."""
        await self.open("/login")
        return await self.submit("/login", email=email, password=password)

    @property
    def csrf(self) -> str:
        """The token of the page that is shown."""
        return next(form["csrf"] for form in Forms(self.page.html).forms.values() if "csrf" in form)

    @property
    def cookies(self) -> dict[str, str]:
        """Names and values."""
        return {cookie.key: cookie.value for cookie in self.client.session.cookie_jar}

    def take_cookies(self, cookies: dict[str, str]) -> None:
        """Uses somebody's cookies."""
        self.client.session.cookie_jar.update_cookies(cookies, self.client.make_url("/"))

    async def _show(self, response: aiohttp.ClientResponse) -> Page:
        self.page = Page(response.status, urlsplit(str(response.url)).path, await response.text())
        return self.page


@dataclass
class Site:
    """The running pages."""

    services: Services
    clock: OffsetClock
    server: TestServer
    engine: AsyncEngine
    clients: list[TestClient[Any, Any]] = field(default_factory=list)

    async def visitor(self) -> Visitor:
        """A new browser."""
        client = TestClient(self.server, cookie_jar=aiohttp.CookieJar(unsafe=True))
        self.clients.append(client)
        return Visitor(client)

    async def account(self, name: str = "Acme") -> Account:
        """A customer's account."""
        async with self.services.sessions.begin() as session:
            row = Account(name=name, created_at=self.clock())
            session.add(row)
        return row

    async def user(
        self, email: str, *, account: Account | None = None, language: str = "en", owner: bool = True
    ) -> User:
        """A member of `account`, or somebody of the desk without one; in `none` with the grace period before them."""
        encoded = await self.services.passwords.hash(PASSWORD)
        async with self.services.sessions.begin() as session:
            row = User(
                account_id=account.id if account else None,
                kind=UserKind.MEMBER if account else UserKind.DESK,
                name=email.partition("@")[0].title(),
                email=email,
                language=language,
                password_hash=encoded,
                password_changed_at=self.clock(),
                state=EnrolmentState.NONE if account else EnrolmentState.MUST_ENROL,
                created_at=self.clock(),
            )
            session.add(row)
            await session.flush()
            if account is not None and owner:
                held = await session.get(Account, account.id)
                assert held is not None
                held.owner_id = row.id
        return row

    async def outbox(self, to: str) -> list[Envelope]:
        """Everything that leaves for an address or number, oldest first."""
        async with self.services.sessions.begin() as session:
            rows = list(await session.scalars(select(OutboxMessage).order_by(OutboxMessage.created_at)))
        ordered = [open_body(self.services.keys.cipher, row) for row in rows if row.body is not None]
        return [envelope for envelope in ordered if envelope.to == to]

    async def code_for(self, to: str) -> str:
        """The six digits of the newest code that left for `to`."""
        codes = [match[0] for envelope in await self.outbox(to) if (match := re.search(r"\b\d{6}\b", envelope.text))]
        return codes[-1]

    async def rows[T](self, model: type[T], *conditions: Any) -> list[T]:
        """Rows as they are now."""
        async with self.services.sessions.begin() as session:
            return list(await session.scalars(select(model).where(*conditions)))

    def later(self, **by: float) -> datetime:
        """Moves the clock."""
        return self.clock.advance(timedelta(**by))

    def totp(self, key: str) -> str:
        """What an authenticator app shows now."""
        return pyotp.TOTP(key).at(self.clock())


def key_on(page: Page) -> str:
    """The Base32 key that an enrolment page shows."""
    match = re.search(r'<code class="secret"[^>]*>([A-Z2-7 ]+)</code>', page.html)
    assert match is not None, page.html
    return match[1].replace(" ", "")


def links(html: str) -> Iterator[str]:
    """Every link of a page."""
    yield from re.findall(r'href="([^"]+)"', html)


@asynccontextmanager
async def running_site(database_url: str, clock: OffsetClock, **changed: Any) -> AsyncIterator[Site]:
    """The public application on an empty database; `changed` are settings."""
    settings = Settings(
        **{
            "dev": True,
            "public_url": "http://localhost:8080",
            "database_url": database_url,
            "secret_keys": SECRETS,
            "internal_token": "i" * 32,
            "internal_actions_token": "a" * 32,
            "internal_url": "http://127.0.0.1:8081",
            "data_dir": None,
            "trusted_proxies": ("127.0.0.1",),
            **changed,
        }
    )
    engine = create_engine(database_url)
    await upgrade(engine)
    passwords = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    services = Services(settings, Keyring.of(SECRETS), session_factory(engine), clock, passwords, lambda: None)
    server = TestServer(create_public_app(services))
    await server.start_server()
    site = Site(services, clock, server, engine)
    try:
        yield site
    finally:
        for client in site.clients:
            await client.session.close()
        await server.close()
        passwords.close()
        await engine.dispose()
