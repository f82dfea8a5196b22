"""The database as it stands, read past the services: plain rows over a connection of its own."""

import hashlib
from collections import namedtuple
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Connection, Dialect, Row, Table, create_engine, literal_column, select
from sqlalchemy.dialects import postgresql, sqlite

from auth_backend.accounts.models import Account, OwnerChange, User
from auth_backend.approvals.models import OwnerRequest
from auth_backend.audit.models import AuditEvent
from auth_backend.codes.models import OneTimeCode
from auth_backend.db import Base
from auth_backend.factors.models import Factor
from auth_backend.forgotten_password.models import ForgottenPassword
from auth_backend.limits.models import FailureCounter
from auth_backend.login.models import LoginSession, RememberedDevice
from auth_backend.outbox.models import OutboxMessage
from auth_backend.recovery_codes.models import RecoveryCode
from auth_backend.resets.models import Proof, Reset

type Rows = Mapping[Any, Row[Any]]

READ: Mapping[str, type[Base]] = {
    "accounts": Account,
    "owner_changes": OwnerChange,
    "users": User,
    "factors": Factor,
    "sessions": LoginSession,
    "devices": RememberedDevice,
    "resets": Reset,
    "proofs": Proof,
    "codes": OneTimeCode,
    "recovery_codes": RecoveryCode,
    "requests": OwnerRequest,
    "forgotten": ForgottenPassword,
    "counters": FailureCounter,
}


@dataclass(frozen=True)
class Snapshot:
    """All rows that the invariants are about, by key; `events` and `outbox` only those that are new."""

    at: datetime
    accounts: Rows
    owner_changes: Rows
    users: Rows
    factors: Rows
    sessions: Rows
    devices: Rows
    resets: Rows
    proofs: Rows
    codes: Rows
    recovery_codes: Rows
    requests: Rows
    forgotten: Rows
    counters: Rows
    outbox_states: Mapping[str, tuple[str, bool]]
    """Of every message: its state, and whether its body is there."""
    events: list[Row[Any]]
    outbox: list[Row[Any]]

    def live(self, user_id: str) -> frozenset[str]:
        """Ids of a user's live factors."""
        return frozenset(f.id for f in self.factors.values() if f.user_id == user_id and f.status == "live")

    def account_of(self, user_id: str) -> Row[Any]:
        """The account that a user belongs to."""
        return self.accounts[self.users[user_id].account_id]


class Reader:
    """Takes snapshots. A short transaction each, on a connection that no service ever sees."""

    def __init__(self, url: str) -> None:
        self._engine = create_engine(url.replace("+aiosqlite", ""))
        self._connection = self._engine.connect()
        self._seq = 0
        self._seen: set[str] = set()

    def snapshot(self, at: datetime) -> Snapshot:
        """Everything as it is now."""
        with self._connection.begin():
            rows = {name: self._all(model) for name, model in READ.items()}
            events = self._connection.execute(
                select(AuditEvent.__table__).where(AuditEvent.seq > self._seq).order_by(AuditEvent.seq)
            ).all()
            states = self._connection.execute(
                select(OutboxMessage.id, OutboxMessage.state, OutboxMessage.body.is_not(None))
            ).all()
            new = [row.id for row in states if row.id not in self._seen]
            table = OutboxMessage.__table__
            query = select(table).where(table.c.id.in_(new)).order_by(table.c.created_at, table.c.id)
            outbox = self._connection.execute(query).all() if new else []
        self._seq = events[-1].seq if events else self._seq
        self._seen.update(new)
        states_of = {row.id: (row.state.value, bool(row[2])) for row in states}
        return Snapshot(at=at, **rows, outbox_states=states_of, events=list(events), outbox=list(outbox))

    def session(self, hashed: str) -> Row[Any] | None:
        """A session by its cookie's hash, as it is in the middle of an act."""
        table = LoginSession.__table__
        found = self._found(select(table).where(table.c.token == hashed))
        return found[0] if found else None

    def resets(self) -> list[Row[Any]]:
        """All resets in the middle of an act."""
        return self._found(select(Reset.__table__))

    def forgotten_of(self, token: str) -> Row[Any] | None:
        """The request for a new password of a browser's cookie."""
        table = ForgottenPassword.__table__
        found = self._found(select(table).where(table.c.token == hashlib.sha256(token.encode()).hexdigest()))
        return found[0] if found else None

    def mail_proven(self, token: str) -> bool:
        """Whether its mailed code was typed."""
        row = self.forgotten_of(token)
        return row is not None and row.mail_proven_at is not None

    def all_of(self, model: type[Base]) -> list[Row[Any]]:
        """A whole table by its key."""
        table = model.__table__
        assert isinstance(table, Table)
        return self._found(select(table).order_by(*table.primary_key))

    def every_value(self) -> list[object]:
        """Every value of every table, for finding what must not be there."""
        with self._connection.begin():
            return [
                value
                for table in Base.metadata.sorted_tables
                for row in self._connection.execute(select(table))
                for value in row
                if value is not None
            ]

    def scalar(self, query: Any) -> Any:
        """One value."""
        with self._connection.begin():
            return self._connection.scalar(query)

    def close(self) -> None:
        """Ends the connection."""
        self._connection.close()
        self._engine.dispose()

    def _found(self, query: Any) -> list[Row[Any]]:
        with self._connection.begin():
            return list(self._connection.execute(query).all())

    def _all(self, model: type[Base]) -> Rows:
        table = model.__table__
        assert isinstance(table, Table)
        found = decoder(table, self._connection.dialect.name).rows(self._connection)
        keys = [column.name for column in table.primary_key]
        if len(keys) == 1:
            return {getattr(row, keys[0]): row for row in found}
        return {tuple(getattr(row, key) for key in keys): row for row in found}


@cache
def decoder(table: Table, dialect: str) -> "Decoder":
    """One for all examples."""
    return Decoder(table, postgresql.dialect() if dialect == "postgresql" else sqlite.dialect())  # type: ignore[no-untyped-call]


class Decoder:
    """Rows of one table with the types of its columns. On SQLite a row that didn't change is decoded once: reading is
    a good part of this test's time.
    """

    def __init__(self, table: Table, dialect: Dialect) -> None:
        self._typed = select(table)
        self._untyped = select(*(literal_column(f'"{c.name}"') for c in table.columns)).select_from(table)
        self._row = namedtuple(table.name, [column.name for column in table.columns])  # type: ignore[misc]
        impls = [column.type.dialect_impl(dialect) for column in table.columns]
        self._processors = [impl.result_processor(dialect, None) for impl in impls]
        self._known: dict[tuple[Any, ...], Any] = {}
        self._cached = dialect.name == "sqlite"

    def rows(self, connection: Connection) -> Iterable[Any]:
        """All of them, as they are now."""
        if not self._cached:
            return connection.execute(self._typed).all()
        known, self._known = self._known, {}
        for raw in connection.execute(self._untyped):
            plain = tuple(raw)
            self._known[plain] = known.get(plain) or self._decoded(plain)
        return self._known.values()

    def _decoded(self, plain: tuple[Any, ...]) -> Any:
        pairs = zip(plain, self._processors, strict=True)
        return self._row(*(value if process is None else process(value) for value, process in pairs))
