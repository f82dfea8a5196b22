"""A forgotten password: a mailed code, and a recovery code at once or a factor after a day; neutral until proven."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update

from auth_backend.accounts.models import EnrolmentState, EnrolReason, User
from auth_backend.audit.models import AuditEvent
from auth_backend.forgotten_password.models import ForgottenPassword
from auth_backend.forgotten_password.requests import end_requests
from auth_backend.limits.models import FailureCounter
from auth_backend.login.models import LoginSession
from auth_backend.outbox.models import OutboxMessage
from auth_backend.recovery_codes.models import CodeStatus, RecoveryCode
from auth_backend.resets.models import ResetState
from tests.integration.auth.factors.ways import ANA, PASSWORD, PHONE, ask_sms, put_away, to_methods
from tests.integration.auth.sign_in_data.people import reset_of
from tests.support.auth_site import Forms, Site, Visitor

FORGOT = "/login/forgot"
NEW = "eleven quiet lamps"
WRITTEN: tuple[type[Any], ...] = (ForgottenPassword, OutboxMessage, AuditEvent, FailureCounter)
WRONG = "00000-00000-00000"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Nothing here but the race depends on the kind of database."""
    return sqlite_url


@pytest.fixture
async def codes(site: Site) -> list[str]:
    """Ana's recovery codes; she has SMS."""
    await site.user(ANA, account=await site.account())
    visitor = await site.visitor()
    await to_methods(site, visitor)
    await ask_sms(visitor, PHONE)
    await visitor.submit("/enrol/sms/code", code=await site.code_for(PHONE))
    shown = await put_away(visitor)
    site.later(seconds=90)
    return shown


async def to_second_half(site: Site, email: str = ANA) -> Visitor:
    """A strange browser that showed the mailed code."""
    visitor = await site.visitor()
    await visitor.open(FORGOT)
    await visitor.submit(FORGOT, email=email)
    await visitor.submit(f"{FORGOT}/mail", code=await site.code_for(ANA))
    assert "One thing more" in visitor.page, visitor.page.html
    return visitor


async def epoch(site: Site) -> int:
    """How often the password was changed."""
    return (await site.rows(User, User.email == ANA))[0].password_epoch


async def test_a_recovery_code_counts_at_once(site: Site, codes: list[str]) -> None:
    visitor = await to_second_half(site)
    await visitor.submit(f"{FORGOT}/recovery-code", recovery_code=codes[0])
    page = await visitor.submit(f"{FORGOT}/password", new_password=NEW)
    assert (page.path, "Your password was changed" in page) == ("/login", True)
    assert await epoch(site) == 1
    assert await site.rows(LoginSession, LoginSession.ended_at.is_(None)) == []
    assert sum("was changed on" in mail.text for mail in await site.outbox(ANA)) == 1
    assert sum("password of a sign-in" in sms.text for sms in await site.outbox(PHONE)) == 1
    assert (await visitor.sign_in(ANA, PASSWORD)).status == 422
    assert (await visitor.sign_in(ANA, NEW)).path == "/login/second-step"
    assert len(await site.rows(RecoveryCode, RecoveryCode.status == CodeStatus.USED)) == 1
    assert "Forgotten your password?" in await visitor.open(FORGOT), "it is over"


async def test_a_factor_waits_a_day_and_every_channel_hears_of_it(site: Site, codes: list[str]) -> None:
    visitor = await to_second_half(site)
    await visitor.submit(f"{FORGOT}/code/send")
    await visitor.submit(f"{FORGOT}/code", code=await site.code_for(PHONE))
    assert "Now we wait" in visitor.page
    assert any("Somebody asked for a new password" in mail.subject for mail in await site.outbox(ANA))
    assert any("new password was asked" in sms.text for sms in await site.outbox(PHONE))
    csrf = Forms((await (await site.visitor()).open(FORGOT)).html).forms[FORGOT]["csrf"]
    site.later(hours=23, minutes=59)
    await visitor.open(FORGOT)
    await visitor.post(f"{FORGOT}/password", csrf=csrf, new_password=NEW)
    assert await epoch(site) == 0
    site.later(minutes=1)
    await visitor.open(FORGOT)
    await visitor.submit(f"{FORGOT}/password", new_password=NEW)
    assert await epoch(site) == 1
    assert len(codes) == 10


@pytest.mark.parametrize("meanwhile", ["signed_in", "reset", "factors", "frozen"])
async def test_what_happens_meanwhile_ends_or_holds_it(site: Site, codes: list[str], meanwhile: str) -> None:
    visitor = await to_second_half(site)
    await visitor.submit(f"{FORGOT}/code/send")
    await visitor.submit(f"{FORGOT}/code", code=await site.code_for(PHONE))
    (ana,) = await site.rows(User)
    changes = {"factors": {"factor_epoch": 9}, "frozen": {"frozen_until": site.clock() + timedelta(days=3)}}
    if meanwhile == "signed_in":
        await (await site.visitor()).sign_in(ANA)
    elif meanwhile == "reset":
        async with site.services.sessions.begin() as session:
            await end_requests(session, ana.id, "reset", now=site.clock())
    else:
        async with site.services.sessions.begin() as session:
            await session.execute(update(User).values(**changes[meanwhile]))
    site.later(days=1)
    await visitor.open(FORGOT)
    if f"{FORGOT}/password" in Forms(visitor.page.html).forms:
        page = await visitor.submit(f"{FORGOT}/password", new_password=NEW)
        assert page.status == 409
        assert ("on hold" in page) is (meanwhile == "frozen")
    else:
        assert "Your request is over" in visitor.page
    assert await epoch(site) == 0
    assert codes


