"""Deleting what no rule looks at any more: codes, sessions, tokens and their like, 30 days after they ended.

No rule looks back further than 30 days but these, which stay: failure counters (a password's failures count until a
right one, and those of an address that nobody has must age like a user's, or their age would tell which is which),
resets with their proofs, told events and owner changes, users, and the record. A browser's replaced cookie is
remembered for 30 days longer than any browser is known under it: forgotten earlier it would be good again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, func, or_, select, tuple_

from auth_backend.codes.models import OneTimeCode
from auth_backend.conversations.models import Conversation, HandedIn
from auth_backend.db import Base
from auth_backend.factors.models import Factor, FactorStatus, KnownBrowser, PasskeyChallenge, ReplacedBrowser
from auth_backend.factors.queries import KNOWN_FOR
from auth_backend.forgotten_password.models import ForgottenPassword
from auth_backend.limits.models import Sending
from auth_backend.login.models import LoginSession, RememberedDevice
from auth_backend.outbox.models import OutboxMessage
from auth_backend.recovery_codes.models import CodeStatus, RecoveryCode, RecoveryCodeSet
from auth_backend.resets.models import Claim, ConfirmationNonce, Reset, ResetLink
from auth_backend.resets.not_me.models import UndoTry
from auth_backend.services import Services
from auth_backend.sign_in_data.models import FormerAddress, PendingAddress

KEPT_FOR = timedelta(days=30)
BATCH = 500
"""Rows a transaction: on SQLite nobody else writes meanwhile."""

_SPENT_CODES = frozenset({CodeStatus.USED, CodeStatus.REPLACED, CodeStatus.REVOKED})


@dataclass(frozen=True)
class Old:
    """Which rows of a table are of no use any more; `where` names all of its conditions."""

    model: type[Base]
    where: Sequence[ColumnElement[bool]]


def old_rows(now: datetime) -> Sequence[Old]:
    """Every table that is pruned, those that point to others first."""
    before, known_before = now - KEPT_FOR, now - KEPT_FOR - KNOWN_FOR
    return (
        Old(Sending, [Sending.at < before]),
        Old(OneTimeCode, [OneTimeCode.expires_at < before]),
        Old(PasskeyChallenge, [PasskeyChallenge.expires_at < before]),
        Old(ConfirmationNonce, [ConfirmationNonce.expires_at < before]),
        Old(ResetLink, [ResetLink.expires_at < before]),
        Old(UndoTry, [UndoTry.expires_at < before]),
        Old(HandedIn, [HandedIn.at < before]),
        Old(PendingAddress, [PendingAddress.expires_at < before]),
        # Of a disputed change nobody has decided yet while it has no end.
        Old(
            FormerAddress,
            [FormerAddress.at < before, or_(FormerAddress.ended_at.is_not(None), FormerAddress.disputed_at.is_(None))],
        ),
        Old(ForgottenPassword, [ForgottenPassword.expires_at < before]),
        Old(RememberedDevice, [RememberedDevice.expires_at < before]),
        Old(OutboxMessage, [OutboxMessage.ended_at < before]),
        Old(Factor, [Factor.status == FactorStatus.PENDING, Factor.created_at < before]),
        Old(KnownBrowser, [KnownBrowser.strong_step_at < known_before]),
        Old(ReplacedBrowser, [ReplacedBrowser.replaced_at < known_before]),
        Old(RecoveryCode, [RecoveryCode.status.in_(_SPENT_CODES), RecoveryCode.ended_at < before]),
        Old(
            RecoveryCodeSet,
            [RecoveryCodeSet.created_at < before, ~exists().where(RecoveryCode.set_id == RecoveryCodeSet.id)],
        ),
        Old(Claim, [Claim.expires_at < before, ~exists().where(Reset.claim_id == Claim.id)]),
        Old(
            LoginSession,
            [
                or_(LoginSession.expires_at < before, func.coalesce(LoginSession.ended_at, now) < before),
                ~exists().where(Conversation.session_id == LoginSession.id),
            ],
        ),
    )


async def prune(services: Services) -> Mapping[str, int]:
    """One run; tells how many rows went, by table. Any number of processes may run it at once."""
    now = services.now()
    return {old.model.__tablename__: await _delete(services, old) for old in old_rows(now)}


async def _delete(services: Services, old: Old) -> int:
    key = tuple_(*old.model.__mapper__.primary_key)
    gone: int = 0
    while True:
        async with services.sessions.begin() as session:
            some = (
                await session.execute(select(*old.model.__mapper__.primary_key).where(*old.where).limit(BATCH))
            ).all()
            if some:
                ended: Any = await session.execute(
                    delete(old.model)
                    .where(key.in_([tuple(row) for row in some]), *old.where)
                    .execution_options(synchronize_session=False)
                )
                gone += ended.rowcount
        if len(some) < BATCH:
            return gone
