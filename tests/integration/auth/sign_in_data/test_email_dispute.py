"""Disputing a change of the registered e-mail: what the link does, who takes the address back, who keeps it."""

import asyncio
import re
from datetime import timedelta

import pytest

from auth_backend import admin
from auth_backend.accounts.models import User
from auth_backend.audit.models import AuditEvent
from auth_backend.audit.tags import Tag
from auth_backend.factors.models import Factor, FactorStatus
from auth_backend.login.models import LoginSession
from auth_backend.resets.models import Reset, ResetState
from auth_backend.sign_in_data.models import FormerAddress
from tests.integration.auth.factors.ways import ANA, PASSWORD, PHONE, put_away
from tests.integration.auth.sign_in_data.people import EMAIL, ana_by_sms, change_email, reset_of
from tests.support.auth_site import Site, Visitor, key_on

NEW, THIRD = "hijacker@evil.example", "second@evil.example"
PAGE, ANSWER = "/email-dispute/", "/account/security/email/dispute"


@pytest.fixture
def database_url(request: pytest.FixtureRequest, sqlite_url: str) -> str:
    """SQLite, but for the race."""
    return sqlite_url


async def hijacked(site: Site) -> Visitor:
    """Ana's session in a stranger's hands, her address changed by it; the victim reads the old mailbox."""
    visitor = await ana_by_sms(site)
    await change_email(site, visitor, NEW)
    site.later(seconds=61)
    return visitor


async def link(site: Site, to: str = ANA) -> str:
    """The path of the newest dispute link."""
    mails = [mail.text for mail in await site.outbox(to) if "/email-dispute/" in mail.text]
    return re.findall(r"http://localhost:8080(/email-dispute/\S+)", mails[-1])[0]


async def dispute(site: Site) -> Visitor:
    """The victim presses the button."""
    victim = await site.visitor()
    await victim.open(await link(site))
    await victim.submit(PAGE)
    assert "Disputed" in victim.page, victim.page.html
    return victim


async def sign_in(site: Site, email: str, password: str = PASSWORD) -> Visitor:
    """Another browser, after password and SMS."""
    visitor = await site.visitor()
    site.later(seconds=61)
    await visitor.sign_in(email, password)
    await visitor.submit("/login/second-step", code=await site.code_for(PHONE))
    return visitor


async def user_now(site: Site) -> User:
    """The only user."""
    (user,) = await site.rows(User)
    return user


async def test_opening_the_link_changes_nothing(site: Site) -> None:
    await hijacked(site)
    visitor = await site.visitor()
    page = await visitor.open(await link(site))
    assert (page.status, page.path, "Dispute the change of the e-mail address?" in page) == (200, PAGE, True)
    assert NEW not in page.html
    assert not (await user_now(site)).email_disputed
    assert (await (await site.visitor()).open(PAGE)).status == 410
    assert (await (await site.visitor()).open(f"{PAGE}{'x' * 43}")).status == 410


async def test_the_link_stops_the_change_and_reverses_nothing(site: Site) -> None:
    thief = await hijacked(site)
    await reset_of(site, ResetState.SCHEDULED, email=NEW)
    await dispute(site)
    user = await user_now(site)
    assert (user.email, user.email_disputed) == (NEW, True)
    assert user.frozen_until == site.clock() + timedelta(hours=72)
    assert (await thief.open("/account/security/password")).path == "/account/security"
    assert (await thief.open(EMAIL)).path == "/account/security"
    assert "Somebody says that the change of your e-mail address was not theirs" in thief.page
    assert {reset.state for reset in await site.rows(Reset)} == {ResetState.CANCELLED}
    for to in (ANA, NEW):
        assert sum("this was not me" in mail.subject for mail in await site.outbox(to)) == 1
    for tag in (Tag.EMAIL_DISPUTED, Tag.CHANGES_FROZEN, Tag.CHANGE_DISPUTED):
        assert len(await site.rows(AuditEvent, AuditEvent.tag == tag.value)) == 1


async def test_it_works_once_and_for_14_days(site: Site) -> None:
    await hijacked(site)
    path = await link(site)
    visitor = await site.visitor()
    await visitor.open(path)
    csrf = visitor.csrf
    await visitor.submit(PAGE)
    (row,) = await site.rows(FormerAddress)
    site.later(hours=1)
    await visitor.post(PAGE, csrf=csrf)
    assert (await site.rows(FormerAddress))[0].disputed_at == row.disputed_at
    site.later(days=20)
    assert "Disputed" in await (await site.visitor()).open(path)


