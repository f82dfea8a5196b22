"""What a notice's reference does alone, and what [Report] in a code mail does: little, and the same for everybody."""

import re
from datetime import timedelta

from auth_backend.accounts.freeze import frozen
from auth_backend.codes.models import OneTimeCode
from auth_backend.resets.executing.schedule import run_due
from auth_backend.resets.models import Claim, Reset, ResetState
from tests.integration.auth.resets.repudiation_world import OLD_PHONE, executed, scheduled, sign_in_as
from tests.integration.auth.resets.world import ANA, NOBODY, Browser, World

REPORT = re.compile(r"http://localhost:8080(/report/[A-Za-z0-9_-]+)")
DAY = timedelta(hours=24)


async def put_off(world: World, reference: str, *, status: int = 200) -> Browser:
    """Types a reference on /not-me."""
    reader = world.browser()
    await reader.get("/not-me")
    await reader.post("/not-me", {"reference": reference}, status=status)
    return reader


async def test_the_text_message_names_the_page_and_the_reference_but_no_link(world: World) -> None:
    await executed(world)
    sms = (await world.mails(OLD_PHONE, "notice:reset_executed"))[0]
    reset = await world.one(Reset)
    assert reset.reference in sms.text
    assert "localhost:8080/not-me" in sms.text
    assert "http" not in sms.text
    assert len(sms.text) <= 160


async def test_a_waiting_reset_is_put_off_by_a_day_once(world: World) -> None:
    await scheduled(world)
    before = await world.one(Reset)
    for _ in range(3):
        await put_off(world, before.reference.lower())
    after = await world.one(Reset)
    assert after.scheduled_for == before.scheduled_for + DAY
    assert after.state is ResetState.SCHEDULED
    assert frozen(await world.user("ana"), now=world.clock()) is None
    world.clock.advance(DAY)
    assert (await run_due(world.services)).executed == 0
    world.clock.advance(DAY)
    assert (await run_due(world.services)).executed == 1
    assert (await world.tags()).count("reset:put_off") == 1
    assert len(await world.mails(ANA, "notice:reset_put_off")) == 1


async def test_enrolment_after_an_executed_one_is_put_off_by_a_day(world: World) -> None:
    await executed(world)
    await put_off(world, (await world.one(Reset)).reference)
    world.clock.advance(timedelta(minutes=2))
    thief = await sign_in_as(world, "ana")
    assert "Not before tomorrow" in thief.page
    world.clock.advance(DAY)
    ana = await sign_in_as(world, "ana")
    assert "/enrol/mail" in ana.page


async def test_every_reference_is_answered_alike(lite: World) -> None:
    await scheduled(lite)
    known = await put_off(lite, (await lite.one(Reset)).reference)
    unknown = await put_off(lite, "ZZZZZZ")
    again = await put_off(lite, (await lite.one(Reset)).reference)
    assert known.page == unknown.page == again.page
    assert "it is put off by 24 hours, once" in known.page
    await put_off(lite, "no reference", status=422)


async def test_guessing_slows_down_where_it_comes_from(lite: World) -> None:
    await scheduled(lite)
    for guess in range(5):
        await put_off(lite, f"ZZZZZ{guess + 2}")
    slowed = await put_off(lite, "ZZZZZ9", status=429)
    assert "too many tries" in slowed.page
    reference = (await lite.one(Reset)).reference
    await put_off(lite, reference, status=429)
    assert (await lite.one(Reset)).put_off_at is None
    lite.clock.advance(timedelta(minutes=1))
    await put_off(lite, reference)
    assert (await lite.one(Reset)).put_off_at is not None


async def test_a_report_burns_the_code_and_its_claim_and_freezes_nothing(world: World) -> None:
    chat = await world.chat()
    await chat.claim()
    code, mail = await world.mailed_code(ANA), (await world.mails(ANA, "code:"))[-1]
    reader = world.browser()
    path = REPORT.findall(mail.text)[0]
    await reader.get(path)
    await reader.get(path)
    assert (await world.one(OneTimeCode)).ended_at is None
    await reader.post("/report/")
    assert "The code is worthless now" in reader.page
    assert (await world.one(Claim)).end_reason == "reported"
    assert (await chat.code(code))["outcome"] != "accepted"
    assert not await world.rows(Reset)
    assert frozen(await world.user("ana"), now=world.clock()) is None
    assert (await world.tags()).count("code:reported") == 1


async def test_a_report_too_late_says_so(lite: World) -> None:
    chat = await lite.chat()
    await chat.prove_email()
    mail = (await lite.mails(ANA, "code:"))[-1]
    reader = lite.browser()
    await reader.get(REPORT.findall(mail.text)[0])
    assert "The code was used before" in reader.page
    other = await lite.chat()
    lite.clock.advance(timedelta(minutes=2))
    await other.claim()
    mail = (await lite.mails(ANA, "code:"))[-1]
    lite.clock.advance(timedelta(minutes=10))
    await reader.get(REPORT.findall(mail.text)[0])
    assert "too old to be used" in reader.page


async def test_an_address_that_nobody_has_costs_the_same(lite: World) -> None:
    for address in (ANA, NOBODY):
        await (await lite.chat()).claim(address)
    tokens = [row.report_token for row in await lite.rows(OneTimeCode)]
    assert len({len(token) for token in tokens}) == 1
    await lite.browser().get("/report/" + "x" * 43, status=410)


async def try_undo(world: World, reference: str) -> int:
    """A reference and a wrong password on /undo/; the status."""
    reader = world.browser()
    await reader.get("/undo/")
    answer = await reader.post("/undo/", {"reference": reference, "password": "not that one, sorry"}, status=0)
    return answer.status


async def test_tries_do_not_tell_which_references_there_are(lite: World) -> None:
    """A reference that somebody's reset has is counted like one that nobody's has, on both pages."""
    await executed(lite)
    reference = (await lite.one(Reset)).reference
    seen = []
    for fifth in (reference, "ZZZZZ9"):
        statuses = [await try_undo(lite, tried) for tried in ("ZZZZZ2", "ZZZZZ3", "ZZZZZ4", "ZZZZZ5", fifth, "ZZZZZ6")]
        await put_off(lite, fifth, status=429)
        seen.append(statuses)
        lite.clock.advance(timedelta(days=2))
    assert seen == [[422, 422, 422, 422, 422, 429]] * 2


async def test_unknown_references_are_no_one_person_who_can_be_locked_out(lite: World) -> None:
    """However many were tried, by however many: the next one is answered like a known one, after a minute at most."""
    await executed(lite)
    reference = (await lite.one(Reset)).reference
    for number in range(20):
        assert await try_undo(lite, f"ZZZZ{2 + number // 8}{2 + number % 8}") == 422, number
        lite.clock.advance(timedelta(minutes=1))
    assert await try_undo(lite, reference) == 422
    lite.clock.advance(timedelta(minutes=1))
    await put_off(lite, reference)
    assert (await lite.one(Reset)).put_off_at is not None
