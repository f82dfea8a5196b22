"""Step-up: app, SMS or recovery code once more in a signed-in session, before sign-in data is changed.

A mailed code never is one.
"""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.audit.tags import Tag
from auth_backend.client_facts import ClientFacts
from auth_backend.factors.base import Challenge, FactorRefused, FactorThrottled, Occasion, Presented, Sent, Shown
from auth_backend.factors.methods import send_to_live_factors
from auth_backend.factors.queries import remember_browser
from auth_backend.limits.policy import Caller
from auth_backend.login.live import caller_of, lock_live, raise_level
from auth_backend.login.models import SessionLevel
from auth_backend.login.second_step import SecondStepPassed, SignInOver, record_refusal, record_step
from auth_backend.login.sessions import CurrentSession
from auth_backend.services import Services


async def send_step_up_code(
    session: AsyncSession, services: Services, current: CurrentSession, facts: ClientFacts, *, now: datetime
) -> Sent | SignInOver:
    """Sends the SMS of whoever has SMS."""
    live = await lock_live(session, current, now=now)
    if live is None:
        return SignInOver()
    challenge = await step_up_challenge(session, live, facts, now=now)
    return await send_to_live_factors(session, services, challenge, now=now)


async def take_step_up(
    session: AsyncSession,
    services: Services,
    current: CurrentSession,
    presented: Presented,
    *,
    facts: ClientFacts,
    now: datetime,
) -> SecondStepPassed | FactorRefused | FactorThrottled | SignInOver:
    """Judges a code or a passkey's answer; a right one opens a `full` session with 5 minutes for changes."""
    live = await lock_live(session, current, now=now)
    if live is None:
        return SignInOver()
    challenge = await step_up_challenge(session, live, facts, now=now)
    judged = await presented.judge(session, services, challenge, now=now)
    if not isinstance(judged, Shown):
        await record_refusal(session, services, live, judged, Occasion.STEP_UP, facts=facts, now=now)
        return judged
    factor = judged.factor
    return await pass_step_up(
        session, services, live, kind=factor.kind.value, shown_since=factor.confirmed_at, facts=facts, now=now
    )


async def pass_step_up(
    session: AsyncSession,
    services: Services,
    live: CurrentSession,
    *,
    kind: str,
    shown_since: datetime | None,
    facts: ClientFacts,
    tag: Tag | None = None,
    data: Mapping[str, object] | None = None,
    now: datetime,
) -> SecondStepPassed:
    """What every step-up does once it is right; as `pass_second_step`, for a session that is signed in already."""
    raised = await raise_level(
        session, live, SessionLevel.FULL, facts, second_step=kind, stepped_up=True, shown_since=shown_since, now=now
    )
    await remember_browser(session, live.user.id, facts, now=now)
    if tag is not None:
        await record_step(session, services, live, tag, {**(data or {}), "ip": facts.ip}, now=now)
    step = {"method": kind, "level": raised.level.value, "ip": facts.ip}
    await record_step(session, services, live, Tag.LOGIN_STEP_UP, step, now=now)
    return SecondStepPassed(raised.token)


async def step_up_challenge(
    session: AsyncSession, live: CurrentSession, facts: ClientFacts, *, now: datetime
) -> Challenge:
    """The question of the step-up page, bound to this session."""
    caller = await caller_of(session, live.user, facts, Caller.SIGNED_IN, now=now)
    return Challenge(live.user, Occasion.STEP_UP, f"session:{live.id}", caller, facts)