async def test_after_14_days_it_is_too_late(site: Site) -> None:
    await hijacked(site)
    visitor = await site.visitor()
    await visitor.open(await link(site))
    csrf = visitor.csrf
    site.later(days=14)
    assert (await visitor.post(PAGE, csrf=csrf)).status == 410
    assert not (await user_now(site)).email_disputed


async def test_a_disputed_address_proves_nothing_however_long(site: Site) -> None:
    """Not even after the 7 days: whoever reads the new mailbox is what the dispute is about."""
    await hijacked(site)
    await dispute(site)
    site.later(days=30)
    thief = await site.visitor()
    await thief.sign_in(NEW)
    await thief.open("/login/methods")
    await thief.submit("/login/methods")
    assert "The change is disputed" in (await site.outbox(NEW))[-1].text


async def test_the_old_address_is_taken_back_with_password_and_older_factor(site: Site) -> None:
    thief = await hijacked(site)
    assert "/login?next=/account/security/email/dispute" in (await dispute(site)).page
    victim = await sign_in(site, ANA)
    page = await victim.open(ANSWER)
    assert ("Take the old address back" in page, "a••@acme.example" in page) == (True, True)
    page = await victim.submit(ANSWER, password=PASSWORD, counts="old")
    assert (page.path, "again. Everywhere else you are signed out" in page) == ("/account/security", True)
    user = await user_now(site)
    assert (user.email, user.email_disputed, user.frozen_until) == (ANA, False, None)
    assert (await thief.open("/account/security")).path == "/login"
    assert (await (await site.visitor()).sign_in(NEW)).status == 422
    for to in (ANA, NEW):
        assert sum("was put back" in mail.subject for mail in await site.outbox(to)) == 1
    assert ANA not in next(m for m in await site.outbox(NEW) if "was put back" in m.subject).text
    before = len(await site.outbox(NEW))
    await victim.open("/account/security/recovery-codes/new")
    await victim.submit("/account/security/recovery-codes/new")
    assert len(await site.outbox(NEW)) == before, "the address that was taken back hears of nothing"
    for tag in (Tag.EMAIL_TAKEN_BACK, Tag.FREEZE_LIFTED):
        assert len(await site.rows(AuditEvent, AuditEvent.tag == tag.value)) == 1


async def test_the_old_address_signs_in_while_disputed_only(site: Site) -> None:
    await hijacked(site)
    visitor = await site.visitor()
    assert (await visitor.sign_in(ANA)).status == 422
    await dispute(site)
    assert (await visitor.sign_in(ANA, "wrong horse")).status == 422
    assert (await visitor.sign_in(ANA)).path == "/login/second-step"


async def test_who_changed_it_after_all_keeps_it(site: Site) -> None:
    """A mistaken press, or somebody else in the old mailbox: password and older factor settle it for good."""
    await hijacked(site)
    path = await link(site)
    await dispute(site)
    visitor = await sign_in(site, NEW)
    await visitor.open(ANSWER)
    page = await visitor.submit(ANSWER, password=PASSWORD, counts="new")
    assert "It is settled" in page
    user = await user_now(site)
    assert (user.email, user.email_disputed, user.frozen_until) == (NEW, False, None)
    again = await site.visitor()
    assert "This was settled" in await again.open(path)
    assert any("was confirmed" in mail.subject for mail in await site.outbox(ANA))
    site.later(days=7)
    fresh = await site.visitor()
    await fresh.sign_in(NEW)
    await fresh.open("/login/methods")
    await fresh.submit("/login/methods")
    assert (await fresh.submit("/login/methods", code=await site.code_for(NEW))).path == "/"


