"""What the operator looks through from the command line (`zoe admin`): one line a case, and no address of a person."""

from datetime import timedelta

from sqlalchemy import select

from auth_backend.accounts.models import User
from auth_backend.outbox.bounces import list_bounces
from auth_backend.resets.not_me.models import ToldEvent
from auth_backend.services import Services
from httpkit.clock import iso

REPORTS_FOR = timedelta(days=30)


async def bounces(services: Services, *, limit: int) -> list[str]:
    """One line a marked destination: when, channel, reason, whose. No address: the user's id leads to it."""
    async with services.sessions.begin() as session:
        found = await list_bounces(session, limit=limit)
    return [
        "\t".join((str(iso(row.bounced_at)), row.channel.value, row.reason, user.id if user is not None else "-"))
        for row, user in found
    ]


async def reports(services: Services) -> list[str]:
    """One line a user whose change was reported in 30 days: when, until when a person writes, whose, references.

    The user's id leads to the person; no address stands here.
    """
    since, hours = services.now() - REPORTS_FOR, services.settings.support_hours
    async with services.sessions.begin() as session:
        users = await session.scalars(select(User).where(User.disputed_at > since).order_by(User.disputed_at))
        lines = []
        for user in users:
            assert user.disputed_at is not None
            told = select(ToldEvent.reference).where(ToldEvent.user_id == user.id, ToldEvent.stopped_at > since)
            references = ",".join(sorted(set(await session.scalars(told)))) or "-"
            due = iso(hours.answer_by(user.disputed_at)) if hours is not None else "-"
            lines.append("\t".join((str(iso(user.disputed_at)), str(due), user.id, references)))
    return lines
