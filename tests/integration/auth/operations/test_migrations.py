"""Migrations over a database that is in use."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from sqlalchemy import text
from sqlalchemy.engine import Connection

from auth_backend.database import migration_config, upgrade
from dbkit.engines import create_engine
from tests.conftest import postgres_database

BEFORE = "0009"
ROWS = """
INSERT INTO auth_accounts (id, name, owner_epoch, created_at) VALUES ('acme', 'Acme', 0, :at);
INSERT INTO auth_users (id, account_id, kind, name, email, language, password_hash, password_changed_at, password_epoch,
  state, new_password_required, factor_epoch, created_at)
  VALUES ('ana', 'acme', 'member', 'Ana', 'ana@acme.example', 'en', '-', :at, 0, 'enrolled', false, 0, :at);
INSERT INTO auth_conversations (id, channel, ip, user_agent, language, created_at)
  VALUES ('chat', 'web', '-', '-', 'en', :at);
INSERT INTO auth_claims (id, conversation_id, subject, user_id, address, from_session, language, created_at, expires_at)
  VALUES ('claim', 'chat', 'user:ana', 'ana', 'ana@acme.example', false, 'en', :at, :at);
INSERT INTO auth_resets (id, reference, conversation_id, claim_id, account_id, requester_id, target_id, language, state,
  risks, removed, created_at, proving_until)
  VALUES ('reset', '7F3K', 'chat', 'claim', 'acme', 'ana', 'ana', 'en', 'scheduled', '[]', '[]', :at, :at);
INSERT INTO auth_proofs (id, reset_id, kind, channel, at) VALUES ('proof', 'reset', 'email', 'chat', :at);
INSERT INTO auth_confirmation_nonces (id, nonce, reset_id, conversation_id, created_at, expires_at)
  VALUES ('nonce', 'hash', 'reset', 'chat', :at, :at)
"""


def _fill(connection: Connection) -> None:
    config = migration_config()
    config.attributes["connection"] = connection
    command.upgrade(config, BEFORE)
    for statement in ROWS.split(";"):
        connection.execute(text(statement), {"at": "2026-01-01 12:00:00"})


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.sqlite3'}"
    else:
        yield from postgres_database()


async def test_resets_under_way_survive_the_rebuilt_table(empty_url: str) -> None:
    engine = create_engine(empty_url)
    async with engine.begin() as connection:
        await connection.run_sync(_fill)
    await upgrade(engine)
    async with engine.begin() as connection:
        query = "SELECT r.state, p.kind, n.purpose FROM auth_resets r JOIN auth_proofs p ON p.reset_id = r.id "
        joined = text(query + "JOIN auth_confirmation_nonces n ON n.reset_id = r.id")
        assert [tuple(row) for row in await connection.execute(joined)] == [("scheduled", "email", "confirm")]
        if engine.dialect.name == "sqlite":
            assert (await connection.execute(text("PRAGMA foreign_keys"))).scalar() == 1
    await engine.dispose()
