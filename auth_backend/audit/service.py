"""Appending to the record and checking it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, bindparam, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.audit.chain import GENESIS, event_mac
from auth_backend.audit.models import AuditEvent, AuditHead
from auth_backend.audit.tags import Tag
from auth_backend.db import insert_if_absent
from auth_backend.installation.clock import OFFSET
from auth_backend.installation.models import InstallationFact
from auth_backend.keyring import Keyring
from auth_backend.tally import count
from httpkit.logs import current_request_id

# Built once: every change of security state ends with these three.
_LOCK_HEAD = (
    select(
        AuditHead.seq,
        AuditHead.mac,
        select(InstallationFact.value).where(InstallationFact.key == OFFSET).scalar_subquery().label("offset"),
    )
    .where(AuditHead.id == 1)
    .with_for_update(of=AuditHead)
)
_APPEND = insert(AuditEvent.__table__)  # type: ignore[arg-type]
_MOVE_HEAD = (
    update(AuditHead.__table__)  # type: ignore[arg-type]
    .where(AuditHead.id == 1)
    .values(seq=bindparam("new_seq"), mac=bindparam("new_mac"))
)


async def record(
    session: AsyncSession,
    keys: Keyring,
    tag: Tag,
    *,
    now: datetime,
    actor: str,
    user_id: str | None = None,
    account_id: str | None = None,
    data: Mapping[str, Any] | None = None,
) -> None:
    """Appends one event in the caller's transaction; the head row is locked until that commits.

    Call it last in a transaction: everybody who records waits for the head's lock. `data` holds no secrets, codes or
    contact data.
    """
    request_id, moment = current_request_id(), now.replace(microsecond=0)
    head = await _lock_head(session)
    seq, offset = head.seq + 1, int(head.offset or 0)
    mac = event_mac(
        keys.audit,
        previous=head.mac,
        seq=seq,
        at=moment,
        tag=tag.value,
        actor=actor,
        user_id=user_id,
        account_id=account_id,
        data=data or {},
        request_id=request_id,
        clock_offset_s=offset,
    )
    event = {
        "seq": seq,
        "at": moment,
        "tag": tag.value,
        "actor": actor,
        "user_id": user_id,
        "account_id": account_id,
        "data": dict(data or {}),
        "request_id": request_id,
        "clock_offset_s": offset,
        "mac": mac,
    }
    await session.execute(_APPEND, event)
    await session.execute(_MOVE_HEAD, {"new_seq": seq, "new_mac": mac})
    count(session, "event", tag.value)


async def _lock_head(session: AsyncSession) -> Row[tuple[int, str, str | None]]:
    """The head, locked, with the development clock's offset, which is written to each event."""
    await session.flush()
    head = (await session.execute(_LOCK_HEAD)).one_or_none()
    if head is None:  # once in an installation's life
        await insert_if_absent(session, AuditHead, id=1, seq=0, mac=GENESIS)
        head = (await session.execute(_LOCK_HEAD)).one()
    return head


@dataclass(frozen=True)
class Head:
    """The newest event: how many there are, and the MAC from which the whole record follows."""

    seq: int
    mac: str


async def read_head(session: AsyncSession) -> Head:
    """The head as the database has it."""
    row = await session.get(AuditHead, 1, populate_existing=True)
    return Head(row.seq, row.mac) if row is not None else Head(0, GENESIS)


@dataclass(frozen=True)
class Verified:
    """The chain is whole: `count` events, the newest MAC is `head`."""

    count: int
    head: str


@dataclass(frozen=True)
class Broken:
    """`seq` is the first event that doesn't follow from its predecessor."""

    seq: int
    reason: str


async def verify(session: AsyncSession, keys: Keyring, *, expected_head: str | None = None) -> Verified | Broken:
    """Walks the whole chain.

    `expected_head`, from a log, also notices a tail that was cut off and a chain that was rebuilt.
    """
    previous, expected_seq, seen = GENESIS, 1, expected_head is None or expected_head == GENESIS
    rows = await session.stream_scalars(select(AuditEvent).order_by(AuditEvent.seq).execution_options(yield_per=1000))
    async for row in rows:
        if row.seq != expected_seq:
            return Broken(expected_seq, "missing")
        mac = event_mac(
            keys.audit,
            previous=previous,
            seq=row.seq,
            at=row.at,
            tag=row.tag,
            actor=row.actor,
            user_id=row.user_id,
            account_id=row.account_id,
            data=row.data,
            request_id=row.request_id,
            clock_offset_s=row.clock_offset_s,
        )
        if mac != row.mac:
            return Broken(row.seq, "changed")
        seen = seen or mac == expected_head
        previous, expected_seq = mac, expected_seq + 1
    if await read_head(session) != Head(expected_seq - 1, previous):
        return Broken(expected_seq, "cut off")
    if not seen:
        return Broken(expected_seq, "the expected head is not in the chain")
    return Verified(expected_seq - 1, previous)
