"""An auth backend with a real database, a clock that stands still, cheap hashing, and browsers that use its pages."""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from html import unescape
from pathlib import Path
from typing import Any

from aiohttp import ClientResponse, CookieJar
from aiohttp.test_utils import TestClient, TestServer
from argon2 import PasswordHasher

from auth_backend.accounts.models import Account, EnrolmentState, EnrolReason, User, UserKind
from auth_backend.accounts.passwords import Passwords
from auth_backend.app import create_public_app
from auth_backend.database import upgrade
from auth_backend.db import session_factory
from auth_backend.keyring import Keyring
from auth_backend.services import Services
from auth_backend.settings import Settings
from dbkit.engines import create_engine
from httpkit.clock import OffsetClock

PASSWORD = "correct horse battery staple"
SECRETS = {"k1": b"tests only: 0123456789abcdefghij"}
BOT_TOKEN = "bot-token-of-the-tests-0123456789"
ACTIONS_TOKEN = "actions-token-of-the-tests-0123456"


@asynccontextmanager
async def auth_services(database_url: str, clock: OffsetClock, **settings: Any) -> AsyncIterator[Services]:
    """Services over a migrated database. `settings` replaces fields of Settings."""
    engine = create_engine(database_url)
    await upgrade(engine)
    passwords = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    base = Settings(
        dev=True,
        public_url="http://localhost:8080",
        database_url=database_url,
        secret_keys=SECRETS,
        internal_token=BOT_TOKEN,
        internal_actions_token=ACTIONS_TOKEN,
        internal_url="http://127.0.0.1:1",
        data_dir=Path(),
    )
    try:
        yield Services(
            settings=replace(base, **settings),
            keys=Keyring.of(SECRETS),
            sessions=session_factory(engine),
            now=clock,
            passwords=passwords,
            wake_outbox=lambda: None,
        )
    finally:
        passwords.close()
        await engine.dispose()


@dataclass(frozen=True)
class People:
    """Ids of an account's owner and member."""

    account: str
    owner: str
    member: str


async def add_people(
    services: Services,
    *,
    state: EnrolmentState = EnrolmentState.NONE,
    reason: EnrolReason | None = None,
    created_at: datetime | None = None,
    domain: str = "acme.example",
) -> People:
    """Account Acme with owner ana@ (en) and member bruno@ (pt); both have PASSWORD."""
    encoded = await services.passwords.hash(PASSWORD)
    at = created_at or services.now()
    async with services.sessions.begin() as session:
        account = Account(name="Acme", created_at=at)
        session.add(account)
        await session.flush()
        people = [
            User(
                account_id=account.id,
                kind=UserKind.MEMBER,
                name=name,
                email=f"{local}@{domain}",
                language=language,
                password_hash=encoded,
                password_changed_at=at,
                state=state,
                enrol_reason=reason,
                created_at=at,
            )
            for name, local, language in (("Ana Lima", "ana", "en"), ("Bruno Costa", "bruno", "pt"))
        ]
        session.add_all(people)
        await session.flush()
        account.owner_id = people[0].id
    return People(account.id, people[0].id, people[1].id)


@dataclass
class Browser:
    """A person's browser: keeps cookies, fills the forms of the page it is on, follows no redirect by itself."""

    client: TestClient[Any, Any]
    page: str = ""
    headers: Mapping[str, str] | None = None

    async def get(self, path: str, **headers: str) -> ClientResponse:
        """Opens a page."""
        response = await self.client.get(path, allow_redirects=False, headers={**(self.headers or {}), **headers})
        self.page = await response.text()
        return response

    async def submit(self, path: str, /, **fields: str) -> ClientResponse:
        """Sends a form to `path` with the token of the page that is open; fields named `csrf` replace it."""
        found = re.search(r'name="csrf" value="([^"]*)"', self.page)
        data = {"csrf": unescape(found.group(1)) if found else "", **fields}
        response = await self.client.post(path, data=data, allow_redirects=False, headers=self.headers)
        self.page = await response.text()
        return response

    async def sign_in(self, email: str, password: str = PASSWORD, **fields: str) -> ClientResponse:
        """The password page."""
        await self.get("/login")
        return await self.submit("/login", email=email, password=password, **fields)

    def cookie(self, name: str) -> str | None:
        """A cookie's value."""
        return next((morsel.value for morsel in self.client.session.cookie_jar if morsel.key == name), None)


@asynccontextmanager
async def open_browser(services: Services, **headers: str) -> AsyncIterator[Browser]:
    """A browser with a cookie jar of its own, on a server of its own over the same services."""
    async with TestClient(TestServer(create_public_app(services)), cookie_jar=CookieJar(unsafe=True)) as client:
        yield Browser(client, headers=headers)
