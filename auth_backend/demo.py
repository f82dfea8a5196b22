"""The demo's people (development only), as the table in docs/operating.md lists them."""

import secrets
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.creation import create_account, create_user
from auth_backend.accounts.owner_change import change_owner
from auth_backend.accounts.queries import get_user_by_email, lock_user
from auth_backend.admin import replace_password
from auth_backend.audit.service import record
from auth_backend.audit.tags import Tag
from auth_backend.desk.models import DeskRole
from auth_backend.desk.service import place_at_desk
from auth_backend.installation.facts import get_fact, set_fact
from auth_backend.services import Services
from httpkit.environment import SettingsError

ACTOR = "system"
CARE, SUCCESS = "Customer care", "Customer success"


@dataclass(frozen=True)
class Member:
    """Somebody of a customer's account."""

    account: str
    name: str
    address: str
    language: str
    owner: bool = False


@dataclass(frozen=True)
class AtDesk:
    """Somebody of the desk, and which account the team serves."""

    name: str
    address: str
    language: str
    role: DeskRole
    team: str
    serves: str


MEMBERS = (
    Member("Acme", "Ana Lima", "ana@acme.example", "en", owner=True),
    Member("Acme", "Bruno Costa", "bruno@acme.example", "pt"),
    Member("Globex", "Carla Gómez", "carla@globex.example", "es", owner=True),
)
DESK = (
    AtDesk("Sofia Martins", "sofia@desk.example", "en", DeskRole.AGENT, CARE, "Acme"),
    AtDesk("Sam Reed", "sam@desk.example", "en", DeskRole.SUPERVISOR, CARE, "Acme"),
    AtDesk("Rita Alves", "rita@desk.example", "pt", DeskRole.SUPERVISOR, SUCCESS, "Globex"),
)
ADDRESSES = tuple(person.address for person in (*MEMBERS, *DESK))


@dataclass(frozen=True)
class DemoReady:
    """The demo's people are there. `password` is to be printed: None when nobody but its first reader knows it."""

    created: bool
    password: str | None = field(repr=False)


async def ensure_demo(services: Services) -> DemoReady:
    """Makes the demo's people once. `ZOE_DEMO_PASSWORD` is the password of all, and replaces another one that they
    have.

    A password that is right already is left alone: setting it again would end sessions and count as a change. Raises
    SettingsError outside development.
    """
    settings = services.settings
    if not settings.dev:
        raise SettingsError("--demo needs ZOE_ENV=dev: its users have a password that is printed")
    password = settings.demo_password or secrets.token_urlsafe(12)
    async with services.sessions.begin() as session:
        there = await get_fact(session, "demo") is not None
    if there:
        if settings.demo_password is None:
            return DemoReady(created=False, password=None)
        await _reset_passwords(services, password)
        return DemoReady(created=False, password=password)
    encoded = await services.passwords.hash(password)
    async with services.sessions.begin() as session:
        if await get_fact(session, "demo") is None:
            await _create(session, services, encoded)
    return DemoReady(created=True, password=password)


async def _create(session: AsyncSession, services: Services, encoded: str) -> None:
    keys, now = services.keys, services.now()
    accounts = {
        name: (await create_account(session, keys, name, now=now, actor=ACTOR)).id
        for name in dict.fromkeys(member.account for member in MEMBERS)
    }
    for member in MEMBERS:
        user = await create_user(
            session,
            keys,
            account_id=accounts[member.account],
            name=member.name,
            address=member.address,
            language=member.language,
            password_hash=encoded,
            now=now,
            actor=ACTOR,
        )
        if member.owner:
            account_id = accounts[member.account]
            await change_owner(session, services, account_id=account_id, user_id=user.id, now=now, actor=ACTOR)
    for person in DESK:
        user = await create_user(
            session,
            keys,
            account_id=None,
            name=person.name,
            address=person.address,
            language=person.language,
            password_hash=encoded,
            now=now,
            actor=ACTOR,
        )
        await place_at_desk(
            session,
            keys,
            user,
            role=person.role,
            team=person.team,
            accounts=(accounts[person.serves],),
            now=now,
            actor=ACTOR,
        )
    await set_fact(session, "demo", "yes")
    await record(session, keys, Tag.DEMO_CREATED, now=now, actor=ACTOR)


async def _reset_passwords(services: Services, password: str) -> None:
    for address in ADDRESSES:
        async with services.sessions.begin() as session:
            user = await get_user_by_email(session, address)
        if user is None or await services.passwords.verify(user.password_hash, password):
            continue
        encoded = await services.passwords.hash(password)
        async with services.sessions.begin() as session:
            locked = await lock_user(session, user.id)
            if locked is not None:
                await replace_password(session, services, locked, encoded, now=services.now())
