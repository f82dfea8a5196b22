"""Where a one-time code is made."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.codes.models import CodePurpose, OneTimeCode
from auth_backend.crypto import keyed_hash, new_code, new_token, token_hash
from auth_backend.db import new_id
from auth_backend.keyring import Keyring
from auth_backend.limits.policy import Caller
from auth_backend.tally import count

CODE_LIFETIME = timedelta(minutes=10)
"""ASVS 5.0 6.5.5: at most 10 minutes for out-of-band codes."""


@dataclass(frozen=True)
class IssuedCode:
    """The code itself, to be put into a message and then forgotten."""

    id: str
    code: str = field(repr=False)
    expires_at: datetime
    report_token: str = field(repr=False)
    """For the [Report] link of the mail: it burns this code."""


def code_mac(keys: Keyring, code_id: str, purpose: CodePurpose, binding: str, subject: str, code: str) -> str:
    """How a code is stored: a keyed hash that is worth nothing for another row, purpose, binding or person."""
    return keyed_hash(keys.codes, code_id, purpose.value, binding, subject, code)


async def issue_code(
    session: AsyncSession,
    keys: Keyring,
    *,
    subject: str,
    user_id: str | None,
    purpose: CodePurpose,
    binding: str,
    caller: Caller,
    now: datetime,
    code: str | None = None,
    lifetime: timedelta = CODE_LIFETIME,
) -> IssuedCode:
    """Makes a code that replaces the open one of the same purpose and binding, and no other.

    `code` is for codes of another form (the return code). For an address that nobody has (`user_id` None) the row is
    written all the
    same; its code is sent to nobody and accepted never. Failure counters are not touched: a new code buys no new
    guesses.
    """
    await session.execute(
        update(OneTimeCode)
        .where(OneTimeCode.purpose == purpose, OneTimeCode.binding == binding, OneTimeCode.ended_at.is_(None))
        .values(ended_at=now, end_reason="replaced")
    )
    code_id, fresh, report_token = new_id(), code or new_code(), new_token()
    expires_at = now + lifetime
    session.add(
        OneTimeCode(
            id=code_id,
            subject=subject,
            user_id=user_id,
            purpose=purpose,
            binding=binding,
            mac=code_mac(keys, code_id, purpose, binding, subject, fresh),
            report_token=token_hash(report_token),
            caller=caller.value,
            attempts=0,
            created_at=now,
            expires_at=expires_at,
        )
    )
    await session.flush()
    count(session, "code", purpose.value, "sent")
    return IssuedCode(code_id, fresh, expires_at, report_token)
