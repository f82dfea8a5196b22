"""Accounts made as an operator makes them, and a look at what the database holds about their security."""

import sqlite3
from contextlib import closing
from typing import Any

from tests.support.running_zoe import PASSWORD, RunningZoe


def make_owner(zoe: RunningZoe, email: str, account: str, lang: str = "en") -> None:
    """An account of its own with this owner."""
    zoe.run("admin", "create-account", account)
    make_member(zoe, email, account, lang)
    zoe.run("admin", "set-owner", account, email)


def make_member(zoe: RunningZoe, email: str, account: str, lang: str = "en") -> None:
    """A user of an account; the password is everybody's in tests."""
    zoe.run(
        "admin", "create-user", email, "--account", account, "--name", "Some One", "--language", lang,
        stdin=PASSWORD + "\n",
    )  # fmt: skip


def rows(zoe: RunningZoe, query: str, *values: object) -> list[tuple[Any, ...]]:
    """Reads the SQLite file beside the running Zoe; never writes."""
    with closing(sqlite3.connect(f"file:{zoe.data_dir / 'zoe.sqlite3'}?mode=ro", uri=True, timeout=10)) as database:
        return database.execute(query, values).fetchall()


def live_factors(zoe: RunningZoe, email: str) -> int:
    """How many second factors of this user are live."""
    query = (
        "SELECT count(*) FROM auth_factors JOIN auth_users ON auth_users.id = user_id "
        "WHERE auth_users.email = ? AND lower(status) = 'live'"
    )
    return int(rows(zoe, query, email)[0][0])


def reset_states(zoe: RunningZoe, email: str) -> list[str]:
    """The states of the resets whose target is this user, oldest first."""
    query = (
        "SELECT lower(auth_resets.state) FROM auth_resets JOIN auth_users ON auth_users.id = target_id "
        "WHERE auth_users.email = ? ORDER BY auth_resets.created_at"
    )
    return [state for (state,) in rows(zoe, query, email)]


def audit_tags(zoe: RunningZoe, conversation: str) -> list[str]:
    """What the audit holds about a conversation, in order."""
    query = "SELECT tag FROM auth_audit_events WHERE actor = ? ORDER BY seq"
    return [tag for (tag,) in rows(zoe, query, f"conversation:{conversation}")]
