"""The codes as text, for the browser that made them and until they were put away.

They are encrypted with a key derived from the session's own cookie, which the database knows as SHA-256 only. So a
reload, a download and a printer see the same codes, and nobody else ever can: not with the database, not with the
installation's keys, not in another session of the same person.
"""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from cryptography.exceptions import InvalidTag
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.crypto import Cipher, derive_key
from auth_backend.recovery_codes.models import RecoveryCodeSet

SHOWN_FOR = timedelta(minutes=30)

_KEY_ID = "cookie"


def seal(session_token: str, set_id: str, codes: Sequence[str]) -> bytes:
    """The codes, encrypted for whoever brings this session's cookie."""
    return _cipher(session_token).encrypt(json.dumps(list(codes)).encode(), context=_context(set_id))


def unseal(session_token: str, set_id: str, sealed: bytes) -> list[str] | None:
    """The codes; None for the cookie of another session."""
    try:
        codes: list[str] = json.loads(_cipher(session_token).decrypt(sealed, context=_context(set_id)))
    except InvalidTag:
        return None
    return codes


async def shown_codes(
    session: AsyncSession, user_id: str, session_token: str | None, *, now: datetime
) -> list[str] | None:
    """The codes that this browser still shows; None when there are none, for whatever reason."""
    row = await session.scalar(
        select(RecoveryCodeSet)
        .where(RecoveryCodeSet.user_id == user_id, RecoveryCodeSet.sealed_until > now)
        .order_by(RecoveryCodeSet.created_at.desc(), RecoveryCodeSet.id)
        .limit(1)
    )
    if row is None or row.sealed is None or not session_token:
        return None
    return unseal(session_token, row.id, row.sealed)


def _cipher(session_token: str) -> Cipher:
    return Cipher({_KEY_ID: derive_key(session_token.encode(), "shown-recovery-codes")}, _KEY_ID)


def _context(set_id: str) -> str:
    return f"auth_recovery_code_sets:{set_id}:sealed"
