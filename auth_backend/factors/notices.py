"""A notice to every channel on file: all addresses, and the phone of a live SMS factor."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.models import User
from auth_backend.factors.queries import live_factors
from auth_backend.outbox.mails import MailKind
from auth_backend.outbox.notices import notify_user
from auth_backend.services import Services


async def tell_everywhere(
    session: AsyncSession,
    services: Services,
    user: User,
    kind: MailKind,
    *,
    now: datetime,
    also: tuple[str, ...] = (),
    **facts: object,
) -> None:
    """Queues the notice in the transaction of the change. `also`: addresses that were on file until this change."""
    phones = tuple(factor.phone for factor in await live_factors(session, user.id) if factor.phone)
    await notify_user(
        session,
        services,
        user,
        kind,
        now=now,
        phones=phones,
        also=also,
        only=None,
        reset_id=None,
        reference=None,
        **facts,
    )
