"""A code opens one door, once: replays, sixteen at a time, from enrolment, across sessions."""

import asyncio

import aiohttp

from auth_backend.codes.models import CodePurpose, OneTimeCode
from auth_backend.factors.models import Factor
from auth_backend.login.models import LoginSession, SessionLevel
from tests.integration.auth.factors.ways import ANA, PHONE, ask_sms, enrol_app, enrol_sms, to_methods
from tests.support.auth_site import Forms, Site, Visitor, key_on

RACERS = 16


async def race(visitors: list[Visitor], action: str, **fields: str) -> list[int]:
    """Sends the same form from all of them at once; the statuses of the direct answers."""

    async def one(visitor: Visitor) -> int:
        form = {**Forms(visitor.page.html).forms[action], **fields}
        answer: aiohttp.ClientResponse = await visitor.client.post(
            action, data=form, headers=visitor.headers, allow_redirects=False
        )
        await answer.read()
        return answer.status

    return list(await asyncio.gather(*(one(visitor) for visitor in visitors)))


async def full_sessions(site: Site, level: SessionLevel = SessionLevel.FULL) -> int:
    """How many sessions of a level are open."""
    return len(await site.rows(LoginSession, LoginSession.level == level, LoginSession.ended_at.is_(None)))


async def test_code_that_confirmed_enrolment_opens_no_sign_in(site: Site) -> None:
    """The step is burnt by the confirmation already."""
    await site.user(ANA, account=await site.account())
    visitor, thief = await site.visitor(), await site.visitor()
    await to_methods(site, visitor)
    await visitor.submit("/enrol/method", method="app")
    code = site.totp(key_on(visitor.page))
    await visitor.submit("/enrol/app", code=code)
    await thief.sign_in(ANA)
    assert (await thief.submit("/login/second-step", code=code)).status == 422
    assert await full_sessions(site) == 1


async def test_app_code_is_used_up_by_another_session_and_by_step_up(site: Site) -> None:
    """One step, one success, whichever page it was typed on."""
    await site.user(ANA, account=await site.account())
    visitor, thief = await site.visitor(), await site.visitor()
    key = await enrol_app(site, visitor)
    await thief.sign_in(ANA)
    await visitor.open("/login/step-up?next=/account/security")
    code = site.totp(key)
    assert (await visitor.submit("/login/step-up", code=code)).path == "/account/security"
    assert (await thief.submit("/login/second-step", code=code)).status == 422
    site.later(seconds=30)
    assert (await thief.submit("/login/second-step", code=code)).status == 422


async def test_sixteen_sessions_with_one_app_code(site: Site) -> None:
    """Sixteen browsers, sixteen sign-ins, one code: one of them gets in."""
    await site.user(ANA, account=await site.account())
    key = await enrol_app(site, await site.visitor())
    racers = [await site.visitor() for _ in range(4)]
    for racer in racers:
        await racer.sign_in(ANA)
    statuses = await race(racers * (RACERS // 4), "/login/second-step", code=site.totp(key))
    assert await full_sessions(site) == 2  # the one from enrolment, and the winner
    (factor,) = await site.rows(Factor)
    assert factor.last_step == int(site.clock().timestamp()) // 30
    assert set(statuses) <= {303, 403, 422, 429}  # 403: the form of a session that is over


async def test_sixteen_times_the_same_sms_code(site: Site) -> None:
    """One session, sixteen requests."""
    await site.user(ANA, account=await site.account())
    await enrol_sms(site, await site.visitor())
    visitor = await site.visitor()
    await visitor.sign_in(ANA)
    await race([visitor] * RACERS, "/login/second-step", code=await site.code_for(PHONE))
    assert await full_sessions(site) == 2
    used = await site.rows(OneTimeCode, OneTimeCode.purpose == CodePurpose.LOGIN_SMS, OneTimeCode.end_reason == "used")
    assert len(used) == 1


async def test_sixteen_times_the_same_mailed_code(site: Site) -> None:
    """The same by e-mail."""
    await site.user(ANA, account=await site.account())
    await enrol_app(site, await site.visitor())
    visitor = await site.visitor()
    await visitor.sign_in(ANA)
    await visitor.submit("/login/methods")
    await race([visitor] * RACERS, "/login/methods", code=await site.code_for(ANA))
    assert await full_sessions(site, SessionLevel.FULL_EMAIL) == 1


async def test_sixteen_confirmations_of_one_enrolment(site: Site) -> None:
    """One live factor, one session."""
    await site.user(ANA, account=await site.account())
    visitor = await site.visitor()
    await to_methods(site, visitor)
    await ask_sms(visitor, PHONE)
    await race([visitor] * RACERS, "/enrol/sms/code", code=await site.code_for(PHONE))
    assert len(await site.rows(Factor)) == 1
    assert await full_sessions(site) == 1
    assert sum("second factor was set up" in mail.text for mail in await site.outbox(ANA)) == 1


async def test_codes_of_another_session_or_purpose_are_worth_nothing(site: Site) -> None:
    """Bound to session and purpose."""
    account = await site.account()
    await site.user(ANA, account=account)
    await enrol_sms(site, await site.visitor())
    first, second = await site.visitor(), await site.visitor()
    await first.sign_in(ANA)
    code = await site.code_for(PHONE)
    site.later(seconds=61)
    await second.sign_in(ANA)
    assert (await second.submit("/login/second-step", code=code)).status == 422
    await first.submit("/login/methods")
    assert (await first.submit("/login/methods", code=code)).status == 422
    mailed = await site.code_for(ANA)
    await first.open("/login/second-step")
    assert (await first.submit("/login/second-step", code=mailed)).status == 422
    assert await full_sessions(site) == 1
