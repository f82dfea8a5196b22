"""Rotating keys while people sign in: nobody notices, nothing is left behind, whatever is interrupted."""

import asyncio
import base64
from collections.abc import AsyncIterator
from dataclasses import replace

import pyotp
import pytest
from sqlalchemy import LargeBinary, select

from auth_backend.accounts.models import EnrolmentState, User
from auth_backend.audit.models import AuditEvent
from auth_backend.audit.service import Verified, verify
from auth_backend.factors.app_method import new_app_factor, seed_of
from auth_backend.factors.models import Factor, FactorStatus
from auth_backend.keyring import Keyring
from auth_backend.outbox.models import Channel, OutboxMessage
from auth_backend.outbox.service import Envelope, enqueue, open_body
from auth_backend.outbox.worker import OutboxWorker
from auth_backend.rotation import BATCH, SEALED, rotate
from auth_backend.services import Services
from auth_backend.tables import metadata
from httpkit.clock import OffsetClock
from tests.integration.auth.operations.test_outbox import Post
from tests.support.auth_world import PASSWORD, add_people, auth_services, open_browser

OLD = {"k1": b"tests only: 0123456789abcdefghij"}
BOTH = {**OLD, "k2": b"tests only: jihgfedcba9876543210"}
NOT_OURS = {
    ("auth_recovery_code_sets", "sealed"): "sealed with the browser's own key",
    ("auth_passkeys", "credential_id"): "public",
    ("auth_passkeys", "public_key"): "public",
    ("auth_passkey_challenges", "challenge"): "public",
}
"""Binary columns that no key of the installation seals, and why."""


@pytest.fixture
async def services(sqlite_url: str, clock: OffsetClock) -> AsyncIterator[Services]:
    async with auth_services(sqlite_url, clock) as made:
        yield made


def with_keys(services: Services, secrets: dict[str, bytes], current: str | None = None) -> Services:
    return replace(services, keys=Keyring.of(secrets, current))


async def add_apps(services: Services, user_id: str, count: int) -> None:
    async with services.sessions.begin() as session:
        for _ in range(count):
            session.add(new_app_factor(services.keys, user_id, now=services.now()))


async def put_mails(services: Services, count: int) -> None:
    async with services.sessions.begin() as session:
        for number in range(count):
            envelope = Envelope(to="ana@acme.example", text=f"m{number}")
            await enqueue(
                session,
                services.keys.cipher,
                channel=Channel.EMAIL,
                kind="test",
                envelope=envelope,
                now=services.now(),
            )


async def key_ids(services: Services) -> set[str]:
    async with services.sessions.begin() as session:
        factors = await session.scalars(select(Factor.secret).where(Factor.secret.is_not(None)))
        bodies = await session.scalars(select(OutboxMessage.body).where(OutboxMessage.body.is_not(None)))
        return {services.keys.cipher.key_id(value) for value in (*factors, *bodies) if value}


def test_every_binary_column_is_rotated_or_said_why_not() -> None:
    binary = {
        (table.name, column.name)
        for table in metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, LargeBinary)
    }
    rotated = {(sealed.model.__tablename__, sealed.column.key) for sealed in SEALED}
    assert binary == rotated | set(NOT_OURS)


async def test_everything_is_sealed_anew_and_says_the_same(services: Services) -> None:
    people = await add_people(services)
    await add_apps(services, people.owner, BATCH + 5)
    await put_mails(services, 3)
    async with services.sessions.begin() as session:
        before = {row.id: seed_of(services.keys, row) for row in await session.scalars(select(Factor))}
    both = with_keys(services, BOTH)
    rotated = await rotate(both)
    assert (rotated.resealed, rotated.unreadable) == ({"factors": BATCH + 5, "outbox": 3}, [])
    assert await key_ids(both) == {"k2"}
    only_new = Keyring.of({"k2": BOTH["k2"]})
    async with services.sessions.begin() as session:
        assert {row.id: seed_of(only_new, row) for row in await session.scalars(select(Factor))} == before
        texts = [open_body(only_new.cipher, row).text for row in await session.scalars(select(OutboxMessage))]
        assert sorted(texts) == ["m0", "m1", "m2"]
        events = list(await session.scalars(select(AuditEvent.data).where(AuditEvent.tag == "operator:keys:rotated")))
        assert isinstance(await verify(session, both.keys), Verified)
    done = {"key": "k2", "phase": "done", "factors": BATCH + 5, "outbox": 3, "unreadable": 0}
    assert events == [{"key": "k2", "phase": "begun"}, done]
    assert (await rotate(both)).resealed == {"factors": 0, "outbox": 0}


async def test_a_run_that_was_killed_is_started_again(services: Services) -> None:
    people = await add_people(services)
    await add_apps(services, people.owner, 2 * BATCH + 1)
    both = with_keys(services, BOTH)

    def die() -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        await rotate(both, after_batch=die)
    assert await key_ids(both) == {"k1", "k2"}
    assert (await rotate(both)).resealed["factors"] == BATCH + 1
    assert await key_ids(both) == {"k2"}


async def test_a_row_that_no_key_opens_is_named_and_left(services: Services) -> None:
    people = await add_people(services)
    await add_apps(services, people.owner, 2)
    await add_apps(with_keys(services, {"k0": b"tests only: lost and gone 987654321"}), people.owner, 1)
    rotated = await rotate(with_keys(services, BOTH))
    assert (rotated.resealed["factors"], len(rotated.unreadable)) == (2, 1)
    assert rotated.unreadable[0].startswith("auth_factors/")


async def test_before_the_switch_the_old_key_still_encrypts(services: Services) -> None:
    waiting = with_keys(services, BOTH, "k1")
    await put_mails(waiting, 1)
    assert await key_ids(waiting) == {"k1"}


async def test_people_sign_in_and_mails_leave_while_keys_rotate(database_url: str, clock: OffsetClock) -> None:
    """Sign-ins with an app on a web that has both keys, and the worker, all during the rotation."""
    async with auth_services(database_url, clock) as made:
        seeds: dict[str, str] = {}
        for number in range(4):
            people = await add_people(made, state=EnrolmentState.ENROLLED, domain=f"a{number}.example")
            async with made.sessions.begin() as session:
                factor = new_app_factor(made.keys, people.owner, now=clock())
                factor.status, factor.confirmed_at = FactorStatus.LIVE, clock()
                session.add(factor)
                user = await session.get(User, people.owner)
                assert user is not None
                seeds[user.email] = base64.b32encode(seed_of(made.keys, factor)).decode()
            await add_apps(made, people.member, BATCH // 2)
        await put_mails(made, 40)
        web, post = with_keys(made, BOTH), Post()

        async def sign_in(email: str) -> int:
            async with open_browser(web) as browser:
                await browser.sign_in(email, PASSWORD)
                await browser.get("/login/second-step")
                response = await browser.submit("/login/second-step", code=pyotp.TOTP(seeds[email]).at(clock()))
                return response.status

        worker = OutboxWorker(web.sessions, web.keys, {Channel.EMAIL: post}, clock)
        rotated, sent, *answers = await asyncio.gather(
            rotate(web), worker.send_due(), *(sign_in(email) for email in seeds)
        )
        assert answers == [303] * 4
        assert sent >= 40
        assert sorted(post.sent) == sorted(f"m{number}" for number in range(40))
        assert rotated.unreadable == []
        assert await key_ids(web) == {"k2"}
