"""With a million users a statement without an index is an outage: every hot one is shown to have its index."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import psycopg
import pyotp
import pytest
from sqlalchemy import event

from auth_backend.factors.app_method import new_app_factor, seed_of
from auth_backend.factors.models import Factor, FactorStatus
from auth_backend.factors.totp import base32_key
from auth_backend.outbox.queue import claim_due
from auth_backend.resets.executing.schedule import run_due
from httpkit.clock import OffsetClock
from tests.conftest import postgres_database
from tests.integration.auth.resets.world import BRUNO, PASSWORDS, World, close_world, make_world

pytestmark = pytest.mark.postgres
ONE_ROW = ("auth_audit_head", "auth_installation")


@pytest.fixture
def postgres_url(migrated_postgres: str) -> Iterator[str]:
    yield from postgres_database(migrated_postgres)


class Seen:
    """Statements with their values, each kind once."""

    def __init__(self, world: World) -> None:
        self.statements: dict[str, Any] = {}
        event.listen(world.engine.sync_engine, "before_cursor_execute", self._note)

    def _note(self, _connection: Any, _cursor: Any, statement: str, values: Any, _context: Any, many: bool) -> None:
        if statement.startswith(("SELECT", "UPDATE", "DELETE")) and not many:
            self.statements.setdefault(statement, values)


async def app_of(world: World, name: str) -> str:
    """Gives somebody an app and returns its key."""
    factor = new_app_factor(world.services.keys, world.ids[name], now=world.clock())
    factor.status, factor.confirmed_at = FactorStatus.LIVE, world.clock()
    (old,) = await world.rows(Factor, Factor.user_id == world.ids[name])
    await world.change(Factor, old.id, status=FactorStatus.REVOKED)
    async with world.services.sessions.begin() as session:
        session.add(factor)
    return base32_key(seed_of(world.services.keys, factor))


def scanned(url: str, statement: str, values: Any) -> str:
    """The plan's lines that read a whole table, when the planner avoids that wherever it can."""
    with psycopg.connect(url.replace("+psycopg", "")) as database:
        database.execute("SET enable_seqscan = off")
        plan = [row[0] for row in database.execute(f"EXPLAIN {statement}", values).fetchall()]  # type: ignore[arg-type]
    return "\n".join(line for line in plan if "Seq Scan" in line and not any(table in line for table in ONE_ROW))


async def test_sign_in_second_step_reset_and_the_workers_read_by_index(postgres_url: str, clock: OffsetClock) -> None:
    world = await make_world(postgres_url, clock)
    key = await app_of(world, "bruno")
    seen, browser = Seen(world), world.browser()
    await browser.get("/login")
    await browser.post("/login", {"email": BRUNO, "password": "no such password"}, status=422)
    await browser.post("/login", {"email": BRUNO, "password": PASSWORDS["bruno"]})
    await browser.post("/login/second-step", {"code": "000000"}, status=422)
    await browser.post("/login/second-step", {"code": pyotp.TOTP(key).at(clock()), "remember": "yes"})
    chat = await world.chat(browser=browser)
    assert (await chat.claim())["outcome"] == "sent"
    await chat.code("000000")
    await chat.facts()
    stranger = world.browser()
    await stranger.get("/login/forgot")
    await stranger.post("/login/forgot", {"email": BRUNO})
    await run_due(world.services)
    async with world.services.sessions.begin() as session:
        await claim_due(session, now=clock(), lease=timedelta(minutes=1), limit=10)
    await close_world(world)
    assert len(seen.statements) > 30
    plans = {statement: scanned(postgres_url, statement, values) for statement, values in seen.statements.items()}
    assert {statement: lines for statement, lines in plans.items() if lines} == {}
