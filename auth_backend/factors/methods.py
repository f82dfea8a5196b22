"""Which method serves which kind of factor, and judging a typed code against whatever a user has."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.factors.app_method import AppMethod, refuse_any, send_nothing
from auth_backend.factors.base import Challenge, CodeSent, FactorAccepted, FactorRefused, Judged, Method, Sent, Shown
from auth_backend.factors.models import FactorKind
from auth_backend.factors.queries import primary_factors
from auth_backend.factors.sms_method import SmsMethod
from auth_backend.services import Services

METHODS: dict[FactorKind, Method] = {FactorKind.APP: AppMethod(), FactorKind.SMS: SmsMethod()}


async def send_to_live_factors(
    session: AsyncSession, services: Services, challenge: Challenge, *, now: datetime
) -> Sent:
    """Sends a code by each live factor that sends any; the answer is that of the last.

    Without any it is counted and answered alike: whoever asks for a forgotten password has shown the mailbox alone.
    """
    factors = await primary_factors(session, challenge.user.id)
    if not factors:
        return await send_nothing(session, services, challenge, challenge.user.id, now=now)
    sent: Sent = CodeSent(now)
    for factor in factors:
        sent = await METHODS[factor.kind].send(session, services, challenge, factor, now=now)
    return sent


@dataclass(frozen=True)
class TypedCode:
    """Six digits that somebody typed."""

    digits: str = field(repr=False)

    async def judge(self, session: AsyncSession, services: Services, challenge: Challenge, *, now: datetime) -> Judged:
        """Judges them against the live factors of the locked user; the first that accepts them burns them."""
        factors = await primary_factors(session, challenge.user.id)
        if not factors:
            return await refuse_any(session, challenge, now=now)
        answer: Judged = FactorRefused()
        for factor in factors:
            verdict = await METHODS[factor.kind].verify(session, services, challenge, factor, self.digits, now=now)
            if isinstance(verdict, FactorAccepted):
                return Shown(factor)
            answer = verdict
        return answer
