"""What no rule looks at any more is deleted, and nothing that a rule still needs."""

from datetime import datetime, timedelta

from auth_backend.audit.models import AuditEvent
from auth_backend.conversations.models import Conversation
from auth_backend.crypto import token_hash
from auth_backend.db import Base
from auth_backend.factors.models import Factor, FactorKind, FactorStatus, KnownBrowser, ReplacedBrowser
from auth_backend.factors.queries import KNOWN_FOR, known_browser
from auth_backend.limits.models import FailureCounter, Sending
from auth_backend.limits.policy import Caller
from auth_backend.login.models import LoginSession, SessionLevel
from auth_backend.outbox.models import Channel, OutboxMessage, OutboxState
from auth_backend.pruning import BATCH, KEPT_FOR, old_rows, prune
from auth_backend.resets.models import Claim
from auth_backend.services import Services
from httpkit.clock import OffsetClock
from tests.support.auth_world import add_people

HOUR = timedelta(hours=1)

KEPT = {
    *("auth_accounts", "auth_users", "auth_owner_changes", "auth_owner_requests", "auth_resets", "auth_proofs"),
    *("auth_told_events", "auth_failure_counters", "auth_audit_events", "auth_audit_head", "auth_installation"),
    *("auth_conversations", "auth_passkeys", "auth_bounced_destinations", "auth_article_feedback", "auth_dev_mailbox"),
    *("auth_desk_members", "auth_teams", "auth_team_memberships", "auth_team_accounts"),
}
"""Facts, proofs and the record; the guard's memory of failures; what goes by itself; the development mailbox."""


def test_every_table_is_pruned_or_said_why_not(clock: OffsetClock) -> None:
    """A new table is put on one of the two lists."""
    pruned = {old.model.__tablename__ for old in old_rows(clock())}
    assert pruned & KEPT == set()
    assert pruned | KEPT == set(Base.metadata.tables)


async def count(services: Services, model: type[Base]) -> int:
    """How many rows there are."""
    async with services.sessions.begin() as session:
        return len((await session.execute(model.__table__.select())).all())


def a_session(user_id: str, name: str, at: datetime) -> LoginSession:
    """That lives for an hour from `at`."""
    return LoginSession(
        id=name,
        token=name,
        user_id=user_id,
        level=SessionLevel.FULL,
        ip="",
        user_agent="",
        created_at=at,
        last_seen_at=at,
        expires_at=at + HOUR,
        password_at=at,
        csrf="",
    )


async def test_rows_go_thirty_days_after_they_ended(services: Services, clock: OffsetClock) -> None:
    """Sessions that a chat is bound to, counters and the record stay; more rows than a batch go too."""
    people, now = await add_people(services), clock()
    async with services.sessions.begin() as session:
        session.add_all(
            Sending(subject="user:x", channel="email", caller=Caller.LOGIN.value, destination="d", at=now)
            for _ in range(BATCH + 1)
        )
        session.add_all([a_session(people.owner, "free", now), a_session(people.owner, "bound", now)])
        session.add(FailureCounter(subject="address:x", bucket="password", in_a_row=7, failed_at=[now]))
        session.add(
            OutboxMessage(channel=Channel.EMAIL, kind="k", state=OutboxState.PENDING, due_at=now, created_at=now)
        )
        session.add(
            OutboxMessage(
                channel=Channel.EMAIL, kind="k", state=OutboxState.SENT, due_at=now, created_at=now, ended_at=now
            )
        )
        session.add(
            Factor(user_id=people.owner, kind=FactorKind.APP, status=FactorStatus.PENDING, created_at=now, secret=b"x")
        )
        await session.flush()
        session.add(
            Conversation(id="c", channel="web", session_id="bound", ip="", user_agent="", language="en", created_at=now)
        )
        await session.flush()
        session.add(
            Claim(
                conversation_id="c", subject="s", address="a@b.example", language="en", created_at=now, expires_at=now
            )
        )
    clock.advance(KEPT_FOR)
    assert set((await prune(services)).values()) == {0}
    clock.advance(HOUR + timedelta(seconds=1))
    gone = {table: rows for table, rows in (await prune(services)).items() if rows}
    assert gone == {
        "auth_sendings": BATCH + 1,
        "auth_sessions": 1,
        "auth_outbox": 1,
        "auth_factors": 1,
        "auth_claims": 1,
    }
    assert [await count(services, model) for model in (LoginSession, OutboxMessage, FailureCounter)] == [1, 1, 1]
    assert set((await prune(services)).values()) == {0}
    assert await count(services, AuditEvent) == 0


async def test_a_replaced_cookie_never_becomes_good_again(services: Services, clock: OffsetClock) -> None:
    """Its row goes only when nobody can be known under the old value any more."""
    people, old, new = await add_people(services), token_hash("old"), token_hash("new")
    async with services.sessions.begin() as session:
        session.add(KnownBrowser(browser=old, user_id=people.owner, strong_step_at=clock()))
        session.add(ReplacedBrowser(browser=old, successor=new, replaced_at=clock()))
    for _ in range(10):
        clock.advance((KNOWN_FOR + KEPT_FOR) / 10)
        await prune(services)
        async with services.sessions.begin() as session:
            assert not await known_browser(session, people.owner, old, now=clock())
    assert await count(services, ReplacedBrowser) == 1
    clock.advance(timedelta(seconds=1))
    await prune(services)
    assert await count(services, ReplacedBrowser) == await count(services, KnownBrowser) == 0
