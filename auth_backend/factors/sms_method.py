"""Codes by SMS as a second factor."""

from datetime import datetime

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.audit.service import record
from auth_backend.audit.tags import Tag
from auth_backend.codes.accept import CodeAccepted, CodeThrottled, CodeWrong, accept_code, failure_bucket
from auth_backend.codes.issue import issue_code
from auth_backend.codes.models import CodePurpose
from auth_backend.db import new_id
from auth_backend.factors.base import (
    Challenge,
    CodeNotSent,
    CodeSent,
    FactorAccepted,
    FactorRefused,
    FactorThrottled,
    Occasion,
    Sent,
    Verdict,
)
from auth_backend.factors.models import Factor, FactorKind, FactorStatus
from auth_backend.factors.phones import Phone, country_of
from auth_backend.limits.destinations import named_by_anybody, of_holder
from auth_backend.limits.failures import record_failure, standing_of
from auth_backend.limits.policy import CODE_FAILURES_TO_LOCK
from auth_backend.limits.sendings import SendingHeld, SendingRefused, SmsCeilings, ask_to_send
from auth_backend.outbox.codes import send_sms_code
from auth_backend.services import Services

log = structlog.get_logger("sms")

PURPOSES = {
    Occasion.LOGIN: CodePurpose.LOGIN_SMS,
    Occasion.STEP_UP: CodePurpose.STEP_UP_SMS,
    Occasion.ENROL: CodePurpose.ENROL_SMS,
    Occasion.FORGOTTEN: CodePurpose.FORGOTTEN_SMS,
    Occasion.UNDO: CodePurpose.UNDO_SMS,
}


class SmsMethod:
    """Six digits to a phone."""

    async def send(
        self, session: AsyncSession, services: Services, challenge: Challenge, factor: Factor, *, now: datetime
    ) -> Sent:
        """Sends a code that replaces the last one of this binding.

        At sign-in a ceiling is answered like a sending: whoever has just the password learns no method from it. The
        page tells everybody that SMS are held back (`sms_held_until`).
        """
        assert factor.phone is not None
        settings, user, purpose = services.settings, challenge.user, PURPOSES[challenge.occasion]
        # A number that is not confirmed may be anybody's.
        share = named_by_anybody if factor.status is FactorStatus.PENDING else of_holder
        judged = await ask_to_send(
            session,
            subject=challenge.subject,
            channel="sms",
            caller=challenge.caller,
            destination=share(services.keys, factor.phone),
            country=country_of(factor.phone),
            ceilings=SmsCeilings(settings.sms_daily_ceiling, settings.sms_daily_ceiling_per_country),
            now=now,
        )
        if isinstance(judged, SendingRefused):
            return CodeNotSent(judged.until)
        if isinstance(judged, SendingHeld):
            if judged.first:
                await _tell_operator(session, services, judged.scope, now=now)
            at_sign_in = challenge.occasion is Occasion.LOGIN
            return CodeSent(judged.next_at) if at_sign_in else CodeNotSent(judged.until, held=True)
        issued = await issue_code(
            session,
            services.keys,
            subject=challenge.subject,
            user_id=user.id,
            purpose=purpose,
            binding=challenge.binding,
            caller=challenge.caller,
            now=now,
        )
        await send_sms_code(
            session,
            services,
            phone=factor.phone,
            code=issued.code,
            purpose=purpose,
            language=user.language,
            now=now,
        )
        return CodeSent(judged.next_at)

    async def verify(
        self,
        session: AsyncSession,
        services: Services,
        challenge: Challenge,
        factor: Factor,
        code: str,
        *,
        now: datetime,
    ) -> Verdict:
        """Judges a code that was sent.

        A code that is spent, old or was never sent is a failure too: whoever guesses is slowed exactly as with an app,
        and can't tell the two apart.
        """
        assert factor.kind is FactorKind.SMS
        purpose = PURPOSES[challenge.occasion]
        bucket = failure_bucket(purpose, challenge.caller)
        before = await standing_of(session, challenge.subject, bucket, now=now)
        if before.blocked_until is not None and before.blocks(now):
            return FactorThrottled(before.blocked_until)
        outcome = await accept_code(
            session,
            services.keys,
            purpose=purpose,
            binding=challenge.binding,
            code=code,
            caller=challenge.caller,
            now=now,
        )
        if isinstance(outcome, CodeAccepted):
            return FactorAccepted()
        if isinstance(outcome, CodeThrottled):
            return FactorThrottled(outcome.until)
        after = await standing_of(session, challenge.subject, bucket, now=now)
        if not isinstance(outcome, CodeWrong) and after.in_window == before.in_window:
            after = await record_failure(session, challenge.subject, bucket, now=now, lock_at=CODE_FAILURES_TO_LOCK)
        return FactorRefused(locked_now=after.in_window == CODE_FAILURES_TO_LOCK)


async def _tell_operator(session: AsyncSession, services: Services, scope: str, *, now: datetime) -> None:
    """One line in the log and one in the record an hour, for each ceiling that is reached."""
    log.error("SMS ceiling reached: codes by SMS are held back", scope=scope)
    data = {"scope": scope}
    await record(session, services.keys, Tag.SMS_CEILING_REACHED, now=now, actor="sms", data=data)


def new_sms_factor(user_id: str, phone: Phone, *, now: datetime) -> Factor:
    """A pending factor, not added to any session."""
    return Factor(
        id=new_id(),
        user_id=user_id,
        kind=FactorKind.SMS,
        status=FactorStatus.PENDING,
        phone=phone.e164,
        created_at=now,
    )
