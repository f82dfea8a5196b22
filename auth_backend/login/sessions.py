"""Sessions: a new row and a new cookie at each level, judged at every request."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from aiohttp import web
from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.models import User
from auth_backend.client_facts import ClientFacts
from auth_backend.crypto import new_token, token_hash
from auth_backend.login.flow import ALLOWED_LEVELS, idle_limit, lifetime
from auth_backend.login.models import LoginSession, SessionLevel

SEEN_EVERY = timedelta(seconds=60)
"""How exact `last_seen_at` is; a write a minute and session is enough for an idle limit."""

CURRENT: web.RequestKey["CurrentSession | None"] = web.RequestKey("current_session", object)  # type: ignore[arg-type]


class LevelRefusedError(Exception):
    """A session of this level must not exist for a user in this state.

    The transaction is rolled back.
    """


@dataclass(frozen=True)
class CurrentSession:
    """A session that is good now, and whose it is. Both rows are read-only copies.

    Lock and read again before changing anything.
    """

    row: LoginSession
    user: User

    @property
    def id(self) -> str:
        """The row's id, which a chat conversation remembers."""
        return self.row.id

    @property
    def level(self) -> SessionLevel:
        """What the session may do."""
        return self.row.level


async def create_session(
    session: AsyncSession,
    user: User,
    level: SessionLevel,
    facts: ClientFacts,
    *,
    now: datetime,
    second_step: str | None = None,
    password_at: datetime | None = None,
    stepped_up_at: datetime | None = None,
    shown_since: datetime | None = None,
    not_after: datetime | None = None,
) -> tuple[LoginSession, str]:
    """A new session and its token, which exists in the cookie only.

    `user` is locked by the caller, so that the state is what it will be at commit. `password_at`: when the password of
    this login was typed, now if None. `shown_since`: since when the factor that was shown is the user's. `not_after`
    cuts the lifetime (the end of the grace period). Raises LevelRefusedError.
    """
    if level not in ALLOWED_LEVELS[user.state]:
        raise LevelRefusedError(f"{level.value} for a user in {user.state.value}")
    token = new_token()
    expires_at = now + lifetime(level, user.kind)
    row = LoginSession(
        token=token_hash(token),
        user_id=user.id,
        level=level,
        browser=facts.browser,
        ip=facts.ip,
        user_agent=facts.user_agent,
        created_at=now,
        last_seen_at=now,
        expires_at=min(expires_at, not_after) if not_after else expires_at,
        password_at=password_at or now,
        stepped_up_at=stepped_up_at,
        shown_since=shown_since,
        second_step=second_step,
        csrf=new_token(),
    )
    session.add(row)
    await session.flush()
    return row, token


async def end_session(session: AsyncSession, session_id: str, *, now: datetime, reason: str) -> None:
    """Ends one session; ended ones stay as they are."""
    await session.execute(
        update(LoginSession)
        .where(LoginSession.id == session_id, LoginSession.ended_at.is_(None))
        .values(ended_at=now, end_reason=reason)
    )


async def end_sessions(
    session: AsyncSession, user_id: str, *, now: datetime, reason: str, except_id: str | None = None
) -> int:
    """Ends all sessions of a user but `except_id`; tells how many there were."""
    ended = await session.scalars(
        update(LoginSession)
        .where(LoginSession.user_id == user_id, LoginSession.ended_at.is_(None), LoginSession.id != (except_id or ""))
        .values(ended_at=now, end_reason=reason)
        .returning(LoginSession.id)
    )
    return len(ended.all())


async def end_mailed_sessions(session: AsyncSession, user_id: str, *, now: datetime, reason: str) -> None:
    """Ends the sessions whose second step was a mailed code."""
    await session.execute(
        update(LoginSession)
        .where(
            LoginSession.user_id == user_id,
            LoginSession.ended_at.is_(None),
            LoginSession.level == SessionLevel.FULL_EMAIL,
        )
        .values(ended_at=now, end_reason=reason)
    )


async def resolve_session_token(session: AsyncSession, token: str | None, *, now: datetime) -> CurrentSession | None:
    """The session that a cookie's token opens, if it is good at `now`; None otherwise, whatever the reason."""
    if not token:
        return None
    query = select(LoginSession, User).join(User, User.id == LoginSession.user_id)
    found = (await session.execute(query.where(LoginSession.token == token_hash(token)))).one_or_none()
    if found is None:
        return None
    row, user = found
    return CurrentSession(row, user) if is_good(row, user, now=now) else None


def is_good(row: LoginSession, user: User, *, now: datetime) -> bool:
    """Not ended, expired or idle too long, of a level that the user's state still allows, of nobody who was removed."""
    return (
        row.ended_at is None
        and user.removed_at is None
        and now < row.expires_at
        and now < row.last_seen_at + idle_limit(row.level, user.kind)
        and row.level in ALLOWED_LEVELS[user.state]
    )


def needs_touch(current: CurrentSession, *, now: datetime) -> bool:
    """Whether it is time to note again that a session is in use."""
    return now - current.row.last_seen_at >= SEEN_EVERY


async def touch_session(session: AsyncSession, current: CurrentSession, *, now: datetime) -> None:
    """Notes that a session is in use."""
    await session.execute(
        update(LoginSession)
        .where(LoginSession.id == current.id, LoginSession.last_seen_at < now)
        .values(last_seen_at=now)
        .execution_options(synchronize_session=False)
    )


def current_session(request: web.Request) -> CurrentSession | None:
    """The session of the request, as `load_session` judged it; None on pages that neither read nor make one."""
    return request.get(CURRENT)
