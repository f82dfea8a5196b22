"""Two accounts of three people each, and the database in which every example finds them."""

import asyncio
import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.models import Account, EnrolmentState, EnrolReason, User, UserKind
from auth_backend.accounts.passwords import Passwords
from auth_backend.database import upgrade
from auth_backend.db import new_id, session_factory
from auth_backend.factors.app_method import seed_context
from auth_backend.factors.models import Factor, FactorKind, FactorStatus
from auth_backend.factors.totp import base32_key, new_secret
from auth_backend.keyring import Keyring
from auth_backend.recovery_codes.codes import lookup_tag, new_codes
from auth_backend.recovery_codes.models import CodeStatus, RecoveryCode, RecoveryCodeSet
from dbkit.engines import create_engine

START = datetime(2026, 3, 2, 14, 2, tzinfo=UTC)
LONG_AGO = START - timedelta(days=400)
SECRETS = {"k1": b"only for tests, thirty-two bytes or more", "k2": b"only for tests: the newer one of the two"}
NOBODY = ("nobody@nowhere.example", "noone@acme.example")
"""Addresses that nobody has."""
PHONES = ("11987650001", "11987650002", "11987650003")
"""Numbers, without +55, that people may enrol; the holders of the first have it from the beginning."""


@dataclass(frozen=True)
class Person:
    """Somebody as the database has them at the beginning, with the secrets that only they have."""

    name: str
    id: str
    account: str
    email: str
    password: str
    keys: Mapping[str, str] = field(default_factory=dict)
    """Factor id → Base32 key."""
    recovery_codes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Cast:
    """Everybody, and the SQLite file or Postgres database that every example copies."""

    people: Mapping[str, Person]
    accounts: Mapping[str, str]
    database: str

    def copy_to(self, path: Path) -> None:
        """A file of its own for one example."""
        shutil.copyfile(self.database, path)


def passwords() -> Passwords:
    """argon2id at the lowest cost that the library takes."""
    return Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


def assemble(url: str, database: str) -> Cast:
    """Migrates an empty database and puts everybody in."""
    return asyncio.run(_assemble(url, database))


async def _assemble(url: str, database: str) -> Cast:
    engine, hasher, keys = create_engine(url), passwords(), Keyring.of(SECRETS, "k1")
    await upgrade(engine)
    people: dict[str, Person] = {}
    accounts: dict[str, str] = {}
    async with session_factory(engine).begin() as session:
        for account, names in {"acme": ("ana", "bruno", "dora"), "globex": ("carla", "elena", "fabio")}.items():
            row = Account(id=new_id(), name=account.title(), created_at=LONG_AGO)
            session.add(row)
            await session.flush()
            accounts[account] = row.id
            for name in names:
                people[name] = await _add(session, hasher, keys, name, account, row.id)
            row.owner_id = people[names[0]].id
    await engine.dispose()
    hasher.close()
    return Cast(people, accounts, database)


async def _add(
    session: AsyncSession, hasher: Passwords, keys: Keyring, name: str, account: str, account_id: str
) -> Person:
    """ana, elena: app and recovery codes; bruno, carla: SMS; dora has not activated; fabio has to."""
    password, user_id = f"{name} keeps a long secret", new_id()
    state = {"dora": EnrolmentState.NONE, "fabio": EnrolmentState.MUST_ENROL}.get(name, EnrolmentState.ENROLLED)
    user = User(
        id=user_id,
        account_id=account_id,
        kind=UserKind.MEMBER,
        name=f"{name.title()} Silva",
        email=f"{name}@{account}.example",
        password_hash=await hasher.hash(password),
        password_changed_at=LONG_AGO,
        state=state,
        enrol_reason=EnrolReason.ACTIVATION if state is EnrolmentState.MUST_ENROL else None,
        created_at=START - timedelta(days=2) if name == "dora" else LONG_AGO,
    )
    session.add(user)
    await session.flush()
    seeds: dict[str, str] = {}
    codes: tuple[str, ...] = ()
    if state is EnrolmentState.ENROLLED:
        factor = _factor(user_id, phone=f"+55{PHONES[name == 'carla']}" if name in {"bruno", "carla"} else None)
        if factor.kind is FactorKind.APP:
            seed = new_secret()
            factor.secret = keys.cipher.encrypt(seed, context=seed_context(factor.id))
            seeds[factor.id] = base32_key(seed)
            codes = await _recovery_codes(session, hasher, keys, user_id)
        session.add(factor)
    return Person(name, user_id, account, user.email, password, seeds, codes)


def _factor(user_id: str, *, phone: str | None) -> Factor:
    return Factor(
        id=new_id(),
        user_id=user_id,
        kind=FactorKind.SMS if phone else FactorKind.APP,
        status=FactorStatus.LIVE,
        phone=phone,
        created_at=LONG_AGO,
        confirmed_at=LONG_AGO,
    )


async def _recovery_codes(session: AsyncSession, hasher: Passwords, keys: Keyring, user_id: str) -> tuple[str, ...]:
    codes = new_codes(lambda code: lookup_tag(keys.recovery_codes, user_id, code))
    made: dict[str, Any] = {"user_id": user_id, "created_at": LONG_AGO}
    batch = RecoveryCodeSet(id=new_id(), **made)
    session.add(batch)
    await session.flush()
    for code in codes:
        tag = lookup_tag(keys.recovery_codes, user_id, code)
        row = RecoveryCode(set_id=batch.id, tag=tag, hash=await hasher.hash(code), status=CodeStatus.LIVE, **made)
        session.add(row)
    return tuple(codes)
