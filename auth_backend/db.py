"""What the tables of this package are declared on, and its sessions."""

import enum
import uuid
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Enum, MetaData, String, inspect
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker
from sqlalchemy.orm import DeclarativeBase

from auth_backend.tally import SINK, CountingSession, Sink
from dbkit.columns import UtcDateTime as UtcDateTime  # noqa: PLC0414 - migrations name it here

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


def _values(kind: type[enum.StrEnum]) -> list[str]:
    """Enumerations are stored by value, as text, on both databases."""
    return [member.value for member in kind]


class Base(DeclarativeBase):
    """All tables of this package carry the prefix `auth_`."""

    metadata = MetaData(naming_convention=NAMING)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own protocol
        datetime: UtcDateTime(),
        dict[str, Any]: JSON(),
        str: String(),
        enum.StrEnum: Enum(enum.StrEnum, native_enum=False, length=32, values_callable=_values),
    }


def new_id() -> str:
    """A random identifier that tells nothing (UUID 4, 32 hex digits)."""
    return uuid.uuid4().hex


async def insert_if_absent(session: AsyncSession, model: type[Base], **values: Any) -> None:
    """Inserts a row unless one with the same key is there; never fails on the conflict, on either database."""
    dialect = session.get_bind().dialect.name
    insert = postgresql_insert if dialect == "postgresql" else sqlite_insert
    await session.execute(insert(model).values(**values).on_conflict_do_nothing())


async def insert_or_lock[M: Base](session: AsyncSession, model: type[M], *, unchanged: str, **values: Any) -> M:
    """The row with the key in `values`, inserted if there was none, and locked until the transaction ends.

    One statement whether or not it was there: neither time nor count tells. `unchanged` names a column that is no key:
    what was there is given the value that it had, which locks it.
    """
    dialect = session.get_bind().dialect.name
    insert = postgresql_insert if dialect == "postgresql" else sqlite_insert
    kept = {unchanged: getattr(model, unchanged)}
    keys = [column.name for column in inspect(model).primary_key]
    upsert = insert(model).values(**values).on_conflict_do_update(index_elements=keys, set_=kept).returning(model)
    rows = await session.scalars(upsert, execution_options={"populate_existing": True})
    return rows.one()


def session_factory(engine: AsyncEngine, sink: Sink | None = None) -> async_sessionmaker[AsyncSession]:
    """Sessions of `engine`; the caller writes `async with sessions.begin() as session`.

    What they count (`tally.count`) goes to `sink` once it is committed.
    """
    return async_sessionmaker(engine, expire_on_commit=False, sync_session_class=CountingSession, info={SINK: sink})
