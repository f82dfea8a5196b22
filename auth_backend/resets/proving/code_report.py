"""[Report] in a code mail: burns that code and its claim. It freezes nothing, so that nobody is shut out by it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.audit.service import record
from auth_backend.audit.tags import Tag
from auth_backend.codes.models import CodePurpose, OneTimeCode
from auth_backend.crypto import token_hash
from auth_backend.resets.models import Claim
from auth_backend.services import Services


class Report(StrEnum):
    """What a report found."""

    BURNT = "burnt"
    USED = "used"
    """The code was typed before: whatever it opened has its own notice and its own way to stop it."""
    OVER = "over"


async def code_of_report(session: AsyncSession, token: str | None) -> OneTimeCode | None:
    """The code that a report link is about."""
    if not token:
        return None
    query = select(OneTimeCode).where(OneTimeCode.report_token == token_hash(token))
    code: OneTimeCode | None = await session.scalar(query.execution_options(populate_existing=True))
    return code


async def report_code(session: AsyncSession, services: Services, code: OneTimeCode, *, now: datetime) -> Report:
    """Burns an open code and ends the claim that asked for it; the failures counted so far stay."""
    burnt = await session.scalar(
        update(OneTimeCode)
        .where(OneTimeCode.id == code.id, OneTimeCode.ended_at.is_(None))
        .values(ended_at=now, end_reason="reported")
        .returning(OneTimeCode.id)
    )
    if burnt is None:
        await session.refresh(code)
        return standing_of_report(code, now=now) or Report.OVER
    if code.purpose is CodePurpose.RESET_EMAIL:
        await session.execute(
            update(Claim)
            .where(Claim.id == code.binding, Claim.ended_at.is_(None))
            .values(ended_at=now, end_reason="reported")
        )
    await record(
        session,
        services.keys,
        Tag.CODE_REPORTED,
        now=now,
        actor="link",
        user_id=code.user_id,
        data={"code": code.id, "purpose": code.purpose.value},
    )
    return Report.BURNT


def standing_of_report(code: OneTimeCode, *, now: datetime) -> Report | None:
    """How a code stands for who reports it; None: it is open, there is something to burn."""
    if code.end_reason == "used":
        return Report.USED
    if code.end_reason == "reported":
        return Report.BURNT
    return Report.OVER if code.ended_at is not None or now >= code.expires_at else None
