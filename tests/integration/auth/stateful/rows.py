"""The database as it stands, read past the services: plain rows over a connection of its own."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Table, create_engine, select

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

    def snapshot_of_session(self, token: str) -> Row[Any] | None:
        """A session as it is in the middle of an act."""
        table = LoginSession.__table__
        found = self._found(select(table).where(table.c.token == hashlib.sha256(token.encode()).hexdigest()))
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
        keys = [column.name for column in table.primary_key]
        found = self._connection.execute(select(table)).all()
        if len(keys) == 1:
            return {getattr(row, keys[0]): row for row in found}
        return {tuple(getattr(row, key) for key in keys): row for row in found}
