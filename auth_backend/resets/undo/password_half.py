"""The first half of an undo: the password. Whoever has it owes a code of the revoked factor within ten minutes."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.models import User
from auth_backend.accounts.password_check import PasswordAccepted, PasswordThrottled, check_password
from auth_backend.accounts.queries import get_user, lock_user
from auth_backend.client_facts import ClientFacts
from auth_backend.crypto import new_token, token_hash
from auth_backend.factors.base import Challenge, Occasion, Sent
from auth_backend.factors.methods import METHODS
from auth_backend.factors.models import PRIMARY_KINDS, Factor, FactorKind, FactorStatus
from auth_backend.limits.policy import Caller
from auth_backend.login.live import caller_of
from auth_backend.resets.models import Reset
from auth_backend.resets.not_me.models import UndoTry
from auth_backend.resets.not_me.references import normalise_reference
from auth_backend.resets.queries import lock_reset
from auth_backend.resets.undo.window import undoable_until
from auth_backend.services import Services

TRY_FOR = timedelta(minutes=10)
NOWHERE = "undo.invalid"
"""Where somebody would be whose password is judged, at the same cost, for a reference that no reset has."""


@dataclass(frozen=True)
class TryBegun:
    """The cookie's token. `sent`: a text message with the code is on its way."""

    token: str
    sent: Sent | None


@dataclass(frozen=True)
class TryRefused:
    """A wrong password, an unknown reference, or too late: callers say the same for all."""


async def begin_undo(
    services: Services, reset: Reset | None, password: str, facts: ClientFacts, *, reference: str
) -> TryBegun | TryRefused | PasswordThrottled:
    """Judges the password that is valid now, and the one that was valid at execution; both always, at the same cost.

    The second never clears a failure that was counted, so it buys no guesses. A `reference` (as typed) that is no
    reset's has a counter of its own, as a user has. Own transactions, argon2 between them.
    """
    user = None
    if reset is not None:
        async with services.sessions.begin() as session:
            user = await get_user(session, reset.target_id)
    address = user.email if user is not None else f"{normalise_reference(reference) or 'none'}@{NOWHERE}"
    judged = await check_password(services, address=address, password=password, browser=facts.browser, ip=facts.ip)
    if isinstance(judged, PasswordThrottled):
        return judged
    was_right = await services.passwords.verify(reset.password_at_execution if reset else None, password)
    if reset is None or user is None or not (isinstance(judged, PasswordAccepted) or was_right):
        return TryRefused()
    epoch = judged.password_epoch if isinstance(judged, PasswordAccepted) else None
    async with services.sessions.begin() as session:
        return await _open(session, services, reset, epoch, facts, now=services.now())


async def send_again(
    session: AsyncSession, services: Services, token: str | None, facts: ClientFacts, *, now: datetime
) -> Sent | None:
    """Another text message to the revoked number; None when no try is open or nothing is sent by its method."""
    found = await find_try(session, token, now=now)
    user = await lock_user(session, found.user_id) if found is not None else None
    if found is None or user is None:
        return None
    return await _send(session, services, found, user, facts, now=now)


async def find_try(session: AsyncSession, token: str | None, *, now: datetime) -> UndoTry | None:
    """The open try of a browser's cookie."""
    found = await try_of_token(session, token)
    return found if found is not None and found.ended_at is None and now < found.expires_at else None


async def try_of_token(session: AsyncSession, token: str | None) -> UndoTry | None:
    """The same, ended or not."""
    if not token:
        return None
    query = select(UndoTry).where(UndoTry.cookie == token_hash(token)).execution_options(populate_existing=True)
    found: UndoTry | None = await session.scalar(query)
    return found


async def removed_by(session: AsyncSession, reset_id: str) -> list[Factor]:
    """The factors that were live when a reset revoked them, oldest first."""
    query = select(Factor).where(Factor.revoked_by_reset_id == reset_id, Factor.status == FactorStatus.REVOKED)
    ordered = query.order_by(Factor.created_at, Factor.id).execution_options(populate_existing=True)
    return list(await session.scalars(ordered))


async def shows_code(session: AsyncSession, reset_id: str) -> list[Factor]:
    """Those of them that have six digits."""
    return [factor for factor in await removed_by(session, reset_id) if factor.kind in PRIMARY_KINDS]


async def undo_challenge(
    session: AsyncSession, found: UndoTry, user: User, facts: ClientFacts, *, now: datetime
) -> Challenge:
    """The question of the undo page, bound to this try."""
    caller = await caller_of(session, user, facts, Caller.PASSWORD_PROVEN, now=now)
    return Challenge(user, Occasion.UNDO, f"undo:{found.id}", caller, facts)


async def _open(
    session: AsyncSession, services: Services, reset: Reset, epoch: int | None, facts: ClientFacts, *, now: datetime
) -> TryBegun | TryRefused:
    user = await lock_user(session, reset.target_id)
    reset = await lock_reset(session, reset.id)
    if user is None or user.awaits_operator or undoable_until(reset, now=now) is None:
        return TryRefused()
    token = new_token()
    found = UndoTry(
        cookie=token_hash(token),
        reset_id=reset.id,
        user_id=user.id,
        password_epoch=epoch,
        created_at=now,
        expires_at=now + TRY_FOR,
    )
    session.add(found)
    await session.flush()
    return TryBegun(token, await _send(session, services, found, user, facts, now=now))


async def _send(
    session: AsyncSession, services: Services, found: UndoTry, user: User, facts: ClientFacts, *, now: datetime
) -> Sent | None:
    """To the number on file of the revoked factor, whoever has it now: whether it is free is judged after its code."""
    sent: Sent | None = None
    for factor in await shows_code(session, found.reset_id):
        if factor.kind is FactorKind.SMS:
            challenge = await undo_challenge(session, found, user, facts, now=now)
            sent = await METHODS[factor.kind].send(session, services, challenge, factor, now=now)
    return sent
