"""Changing the password: step-up and the current one; what ends with it, and who hears of it."""

from datetime import timedelta

import pytest

from auth_backend.accounts.models import User
from auth_backend.audit.models import AuditEvent
from auth_backend.audit.tags import Tag
from auth_backend.codes.models import OneTimeCode
from auth_backend.limits.models import FailureCounter
from auth_backend.login.models import RememberedDevice
from auth_backend.resets.models import Reset, ResetState
from tests.integration.auth.factors.ways import ANA, PASSWORD, PHONE
from tests.integration.auth.sign_in_data.people import ana_by_sms, reset_of, step_up
from tests.support.auth_site import Site

PAGE = "/account/security/password"
NEW = "eleven quiet lamps"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Nothing here depends on the kind of database."""
    return sqlite_url


async def test_it_changes_and_everybody_is_told(site: Site) -> None:
    visitor = await ana_by_sms(site)
    await visitor.open(PAGE)
    page = await visitor.submit(PAGE, current_password=PASSWORD, new_password=NEW)
    assert (page.path, "Your password is changed" in page) == ("/account/security", True)
    (user,) = await site.rows(User)
    assert (user.password_epoch, user.password_changed_at) == (1, site.clock())
    assert sum("was changed on" in mail.text for mail in await site.outbox(ANA)) == 1
    assert sum("password of a sign-in" in sms.text for sms in await site.outbox(PHONE)) == 1
    (event,) = await site.rows(AuditEvent, AuditEvent.tag == Tag.PASSWORD_SET.value)
    assert event.data["by"] == "change"
    stranger = await site.visitor()
    assert (await stranger.sign_in(ANA, PASSWORD)).status == 422
    assert (await stranger.sign_in(ANA, NEW)).path == "/login/second-step"


async def test_what_ends_with_the_old_one(site: Site) -> None:
    """Other sessions, remembered devices, codes on their way, resets that are not executed; this session stays."""
    visitor, elsewhere = await ana_by_sms(site), await site.visitor()
    await elsewhere.sign_in(ANA)
    await elsewhere.submit("/login/second-step", code=await site.code_for(PHONE), remember="yes")
    third = await site.visitor()
    site.later(seconds=61)
    await third.sign_in(ANA)
    await reset_of(site, ResetState.SCHEDULED)
    await reset_of(site, ResetState.PROVING)
    await visitor.open(PAGE)
    await visitor.submit(PAGE, current_password=PASSWORD, new_password=NEW)
    assert (await visitor.open("/account/security")).path == "/account/security"
    assert (await elsewhere.open("/account/security")).path == "/login"
    assert (await third.open("/login/second-step")).path == "/login"
    assert await site.rows(RememberedDevice, RememberedDevice.ended_at.is_(None)) == []
    assert await site.rows(OneTimeCode, OneTimeCode.ended_at.is_(None)) == []
    assert {reset.state for reset in await site.rows(Reset)} == {ResetState.CANCELLED}
    assert len(await site.rows(AuditEvent, AuditEvent.tag == Tag.RESET_CANCELLED.value)) == 2
    assert sum("reset" in mail.subject.lower() for mail in await site.outbox(ANA)) == 1, "the confirmed one is told"


async def test_it_needs_a_step_up_at_the_last_press_too(site: Site) -> None:
    visitor = await ana_by_sms(site)
    await visitor.open(PAGE)
    site.later(minutes=5)
    page = await visitor.submit(PAGE, current_password=PASSWORD, new_password=NEW)
    assert page.path == "/login/step-up"
    await step_up(site, visitor)
    assert visitor.page.path == PAGE
    assert (await site.rows(User))[0].password_epoch == 0


async def test_the_current_one_is_counted_with_all_other_pages(site: Site) -> None:
    """One counter, this browser's own: after four wrong ones the fifth makes everybody in it wait, at sign-in too."""
    visitor = await ana_by_sms(site)
    await visitor.open(PAGE)
    for _ in range(5):
        page = await visitor.submit(PAGE, current_password="something else", new_password=NEW)
        assert (page.status, 'id="f-current_password-error"' in page) == (422, True)
    page = await visitor.submit(PAGE, current_password=PASSWORD, new_password=NEW)
    assert page.status == 429
    (counter,) = await site.rows(FailureCounter, FailureCounter.bucket.like("password%"), FailureCounter.in_a_row > 0)
    assert counter.in_a_row == 5
    site.later(seconds=3)
    assert (await visitor.submit(PAGE, current_password=PASSWORD, new_password=NEW)).path == "/account/security"


@pytest.mark.parametrize(
    ("new", "said"),
    [
        ("short", "At least 8 characters"),
        ("password123", "Too many people use that one"),
        ("ana.acme.example", "use your name or address"),
        (PASSWORD, "That is the old password"),
        ("x" * 1025, "too long"),
        ("", "At least 8 characters"),
    ],
)
async def test_what_can_be_no_new_one_costs_no_try(site: Site, new: str, said: str) -> None:
    visitor = await ana_by_sms(site)
    await visitor.open(PAGE)
    page = await visitor.submit(PAGE, current_password=PASSWORD, new_password=new)
    assert (page.status, said in page) == (422, True), page.html
    assert "password was changed" not in str(await site.outbox(ANA))
    assert await site.rows(FailureCounter, FailureCounter.bucket.like("password%"), FailureCounter.in_a_row > 0) == []


async def test_what_came_with_a_reset_is_no_step_up_for_a_week(site: Site) -> None:
    """A factor or recovery code issued since may not change the password; an older one, or later, may."""
    visitor = await ana_by_sms(site)
    await reset_of(site, ResetState.ENROLLED, executed_ago=timedelta(minutes=5))
    page = await visitor.open(PAGE)
    assert page.path == "/account/security"
    assert "the new one and its recovery codes can't change password" in page
    page = await visitor.post(PAGE, csrf=visitor.csrf, current_password=PASSWORD, new_password=NEW)
    assert page.path == "/account/security"
    assert (await site.rows(User))[0].password_epoch == 0
    site.later(days=7)
    fresh = await site.visitor()
    await fresh.sign_in(ANA)
    await fresh.submit("/login/second-step", code=await site.code_for(PHONE))
    assert (await fresh.open(PAGE)).path == PAGE


async def test_nobody_else_gets_there(site: Site) -> None:
    """Signed in by mail, half signed in, not at all."""
    await ana_by_sms(site)
    visitor = await site.visitor()
    assert (await visitor.open(PAGE)).path == "/login"
    await visitor.sign_in(ANA)
    assert (await visitor.open(PAGE)).path == "/login/second-step"
    await visitor.open("/login/methods")
    await visitor.submit("/login/methods")
    await visitor.submit("/login/methods", code=await site.code_for(ANA))
    assert (await visitor.open(PAGE)).path == "/login/step-up"