async def test_unknown_addresses_take_the_same_way_with_the_same_writes(site: Site, codes: list[str]) -> None:
    """The same words, statuses and rows; the desk looks like nobody too."""
    await site.user("sofia@desk.example")
    pages, rows = [], []
    for email in (ANA, "nobody@acme.example", "sofia@desk.example"):
        before = [len(await site.rows(model)) for model in WRITTEN]
        visitor = await site.visitor()
        await visitor.open(FORGOT)
        await visitor.submit(FORGOT, email=email)
        asked = visitor.page.html.replace(visitor.csrf, "").replace(email, "")
        wrong = await visitor.submit(f"{FORGOT}/mail", code="000000")
        after = [len(await site.rows(model)) for model in WRITTEN]
        pages.append((asked, wrong.status, wrong.html.replace(visitor.csrf, "").replace(email, "")))
        rows.append([new - old for new, old in zip(after, before, strict=True)])
    assert pages[0] == pages[1] == pages[2]
    assert rows[0] == rows[1] == rows[2]
    assert await site.outbox("nobody@acme.example") == await site.outbox("sofia@desk.example") == []
    assert codes


async def test_wrong_halves_are_counted_apart_from_sign_in(site: Site, codes: list[str]) -> None:
    visitor = await to_second_half(site)
    for _ in range(5):
        assert (await visitor.submit(f"{FORGOT}/recovery-code", recovery_code=WRONG)).status == 422
    assert (await visitor.submit(f"{FORGOT}/recovery-code", recovery_code=codes[0])).status == 429
    buckets = {row.bucket for row in await site.rows(FailureCounter, FailureCounter.bucket.like("code:recovery%"))}
    assert buckets == {"code:recovery_code:forgotten:anonymous"}
    site.later(seconds=3)
    assert "A new password" in await visitor.submit(f"{FORGOT}/recovery-code", recovery_code=codes[0])


async def test_what_came_with_a_reset_is_no_half(site: Site, codes: list[str]) -> None:
    """And is not used up."""
    await reset_of(site, ResetState.ENROLLED, executed_ago=timedelta(minutes=30))
    visitor = await to_second_half(site)
    page = await visitor.submit(f"{FORGOT}/recovery-code", recovery_code=codes[0])
    assert (page.status, "reset of the last 7 days" in page) == (422, True)
    await visitor.submit(f"{FORGOT}/code/send")
    assert (await visitor.submit(f"{FORGOT}/code", code=await site.code_for(PHONE))).status == 422
    assert len(await site.rows(RecoveryCode, RecoveryCode.status == CodeStatus.LIVE)) == 10


async def test_who_has_to_enrol_uses_up_no_code(site: Site, codes: list[str]) -> None:
    """After "this was not me" older codes are live while nothing else is: they are no half then, and stay good."""
    visitor = await to_second_half(site)
    async with site.services.sessions.begin() as session:
        await session.execute(update(User).values(state=EnrolmentState.MUST_ENROL, enrol_reason=EnrolReason.RESET))
    assert (await visitor.submit(f"{FORGOT}/recovery-code", recovery_code=codes[0])).status == 422
    assert len(await site.rows(RecoveryCode, RecoveryCode.status == CodeStatus.LIVE)) == 10
    assert await epoch(site) == 0


async def test_no_step_is_skipped_and_no_other_browser_goes_on(site: Site, codes: list[str]) -> None:
    visitor, thief = await site.visitor(), await site.visitor()
    await visitor.open(FORGOT)
    await visitor.submit(FORGOT, email=ANA)
    for path, fields in (("recovery-code", {"recovery_code": codes[0]}), ("password", {"new_password": NEW})):
        await visitor.post(f"{FORGOT}/{path}", csrf=visitor.csrf, **fields)
    await thief.open(FORGOT)
    await thief.post(f"{FORGOT}/mail", csrf=thief.csrf, code=await site.code_for(ANA))
    assert "Forgotten your password?" in thief.page
    assert await epoch(site) == 0
    assert len(await site.rows(RecoveryCode, RecoveryCode.status == CodeStatus.LIVE)) == 10


async def test_mails_are_limited_and_the_chats_codes_have_another_budget(site: Site, codes: list[str]) -> None:
    """Three unused codes in a day are enough for one address, whoever asks for it from strange browsers."""
    for _ in range(3):
        visitor = await site.visitor()
        await visitor.open(FORGOT)
        assert (await visitor.submit(FORGOT, email=ANA)).status == 200
        site.later(seconds=61)
    visitor = await site.visitor()
    await visitor.open(FORGOT)
    assert (await visitor.submit(FORGOT, email=ANA)).status == 429
    assert codes


async def test_sixteen_times_the_last_press(site: Site, codes: list[str]) -> None:
    """One password is stored, one mail leaves."""
    visitor = await to_second_half(site)
    await visitor.submit(f"{FORGOT}/recovery-code", recovery_code=codes[0])
    form = {**Forms(visitor.page.html).forms[f"{FORGOT}/password"], "new_password": NEW}

    async def press() -> None:
        answer = await visitor.client.post(f"{FORGOT}/password", data=form, allow_redirects=False)
        await answer.read()

    await asyncio.gather(*(press() for _ in range(16)))
    assert await epoch(site) == 1
    assert sum("was changed on" in mail.text for mail in await site.outbox(ANA)) == 1
