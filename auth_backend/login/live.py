"""The session of a request, read again under the user's lock before anything is changed; and raising its level."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.models import User
from auth_backend.accounts.queries import lock_user
from auth_backend.client_facts import ClientFacts
from auth_backend.factors.queries import known_browser
from auth_backend.limits.policy import Caller
from auth_backend.login.held import level_after
from auth_backend.login.models import LoginSession, SessionLevel
from auth_backend.login.sessions import CurrentSession, create_session, end_session, is_good


async def lock_live(session: AsyncSession, current: CurrentSession, *, now: datetime) -> CurrentSession | None:
    """The same session with both rows as they are now, the user's locked until commit; None when it is good no more."""
    user = await lock_user(session, current.user.id)
    row = await session.scalar(
        select(LoginSession).where(LoginSession.id == current.id).execution_options(populate_existing=True)
    )
    if user is None or row is None or row.level is not current.level or not is_good(row, user, now=now):
        return None
    return CurrentSession(row, user)


async def caller_of(
    session: AsyncSession, user: User, facts: ClientFacts, otherwise: Caller, *, now: datetime
) -> Caller:
    """Whose budget is charged: a known browser's own, so that no stranger can use it up; else `otherwise`."""
    return Caller.KNOWN_BROWSER if await known_browser(session, user.id, facts.browser, now=now) else otherwise


@dataclass(frozen=True)
class Raised:
    """The new cookie's token, and the level that the session came to."""

    token: str = field(repr=False)
    level: SessionLevel


async def raise_level(
    session: AsyncSession,
    live: CurrentSession,
    level: SessionLevel,
    facts: ClientFacts,
    *,
    second_step: str,
    shown_since: datetime | None = None,
    stepped_up: bool = False,
    now: datetime,
) -> Raised:
    """Ends the session and opens one of another level for the same sign-in.

    While a reset waits, `full` becomes `held`: the question whose reset that is comes first. `stepped_up`: the second
    step counts as step-up from now on, as everything but a mailed code does. `shown_since`: since when what was shown
    is the user's.
    """
    if level is SessionLevel.FULL:
        level = await level_after(session, live.user, live.level)
    await end_session(session, live.id, now=now, reason="raised")
    _row, token = await create_session(
        session,
        live.user,
        level,
        facts,
        now=now,
        second_step=second_step,
        password_at=live.row.password_at,
        stepped_up_at=now if stepped_up else None,
        shown_since=shown_since if stepped_up else None,
    )
    return Raised(token, level)
