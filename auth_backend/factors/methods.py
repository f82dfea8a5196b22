"""Which method serves which kind of factor, and judging a code against whatever a user has."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.factors.app_method import AppMethod
from auth_backend.factors.base import Challenge, CodeSent, FactorAccepted, FactorRefused, FactorThrottled, Method, Sent
from auth_backend.factors.models import Factor, FactorKind
from auth_backend.factors.queries import live_factors
from auth_backend.factors.sms_method import SmsMethod
from auth_backend.services import Services

METHODS: dict[FactorKind, Method] = {FactorKind.APP: AppMethod(), FactorKind.SMS: SmsMethod()}


@dataclass(frozen=True)
class Shown:
    """A live factor was shown."""

    factor: Factor


async def send_to_live_factors(
    session: AsyncSession, services: Services, challenge: Challenge, *, now: datetime
) -> Sent:
    """Sends a code by each live factor that sends any; the answer is that of the last."""
    sent: Sent = CodeSent(now)
    for factor in await live_factors(session, challenge.user.id):
        sent = await METHODS[factor.kind].send(session, services, challenge, factor, now=now)
    return sent


async def judge_code(
    session: AsyncSession, services: Services, challenge: Challenge, code: str, *, now: datetime
) -> Shown | FactorRefused | FactorThrottled:
    """Judges `code` against the live factors of the locked user; the first that accepts it burns it."""
    answer: FactorRefused | FactorThrottled = FactorRefused()
    for factor in await live_factors(session, challenge.user.id):
        verdict = await METHODS[factor.kind].verify(session, services, challenge, factor, code, now=now)
        if isinstance(verdict, FactorAccepted):
            return Shown(factor)
        answer = verdict
    return answer
