"""People straight in the database: with an app or a phone, owners or members; and sign-ins that wait for a code."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from argon2 import PasswordHasher
from sqlalchemy import insert, update

from auth_backend.accounts.models import Account, EnrolmentState, User, UserKind
from auth_backend.accounts.passwords import Passwords
from auth_backend.client_facts import ClientFacts
from auth_backend.crypto import token_hash
from auth_backend.database import upgrade
from auth_backend.db import new_id, session_factory
from auth_backend.factors.app_method import new_app_factor, seed_of
from auth_backend.factors.models import Factor, FactorKind, FactorStatus
from auth_backend.factors.totp import base32_key
from auth_backend.keyring import Keyring
from auth_backend.login.browsers import new_browser_token
from auth_backend.login.models import SessionLevel
from auth_backend.login.sessions import create_session
from auth_backend.services import Services
from auth_backend.settings_loader import load_settings
from benchmarks.guard.web import SECRETS
from dbkit.engines import create_engine

PASSWORD = "correct horse battery staple"  # noqa: S105
LONG_AGO = timedelta(days=400)
_phones = itertools.count(5511900000000)


@dataclass(frozen=True)
class Person:
    """Who signs in. `key` is the Base32 key in the app; None with a phone."""

    id: str
    account_id: str | None
    email: str
    key: str | None


@dataclass(frozen=True)
class Sort:
    """What somebody is. A frozen one reported a change: sign-in data can't be changed for 72 h."""

    name: str
    owner: bool = True
    frozen: bool = False
    phone: bool = False
    desk: bool = False


@dataclass(frozen=True)
class HalfSignedIn:
    """A browser whose password was right a moment ago."""

    person: Person
    cookies: dict[str, str]
    csrf: str


@asynccontextmanager
async def services_on(database_url: str) -> AsyncIterator[Services]:
    """The backend's services without its workers, with the keys of `running_web`; brings the database up to date."""
    settings = load_settings({"ZOE_ENV": "dev", "ZOE_DATABASE_URL": database_url, **SECRETS})
    engine = create_engine(settings.database_url)
    await upgrade(engine)
    passwords = Passwords()
    keys = Keyring.of(settings.secret_keys)
    try:
        yield Services(settings, keys, session_factory(engine), lambda: datetime.now(UTC), passwords, lambda: None)
    finally:
        passwords.close()
        await engine.dispose()


async def make_people(services: Services, count: int, sort: Sort) -> list[Person]:
    """Enrolled people of one sort, each of an account of their own. All have PASSWORD, hashed once: its cost is in
    verifying.
    """
    encoded = await asyncio.to_thread(PasswordHasher().hash, PASSWORD)
    now = services.now()
    since = now - LONG_AGO
    people, factors = [], []
    for number in range(count):
        user_id = new_id()
        factor = _factor(services, user_id, sort, since)
        key = None if sort.phone else base32_key(seed_of(services.keys, factor))
        account_id = None if sort.desk else new_id()
        people.append(Person(user_id, account_id, f"{sort.name}{number}@bench.example", key))
        factors.append(factor)
    accounts = [
        {"id": person.account_id, "name": person.email, "created_at": since, "owner_epoch": 0}
        for person in people
        if person.account_id
    ]
    users = [
        {
            "id": person.id,
            "account_id": person.account_id,
            "kind": UserKind.DESK if sort.desk else UserKind.MEMBER,
            "name": sort.name,
            "email": person.email,
            "language": "en",
            "password_hash": encoded,
            "password_changed_at": since,
            "state": EnrolmentState.ENROLLED,
            "created_at": since,
            "frozen_until": now + timedelta(hours=72) if sort.frozen else None,
            "frozen_about": now if sort.frozen else None,
        }
        for person in people
    ]
    async with services.sessions.begin() as session:
        if accounts:
            await session.execute(insert(Account), accounts)
        await session.execute(insert(User), users)
        session.add_all(factors)
        if sort.owner and not sort.desk:
            for person in people:
                await session.execute(update(Account).where(Account.id == person.account_id).values(owner_id=person.id))
    return people


def _factor(services: Services, user_id: str, sort: Sort, since: datetime) -> Factor:
    if sort.phone:
        phone = f"+{next(_phones)}"
        factor = Factor(id=new_id(), user_id=user_id, kind=FactorKind.SMS, phone=phone, created_at=since)
    else:
        factor = new_app_factor(services.keys, user_id, now=since)
    factor.status, factor.confirmed_at = FactorStatus.LIVE, since
    return factor


async def begin_sign_ins(services: Services, people: Sequence[Person]) -> list[HalfSignedIn]:
    """For each person a session that waits for the second step, as a right password opens it."""
    found = []
    async with services.sessions.begin() as session:
        for person in people:
            user = await session.get(User, person.id)
            assert user is not None
            browser = new_browser_token(services.keys.browsers)
            facts = ClientFacts("198.51.100.7", "Mozilla/5.0 Firefox/140.0", token_hash(browser))
            row, token = await create_session(session, user, SessionLevel.PASSWORD, facts, now=services.now())
            found.append(HalfSignedIn(person, {"zoe_session": token, "zoe_browser": browser}, row.csrf))
    return found
