"""Reading and ending requests for a new password, and judging where one stands."""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.freeze import frozen
from auth_backend.accounts.models import EnrolmentState, User
from auth_backend.crypto import token_hash
from auth_backend.forgotten_password.models import ForgottenPassword

PROVING_FOR = timedelta(minutes=30)
"""From the address to the mailed code, and from that to the second half."""
USABLE_FOR = timedelta(hours=72)
"""How long a new password may be chosen once it may be."""


class Step(StrEnum):
    """Where a request stands."""

    ADDRESS = "address"
    """There is none, or it is over: it begins with the address."""
    MAIL = "mail"
    SECOND_HALF = "second_half"
    WAITS = "waits"
    PASSWORD = "password"  # noqa: S105 - a step's name


def step_of(request: ForgottenPassword | None, *, now: datetime) -> Step:
    """What this browser is asked next. Pure."""
    if request is None or request.ended_at is not None or now >= request.expires_at:
        return Step.ADDRESS
    if request.mail_proven_at is None:
        return Step.MAIL
    if request.not_before is None:
        return Step.SECOND_HALF
    return Step.WAITS if now < request.not_before else Step.PASSWORD


def holds(request: ForgottenPassword, user: User) -> bool:
    """Whether everything is as it was when the second half was shown. Pure."""
    present = (user.email, user.password_epoch, user.factor_epoch)
    facts = (request.fact_email, request.fact_password_epoch, request.fact_factor_epoch)
    return facts == present and user.state is EnrolmentState.ENROLLED


def is_held(user: User, *, now: datetime) -> bool:
    """Whether changes of this user's sign-in data are on hold; asked after both halves only."""
    return frozen(user, now=now) is not None


async def request_of(session: AsyncSession, token: str | None) -> ForgottenPassword | None:
    """The request of a browser's cookie, as it is now."""
    if not token:
        return None
    query = select(ForgottenPassword).where(ForgottenPassword.token == token_hash(token))
    row: ForgottenPassword | None = await session.scalar(query.execution_options(populate_existing=True))
    return row


async def lock_request(session: AsyncSession, request_id: str) -> ForgottenPassword:
    """A request as it is now, locked; its user's row is locked before it."""
    query = select(ForgottenPassword).where(ForgottenPassword.id == request_id).with_for_update()
    row = await session.scalar(query.execution_options(populate_existing=True))
    assert row is not None  # requests are deleted long after they are over
    return row


async def end_requests(session: AsyncSession, user_id: str, reason: str, *, now: datetime) -> int:
    """Ends every open request about a locked user; tells how many there were."""
    ended = await session.scalars(
        update(ForgottenPassword)
        .where(ForgottenPassword.user_id == user_id, ForgottenPassword.ended_at.is_(None))
        .values(ended_at=now, end_reason=reason)
        .returning(ForgottenPassword.id)
    )
    return len(ended.all())
