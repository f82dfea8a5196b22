"""Who hears of a member's request and of what became of it."""

from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.models import User
from auth_backend.approvals.reasons import reason_words
from auth_backend.outbox.mails import MailKind
from auth_backend.outbox.notices import notify_user
from auth_backend.resets.links import STATUS_FOR, issue_link
from auth_backend.resets.models import LinkPower, Reset
from auth_backend.resets.policy import Reason
from auth_backend.services import Services

REQUESTS = "/account/requests"


async def tell_asked(
    session: AsyncSession, services: Services, reset: Reset, member: User, owner: User, *, reason: Reason, now: datetime
) -> None:
    """The owner: who asks, why and until when to decide, with a link to the page, which needs their sign-in.

    The member: that it was asked in their name, and how to stop it.
    """
    assert reset.owner_may_decide_until is not None
    await notify_user(
        session,
        services,
        owner,
        MailKind.OWNER_ASKED,
        now=now,
        member=member.name,
        member_address=member.email,
        reason=reason_words(reason, owner.language),
        reference=reset.reference,
        until=reset.owner_may_decide_until,
        requests_url=f"{services.settings.public_url}{REQUESTS}",
    )
    status = await issue_link(session, services, reset, LinkPower.STATUS, now=now, expires_at=now + STATUS_FOR)
    cancel = await issue_link(session, services, reset, LinkPower.CANCEL, now=now, expires_at=now + STATUS_FOR)
    await notify_user(
        session,
        services,
        member,
        MailKind.REQUEST_PASSED_ON,
        now=now,
        reference=reset.reference,
        until=reset.owner_may_decide_until,
        status_url=status.url,
        cancel_url=cancel.url,
    )


async def tell_approved(
    session: AsyncSession, services: Services, reset: Reset, member: User, owner: User, *, now: datetime
) -> None:
    """The owner hears what was approved in their name; the member hears of the reset itself, as always."""
    kind = MailKind.OWNER_APPROVED
    await notify_user(session, services, owner, kind, now=now, member=member.name, reference=reset.reference)


async def tell_refused(session: AsyncSession, services: Services, reset: Reset, member: User, *, now: datetime) -> None:
    """The member, that the owner said no."""
    await notify_user(session, services, member, MailKind.REQUEST_REFUSED, now=now, reference=reset.reference)


async def tell_unanswered(
    session: AsyncSession, services: Services, reset: Reset, member: User, *, now: datetime
) -> None:
    """The member, that the owner didn't decide in time."""
    await notify_user(session, services, member, MailKind.REQUEST_UNANSWERED, now=now, reference=reset.reference)
