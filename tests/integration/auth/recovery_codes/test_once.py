"""Sixteen at once, on both databases: a recovery code opens one door; guesses are counted before they are judged."""

import asyncio

import aiohttp
import pytest

from auth_backend.audit.models import AuditEvent
from auth_backend.audit.tags import Tag
from auth_backend.login.models import LoginSession, SessionLevel
from tests.integration.auth.factors.ways import ANA
from tests.integration.auth.recovery_codes.test_use import USE, WRONG, at_second_step, live, with_codes
from tests.support.auth_site import Forms, Site, Visitor

RACERS = 16


@pytest.fixture
async def codes(site: Site) -> list[str]:
    """Ana's."""
    await site.user(ANA, account=await site.account())
    return await with_codes(site, await site.visitor())


@pytest.mark.slow
async def test_sixteen_times_the_same_code(site: Site, codes: list[str]) -> None:
    """Four sign-ins, four requests each: one gets in."""
    racers = [await at_second_step(site) for _ in range(4)]

    async def one(visitor: Visitor) -> int:
        form = {**Forms(visitor.page.html).forms[USE], "recovery_code": codes[0]}
        answer: aiohttp.ClientResponse = await visitor.client.post(
            USE, data=form, headers=visitor.headers, allow_redirects=False
        )
        await answer.read()
        return answer.status

    await asyncio.gather(*(one(visitor) for visitor in racers * (RACERS // 4)))
    won = await site.rows(
        LoginSession, LoginSession.second_step == "recovery_code", LoginSession.level == SessionLevel.FULL
    )
    assert len(won) == 1
    assert await live(site) == 9
    assert len(await site.rows(AuditEvent, AuditEvent.tag == Tag.RECOVERY_CODE_USED.value)) == 1


@pytest.mark.slow
async def test_guesses_at_once_are_all_counted(site: Site, codes: list[str]) -> None:
    """Sixteen wrong ones from one session: each counted before it is looked at, most not looked at at all."""
    visitor = await at_second_step(site)
    form = {**Forms(visitor.page.html).forms[USE], "recovery_code": WRONG}

    async def one() -> int:
        answer = await visitor.client.post(USE, data=form, headers=visitor.headers, allow_redirects=False)
        await answer.read()
        return answer.status

    statuses = await asyncio.gather(*(one() for _ in range(RACERS)))
    assert sorted(set(statuses)) == [422, 429]
    assert statuses.count(422) == 5
    assert await live(site) == len(codes)
