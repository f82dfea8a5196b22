"""The outbox as a queue: claiming what is due, and noting what became of it.

Each function is one short transaction's work.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.outbox.models import OutboxMessage, OutboxState

FIRST_RETRY = timedelta(seconds=5)
LONGEST_RETRY = timedelta(hours=1)


def retry_after(attempts: int) -> timedelta:
    """The pause after the `attempts`-th try: 5 s, 10 s, 20 s … up to an hour."""
    return min(FIRST_RETRY * (1 << min(attempts - 1, 20)), LONGEST_RETRY)


async def claim_due(
    session: AsyncSession, *, now: datetime, lease: timedelta, limit: int, held: Collection[str] = ()
) -> Sequence[OutboxMessage]:
    """Leases up to `limit` due messages to the caller, the longest due first, and counts the try.

    Rows that another worker is just claiming are skipped (Postgres: SKIP LOCKED; SQLite has one writer at a time). A
    lease that ran out, because its worker died, is claimed again. `held` are messages that the caller is still sending.
    """
    due = (
        select(OutboxMessage.id)
        .where(
            OutboxMessage.state == OutboxState.PENDING,
            OutboxMessage.due_at <= now,
            or_(OutboxMessage.leased_until.is_(None), OutboxMessage.leased_until <= now),
            OutboxMessage.id.not_in(list(held)),
        )
        .order_by(OutboxMessage.due_at, OutboxMessage.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    ids = list(await session.scalars(due))
    if not ids:
        return ()
    claimed = await session.scalars(
        update(OutboxMessage)
        .where(OutboxMessage.id.in_(ids))
        .values(leased_until=now + lease, attempts=OutboxMessage.attempts + 1)
        .returning(OutboxMessage)
        .execution_options(synchronize_session=False, populate_existing=True)
    )
    return sorted(claimed, key=lambda message: (message.due_at, message.id))


async def mark_sent(
    session: AsyncSession,
    message_id: str,
    *,
    now: datetime,
    provider_id: str | None = None,
    destination: str | None = None,
    user_id: str | None = None,
) -> None:
    """It left: the body is erased, for an SMS what reports are told by is kept. True whoever else may have claimed it
    meanwhile.
    """
    kept = {"provider_id": provider_id, "destination": destination, "user_id": user_id}
    await _end(session, message_id, OutboxState.SENT, now=now, **kept)


async def mark_dropped(session: AsyncSession, message_id: str, *, now: datetime) -> None:
    """It is not sent on purpose: the code in it would come too late. The body is erased."""
    await _end(session, message_id, OutboxState.DROPPED, now=now)


async def mark_failed(
    session: AsyncSession,
    message: OutboxMessage,
    *,
    now: datetime,
    max_attempts: int,
    final: bool = False,
    pause: timedelta = timedelta(0),
) -> bool:
    """It did not leave: due again later, after `pause` at the earliest, or, after `max_attempts` or when the refusal is
    `final`, `dead`; tells whether it is dead.

    Only while the caller's claim is the newest. A dead message keeps its encrypted body, so that an operator can have
    it sent after all (docs/operating.md); but not a code, which would come too late.
    """
    dead = final or message.attempts >= max_attempts
    over: dict[str, object] = {"state": OutboxState.DEAD, "ended_at": now} if dead else {}
    if dead and message.useless_after is not None:
        over["body"] = None
    await session.execute(
        update(OutboxMessage)
        .where(
            OutboxMessage.id == message.id,
            OutboxMessage.state == OutboxState.PENDING,
            OutboxMessage.attempts == message.attempts,
        )
        .values(
            leased_until=None,
            due_at=now + max(retry_after(message.attempts), pause),
            **over,
        )
        .execution_options(synchronize_session=False)
    )
    return dead


async def _end(
    session: AsyncSession, message_id: str, state: OutboxState, *, now: datetime, **kept: str | None
) -> None:
    await session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.id == message_id, OutboxMessage.state.in_((OutboxState.PENDING, OutboxState.DEAD)))
        .values(state=state, body=None, leased_until=None, ended_at=now, **kept)
        .execution_options(synchronize_session=False)
    )
