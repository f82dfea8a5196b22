"""The short reference of a notice, typed by whoever has only that: throttled by where it comes from, never by whose."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.crypto import keyed_hash
from auth_backend.i18n import Gettext
from auth_backend.limits.failures import clear_failures, record_failure, standing_of
from auth_backend.resets.models import Reset
from auth_backend.resets.reference import REFERENCE_LENGTH, REFERENCE_LETTERS
from auth_backend.services import Services

BUCKET = "reference"
SLOWEST = timedelta(minutes=1)
"""What an address can be slowed to, for many people may share it: 1,440 tries a day at 730 million references."""


@dataclass(frozen=True)
class ReferenceThrottled:
    """Too many wrong ones from there; not before `until`."""

    until: datetime


def normalise_reference(raw: str) -> str | None:
    """`7f3k 2m` → `7F3K2M`; None for what can't be one."""
    text = "".join(c for c in raw[:40].upper() if c.isalnum())
    return text if len(text) == REFERENCE_LENGTH and set(text) <= set(REFERENCE_LETTERS) else None


def not_a_reference(_: Gettext) -> str:
    """For what can't be one; it costs no try."""
    return _("A reference has six letters and digits.")


async def find_by_reference(
    session: AsyncSession, services: Services, raw: str, *, ip: str, now: datetime
) -> Reset | ReferenceThrottled | None:
    """The reset of a reference. Each try slows the network down that it came from, right ones too: what is counted must
    not tell which references there are.
    """
    subject = f"ip:{keyed_hash(services.keys.addresses, 'reference', ip)}"
    standing = await standing_of(session, subject, BUCKET, now=now)
    if standing.blocked_until is not None and standing.blocks(now):
        return ReferenceThrottled(standing.blocked_until)
    if not standing.in_window:
        await clear_failures(session, subject, BUCKET, now=now)  # a day of quiet begins anew
    reference = normalise_reference(raw)
    found: Reset | None = None
    if reference is not None:
        query = select(Reset).where(Reset.reference == reference).execution_options(populate_existing=True)
        found = await session.scalar(query)
    await record_failure(session, subject, BUCKET, now=now, longest=SLOWEST)
    return found