async def test_what_is_younger_settles_nothing(site: Site) -> None:
    """A thief who replaced the factor too: it is suspended by the press. A password that was changed is not older."""
    await hijacked(site)
    thief = await sign_in(site, NEW)
    await thief.open("/account/security/password")
    await thief.submit("/account/security/password", current_password=PASSWORD, new_password="eleven quiet lamps")
    assert any("was changed on" in mail.text for mail in await site.outbox(ANA)), "the old address hears of it"
    await dispute(site)
    thief = await sign_in(site, NEW, "eleven quiet lamps")
    await thief.open(ANSWER)
    for counts in ("new", "old"):
        page = await thief.submit(ANSWER, password="eleven quiet lamps", counts=counts)
        assert (page.status, "Only a person can tell" in page) == (422, True)
    assert (await user_now(site)).email_disputed
    await admin.decide_email(site.services, user=NEW, old=True, reason="called back")
    user = await user_now(site)
    assert (user.email, user.email_disputed) == (ANA, False)
    assert await site.rows(LoginSession, LoginSession.ended_at.is_(None)) == []
    assert len(await site.rows(AuditEvent, AuditEvent.tag == Tag.OPERATOR_DECIDED_EMAIL.value)) == 1
    with pytest.raises(admin.AdminError, match="open"):
        await admin.decide_email(site.services, user=ANA, old=False, reason="twice")


async def test_a_factor_of_the_thiefs_is_suspended(site: Site) -> None:
    await hijacked(site)
    thief = await sign_in(site, NEW)
    await thief.open("/account/security/replace")
    await thief.submit("/account/security/replace/method", method="app")
    key = key_on(thief.page)
    await thief.submit("/account/security/replace/app", code=site.totp(key))
    if thief.page.path.endswith("recovery-codes"):
        await put_away(thief)
    await dispute(site)
    statuses = {row.kind.value: row.status for row in await site.rows(Factor)}
    assert statuses == {"sms": FactorStatus.REVOKED, "app": FactorStatus.SUSPENDED}
    page = await (await site.visitor()).sign_in(NEW)
    assert page.path == "/enrol", "nobody enrols with either mailbox now"
    assert "/enrol/mail" not in page.html


async def test_two_changes_in_a_row_go_back_to_the_first(site: Site) -> None:
    await hijacked(site)
    thief = await sign_in(site, NEW)
    await change_email(site, thief, THIRD)
    await dispute(site)
    victim = await sign_in(site, ANA)
    await victim.open(ANSWER)
    await victim.submit(ANSWER, password=PASSWORD, counts="old")
    assert (await user_now(site)).email == ANA
    reasons = {row.address: row.end_reason for row in await site.rows(FormerAddress)}
    assert reasons == {ANA: "taken_back", NEW: "undone"}


async def test_it_is_taken_back_without_the_link_too(site: Site) -> None:
    """From a session of one's own, with what is older; it stops what a press of the link stops."""
    await hijacked(site)
    victim = await sign_in(site, NEW)
    await victim.open(ANSWER)
    assert "the new one counts" not in victim.page
    await victim.submit(ANSWER, password="wrong horse", counts="old")
    assert victim.page.status == 422
    await victim.submit(ANSWER, password=PASSWORD, counts="old")
    assert (await user_now(site)).email == ANA
    assert len(await site.rows(AuditEvent, AuditEvent.tag == Tag.EMAIL_DISPUTED.value)) == 1


async def test_this_was_not_me_from_the_new_mailbox_disputes_it_too(site: Site) -> None:
    """The notice of the change went to every channel; each of its links does what the old address's does."""
    await hijacked(site)
    mails = [mail.text for mail in await site.outbox(NEW) if "/not-me/" in mail.text]
    visitor = await site.visitor()
    page = await visitor.open(re.findall(r"http://localhost:8080(/not-me/\S+)", mails[-1])[0])
    assert "The e-mail address of this user was changed" in page
    await visitor.submit("/not-me/event")
    assert (await user_now(site)).email_disputed


async def test_an_answer_needs_a_step_up(site: Site) -> None:
    visitor = await hijacked(site)
    await dispute(site)
    site.later(minutes=5)
    assert (await visitor.open(ANSWER)).path == "/login/step-up"
    assert (await (await site.visitor()).open(ANSWER)).path == "/login"


async def test_sixteen_presses_are_one(site: Site) -> None:
    await hijacked(site)
    visitor = await site.visitor()
    await visitor.open(await link(site))
    csrf = visitor.csrf
    await asyncio.gather(*(visitor.post(PAGE, csrf=csrf) for _ in range(16)))
    assert len(await site.rows(AuditEvent, AuditEvent.tag == Tag.EMAIL_DISPUTED.value)) == 1
    assert sum("this was not me" in mail.subject for mail in await site.outbox(ANA)) == 1
