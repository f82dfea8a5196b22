"""`zoe admin rotate-keys`: everything that is sealed, sealed anew with the current key, while `web` runs.

Each row is replaced only if it still holds what was read, and only that column is written: whoever uses or erases it
meanwhile wins. Both keys are readable all the time. A run that is killed has lost nothing and is started again; what it
did stays done, for the key's id stands in every sealed value.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from cryptography.exceptions import InvalidTag
from sqlalchemy import func, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from auth_backend.audit.service import record
from auth_backend.audit.tags import Tag
from auth_backend.crypto import Cipher, UnknownKeyError
from auth_backend.factors.app_method import seed_context
from auth_backend.factors.models import Factor
from auth_backend.outbox.models import OutboxMessage
from auth_backend.outbox.service import body_context
from auth_backend.services import Services

BATCH = 100
"""Rows a transaction: on SQLite nobody else writes meanwhile, so it stays short."""


@dataclass(frozen=True)
class Sealed:
    """One column of sealed values: `context` makes what a row's value is bound to, from the row's id."""

    name: str
    model: type[Factor] | type[OutboxMessage]
    column: InstrumentedAttribute[bytes | None]
    context: Callable[[str], str]


SEALED = (
    Sealed("factors", Factor, Factor.secret, seed_context),
    Sealed("outbox", OutboxMessage, OutboxMessage.body, body_context),
)
"""Every column that is encrypted with the installation's keys; a test compares it with the tables."""


@dataclass
class Rotated:
    """`resealed` rows a column; `unreadable`: `table/id` of rows that no key opens, left as they are."""

    key_id: str
    resealed: dict[str, int] = field(default_factory=dict)
    unreadable: list[str] = field(default_factory=list)


async def rotate(services: Services, *, after_batch: Callable[[], None] = lambda: None) -> Rotated:
    """Seals everything with the current key. `after_batch` is called when a batch was committed."""
    rotated = Rotated(services.keys.cipher.current)
    await _record(services, {"key": rotated.key_id, "phase": "begun"})
    for sealed in SEALED:
        rotated.resealed[sealed.name] = 0
        last: str | None = ""
        while last is not None:
            async with services.sessions.begin() as session:
                last = await _reseal_batch(session, services.keys.cipher, sealed, last, rotated)
            after_batch()
    counts = {**rotated.resealed, "unreadable": len(rotated.unreadable)}
    await _record(services, {"key": rotated.key_id, "phase": "done", **counts})
    return rotated


async def _reseal_batch(
    session: AsyncSession, cipher: Cipher, sealed: Sealed, after: str, rotated: Rotated
) -> str | None:
    """The next rows behind the id `after`; returns the last id, None when there are no more."""
    rows = await _sealed_otherwise(session, cipher, sealed, after)
    for row_id, value in rows:
        context = sealed.context(row_id)
        try:
            fresh = cipher.encrypt(cipher.decrypt(value, context=context), context=context)
        except (UnknownKeyError, InvalidTag):
            rotated.unreadable.append(f"{sealed.model.__tablename__}/{row_id}")
            continue
        replaced = await session.scalar(
            update(sealed.model)
            .where(sealed.model.id == row_id, sealed.column == value)
            .values({sealed.column.key: fresh})
            .returning(sealed.model.id)
            .execution_options(synchronize_session=False)
        )
        rotated.resealed[sealed.name] += replaced is not None
    return rows[-1][0] if rows else None


async def _sealed_otherwise(
    session: AsyncSession, cipher: Cipher, sealed: Sealed, after: str
) -> list[tuple[str, bytes]]:
    prefix = cipher.current.encode() + b"\0"
    query = (
        select(sealed.model.id, sealed.column)
        .where(
            sealed.column.is_not(None),
            func.substr(sealed.column, 1, len(prefix)) != prefix,
            sealed.model.id > after,
        )
        .order_by(sealed.model.id)
        .limit(BATCH)
    )
    return [(row_id, value) for row_id, value in await session.execute(query) if value is not None]


async def _record(services: Services, data: Mapping[str, Any]) -> None:
    async with services.sessions.begin() as session:
        await record(session, services.keys, Tag.KEYS_ROTATED, now=services.now(), actor="operator", data=data)
