"""Codes mailed to the registered address: an alternative at later sign-ins (A8), and what enrolment asks first."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.models import EnrolmentState, User, UserKind
from auth_backend.codes.issue import issue_code
from auth_backend.codes.models import CodePurpose, OneTimeCode
from auth_backend.factors.base import Challenge, CodeNotSent, CodeSent, Occasion, Sent
from auth_backend.limits.destinations import of_holder
from auth_backend.limits.sendings import SendingRefused, ask_to_send
from auth_backend.outbox.codes import send_mailed_code
from auth_backend.services import Services

PURPOSES = {Occasion.LOGIN: CodePurpose.LOGIN_EMAIL, Occasion.ENROL: CodePurpose.ENROL_EMAIL}
"""There is none for step-up: a mailed code never is one."""


def mail_is_second_step(user: User) -> bool:
    """Whether a mailed code may be the second step: once app or SMS was activated (A8), and never at the desk."""
    return user.state is EnrolmentState.ENROLLED and user.kind is not UserKind.DESK


async def mail_code(session: AsyncSession, services: Services, challenge: Challenge, *, now: datetime) -> Sent:
    """Mails a code to the address on file.

    Where a mailed code is no second step, all is written and answered alike, but nothing leaves and no code is right.
    """
    user, purpose = challenge.user, PURPOSES[challenge.occasion]
    judged = await ask_to_send(
        session,
        subject=challenge.subject,
        channel="email",
        caller=challenge.caller,
        destination=of_holder(services.keys, user.email),
        now=now,
    )
    if isinstance(judged, SendingRefused):
        return CodeNotSent(judged.until)
    leaves = challenge.occasion is Occasion.ENROL or mail_is_second_step(user)
    issued = await issue_code(
        session,
        services.keys,
        subject=challenge.subject,
        user_id=user.id if leaves else None,
        purpose=purpose,
        binding=challenge.binding,
        caller=challenge.caller,
        now=now,
    )
    if leaves:
        await send_mailed_code(
            session,
            services,
            user=user,
            issued=issued,
            purpose=purpose,
            language=user.language,
            ip=challenge.facts.ip,
            user_agent=challenge.facts.user_agent,
            now=now,
        )
    return CodeSent(judged.next_at)


async def awaited_code(
    session: AsyncSession, purpose: CodePurpose, binding: str, *, now: datetime
) -> OneTimeCode | None:
    """The open code of a binding, to tell whether a page shows the field for it."""
    query = select(OneTimeCode).where(
        OneTimeCode.purpose == purpose,
        OneTimeCode.binding == binding,
        OneTimeCode.ended_at.is_(None),
        OneTimeCode.expires_at > now,
    )
    row: OneTimeCode | None = await session.scalar(query.limit(1))
    return row
