"""A number belongs to one user of all accounts, and only who holds the phone learns it (A7)."""

import asyncio
import re
from collections.abc import Awaitable, Callable

from sqlalchemy import select

from auth_backend.accounts.models import EnrolmentState, User
from auth_backend.audit.models import AuditEvent
from auth_backend.audit.tags import Tag
from auth_backend.factors.models import Factor, FactorStatus
from tests.integration.auth.factors.ways import ANA, CODES, PHONE, ask_sms, enrol_sms, to_methods
from tests.support.auth_site import Forms, Site

CARLA = "carla@globex.example"
TAKEN = "This number can&#39;t be used here"


async def test_taken_number_is_refused_after_its_code_only(site: Site) -> None:
    """Typing the number tells nothing; the holder keeps it and is told."""
    await site.user(ANA, account=await site.account())
    await site.user(CARLA, account=await site.account("Globex"))
    await enrol_sms(site, await site.visitor())
    visitor = await site.visitor()
    await to_methods(site, visitor, CARLA)
    assert (await ask_sms(visitor, "(11) 98888 7788")).path == "/enrol/sms/code"
    page = await visitor.submit("/enrol/sms/code", code=await site.code_for(PHONE))
    assert (page.status, TAKEN in page) == (422, True)
    assert 'value="+55 11 98888-7788"' in page, "what was typed stays"
    (live,) = await site.rows(Factor)
    assert (live.status, live.phone) == (FactorStatus.LIVE, PHONE)
    assert any("your number ending in 88" in mail.text for mail in await site.outbox(ANA))
    assert len(await site.rows(AuditEvent, AuditEvent.tag == Tag.PHONE_TAKEN.value)) == 1
    assert (await visitor.open("/account/security")).path == "/enrol"


async def two_with_the_code(site: Site) -> Callable[[int], Awaitable[str]]:
    """Ana and Carla hold the right code for one number, typed in two formats; what either's form leads to."""
    await site.user(ANA, account=await site.account())
    await site.user(CARLA, account=await site.account("Globex"))
    people = {ANA: "+55 11 98888-7788", CARLA: "011988887788"}
    visitors, codes = [], []
    for email, typed in people.items():
        visitor = await site.visitor()
        await to_methods(site, visitor, email)
        await ask_sms(visitor, typed)
        visitors.append(visitor)
        codes.append(await site.code_for(PHONE))
        site.later(seconds=61)

    async def confirm(number: int) -> str:
        visitor = visitors[number]
        form = {**Forms(visitor.page.html).forms["/enrol/sms/code"], "code": codes[number]}
        return (await visitor.post("/enrol/sms/code", **form)).path

    return confirm


async def test_two_simultaneous_claims_in_two_formats(site: Site) -> None:
    """Both hold the right code; the database lets one in."""
    confirm = await two_with_the_code(site)
    paths = await asyncio.gather(confirm(0), confirm(1))
    assert sorted(paths) == [CODES, "/enrol/sms/code"]
    (live,) = await site.rows(Factor, Factor.status == FactorStatus.LIVE)
    assert live.phone == PHONE
    winner = ANA if paths[0] == CODES else CARLA
    assert any("your number ending in 88" in mail.text for mail in await site.outbox(winner))


async def test_sixteen_claims_of_one_number_by_two_people(site: Site) -> None:
    confirm = await two_with_the_code(site)
    await asyncio.gather(*(confirm(number % 2) for number in range(16)))
    (live,) = await site.rows(Factor, Factor.status == FactorStatus.LIVE)
    assert live.phone == PHONE
    enrolled = await site.rows(User, User.state == EnrolmentState.ENROLLED)
    assert [user.id for user in enrolled] == [live.user_id]


async def test_freed_number_can_be_used_again(site: Site) -> None:
    """Revoked rows don't hold a number."""
    await site.user(ANA, account=await site.account())
    await site.user(CARLA, account=await site.account("Globex"))
    await enrol_sms(site, await site.visitor())
    async with site.services.sessions.begin() as session:
        for factor in await session.scalars(select(Factor)):
            factor.status, factor.revoked_at = FactorStatus.REVOKED, site.clock()
    visitor = await site.visitor()
    await enrol_sms(site, visitor, CARLA)
    assert visitor.page.path == "/account/security"


async def test_countries_and_landlines_are_refused_beside_the_field(site: Site) -> None:
    """What was typed stays in the form."""
    await site.user(ANA, account=await site.account())
    visitor = await site.visitor()
    await to_methods(site, visitor)
    page = await ask_sms(visitor, "11 3333-4444")
    assert (page.status, 'value="11 3333-4444"' in page, 'id="f-phone-error"' in page) == (422, True, True)
    assert re.search(r'<option value="BR"[^>]* selected>', page.html)
    assert await site.rows(Factor) == []


async def test_second_press_doesnt_spoil_the_code_on_its_way(site: Site) -> None:
    """The same number again within a minute leads on to the field; another number waits."""
    await site.user(ANA, account=await site.account())
    visitor = await site.visitor()
    await to_methods(site, visitor)
    await ask_sms(visitor, PHONE)
    code = await site.code_for(PHONE)
    await visitor.open("/enrol/sms")
    assert (await visitor.submit("/enrol/sms", phone_country="BR", phone="11988887788")).path == "/enrol/sms/code"
    await visitor.open("/enrol/sms")
    assert (await visitor.submit("/enrol/sms", phone_country="BR", phone="11977776666")).status == 429
    await visitor.open("/enrol/sms/code")
    assert (await visitor.submit("/enrol/sms/code", code=code)).path == CODES
    assert len(await site.outbox(PHONE)) == 1
