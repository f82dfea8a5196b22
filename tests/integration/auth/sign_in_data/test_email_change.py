"""Changing the registered e-mail: password, step-up and the new mailbox's code; what ends, who hears, what rests."""

from datetime import timedelta

import pytest

from auth_backend.accounts.models import EnrolmentState, User
from auth_backend.audit.models import AuditEvent
from auth_backend.audit.tags import Tag
from auth_backend.codes.models import CodePurpose, OneTimeCode
from auth_backend.forgotten_password.models import ForgottenPassword
from auth_backend.limits.models import FailureCounter
from auth_backend.login.models import LoginSession
from auth_backend.resets.models import Reset, ResetState
from auth_backend.sign_in_data.models import FormerAddress, PendingAddress
from tests.integration.auth.factors.ways import ANA, PASSWORD, PHONE, enrol_sms
from tests.integration.auth.sign_in_data.people import ana_by_sms, change_email, reset_of, step_up
from tests.support.auth_site import Site, Visitor

PAGE = "/account/security/email"
NEW, OTHER, CARLA = "ana@new.example", "ana@other.example", "carla@globex.example"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Nothing here depends on the kind of database."""
    return sqlite_url


async def user_now(site: Site) -> User:
    """The only user."""
    (user,) = await site.rows(User)
    return user


async def test_one_signs_in_with_it_at_once_and_everybody_is_told(site: Site) -> None:
    visitor = await ana_by_sms(site)
    await visitor.open(PAGE)
    page = await visitor.submit(PAGE, current_password=PASSWORD, address=" Ana@NEW.example")
    assert (page.path, (await user_now(site)).email) == (f"{PAGE}/code", ANA)
    await visitor.submit(f"{PAGE}/code", code=await site.code_for(NEW))
    assert "From now on you sign in with" in visitor.page
    user = await user_now(site)
    assert (user.email, user.email_changed_at) == (NEW, site.clock())
    stranger = await site.visitor()
    assert (await stranger.sign_in(ANA)).status == 422
    assert (await stranger.sign_in(NEW)).path == "/login/second-step"
    (told,) = [mail for mail in await site.outbox(NEW) if "was changed from a••@acme.example" in mail.text]
    assert "/not-me/" in told.text
    (left,) = [mail for mail in await site.outbox(ANA) if "You no longer sign in" in mail.subject]
    assert "/email-dispute/" in left.text
    assert NEW not in left.text, "the old mailbox may be somebody else's by now"
    assert sum("e-mail address of a sign-in" in sms.text for sms in await site.outbox(PHONE)) == 1
    assert len(await site.rows(AuditEvent, AuditEvent.tag == Tag.EMAIL_CHANGED.value)) == 1


async def test_what_ends_with_the_old_one(site: Site) -> None:
    """Open resets, a request for a new password, codes on their way, sessions opened by a mailed code; no others."""
    visitor, by_mail, asks = await ana_by_sms(site), await site.visitor(), await site.visitor()
    await by_mail.sign_in(ANA)
    await by_mail.open("/login/methods")
    await by_mail.submit("/login/methods")
    await by_mail.submit("/login/methods", code=await site.code_for(ANA))
    assert (await by_mail.open("/account/security")).path == "/account/security"
    await asks.open("/login/forgot")
    await asks.submit("/login/forgot", email=ANA)
    await reset_of(site, ResetState.SCHEDULED)
    await reset_of(site, ResetState.PROVING)
    await change_email(site, visitor, NEW)
    assert (await visitor.open("/account/security")).path == "/account/security"
    assert (await by_mail.open("/account/security")).path == "/login"
    assert {reset.state for reset in await site.rows(Reset)} == {ResetState.CANCELLED}
    assert {row.end_reason for row in await site.rows(ForgottenPassword)} == {"email_changed"}
    assert await site.rows(OneTimeCode, OneTimeCode.ended_at.is_(None)) == []
    assert sum("reset" in mail.subject.lower() for mail in await site.outbox(NEW)) == 1, "the confirmed one is told"


async def test_the_old_address_hears_of_everything_for_14_days(site: Site) -> None:
    visitor = await ana_by_sms(site)
    await change_email(site, visitor, NEW)

    async def told_of_new_codes() -> int:
        await visitor.open("/account/security/recovery-codes/new")
        await visitor.submit("/account/security/recovery-codes/new")
        mails = [mail for mail in await site.outbox(ANA) if "recovery codes" in mail.subject]
        assert all(ANA in mail.text and NEW not in mail.text for mail in mails)
        return len(mails)

    assert await told_of_new_codes() == 1
    site.later(days=14)
    await visitor.sign_in(NEW)
    await visitor.submit("/login/second-step", code=await site.code_for(PHONE))
    assert await told_of_new_codes() == 1


async def test_no_mailed_code_is_a_second_step_for_seven_days(site: Site) -> None:
    """The page says what it says to everybody; the mail says why there is no code."""
    await change_email(site, await ana_by_sms(site), NEW)
    visitor = await site.visitor()
    await visitor.sign_in(NEW)
    await visitor.open("/login/methods")
    page = await visitor.submit("/login/methods")
    assert "If your sign-in takes codes by e-mail, one is on its way" in page
    mail = (await site.outbox(NEW))[-1]
    assert "we send none" in mail.text.lower()
    assert "9 Mar 2026" in mail.text
    site.later(days=7)
    later = await site.visitor()
    await later.sign_in(NEW)
    await later.open("/login/methods")
    await later.submit("/login/methods")
    assert (await later.submit("/login/methods", code=await site.code_for(NEW))).path == "/"


async def test_even_the_right_code_is_wrong_while_mail_rests(site: Site) -> None:
    """Whatever page forgets to ask: the place where codes are accepted judges it."""
    visitor = await ana_by_sms(site)
    half = await site.visitor()
    await half.sign_in(ANA)
    await half.open("/login/methods")
    await half.submit("/login/methods")
    code = await site.code_for(ANA)
    async with site.services.sessions.begin() as session:
        user = await session.get(User, (await user_now(site)).id)
        assert user is not None
        user.email_changed_at = site.clock()
    page = await half.submit("/login/methods", code=code)
    assert (page.status, "4 tries left" in page) == (422, True)
    assert (await visitor.open("/account/security")).path == "/account/security"


async def test_who_must_enrol_is_told_until_when(site: Site) -> None:
    await change_email(site, await ana_by_sms(site), NEW)
    async with site.services.sessions.begin() as session:
        user = await session.get(User, (await user_now(site)).id)
        assert user is not None
        user.state = EnrolmentState.MUST_ENROL
    before = len(await site.outbox(NEW))
    visitor = await site.visitor()
    page = await visitor.sign_in(NEW)
    assert (page.path, "Mar 9, 2026" in page) == ("/enrol", True)
    assert (await visitor.post("/enrol/mail/send", csrf=visitor.csrf)).path == "/enrol"
    assert (await visitor.post("/enrol/method", csrf=visitor.csrf, method="app")).path == "/enrol"
    assert len(await site.outbox(NEW)) == before
    site.later(days=7)
    again = await site.visitor()
    await again.sign_in(NEW)
    await again.submit("/enrol/mail", code=await site.code_for(NEW))
    assert "Choose" in again.page


async def test_a_forgotten_password_gets_no_code_and_no_other_answer(site: Site) -> None:
    await change_email(site, await ana_by_sms(site), NEW)
    pages = []
    for address in (NEW, "nobody@nowhere.example"):
        visitor = await site.visitor()
        await visitor.open("/login/forgot")
        await visitor.submit("/login/forgot", email=address)
        page = await visitor.submit("/login/forgot/mail", code="123456")
        pages.append((page.status, visitor.page.html.replace(visitor.csrf, "").replace(address, "")))
    assert pages[0] == pages[1]
    assert "We send none" in (await site.outbox(NEW))[-1].text


async def test_a_taken_address_is_refused_after_its_code_only(site: Site) -> None:
    await site.user(CARLA, account=await site.account("Globex"), language="pt")
    visitor = await ana_by_sms(site)
    await visitor.open(PAGE)
    assert (await visitor.submit(PAGE, current_password=PASSWORD, address=CARLA)).path == f"{PAGE}/code"
    page = await visitor.submit(f"{PAGE}/code", code=await site.code_for(CARLA))
    assert (page.status, f'value="{CARLA}"' in page, 'id="f-address-error"' in page) == (422, True, True)
    assert {user.email for user in await site.rows(User)} == {ANA, CARLA}
    assert any("Alguém tentou usar o seu endereço" in mail.subject for mail in await site.outbox(CARLA))
    assert len(await site.rows(AuditEvent, AuditEvent.tag == Tag.EMAIL_TAKEN.value)) == 1
    assert {row.end_reason for row in await site.rows(PendingAddress)} == {"taken"}
    assert (await visitor.open(f"{PAGE}/code")).path == PAGE


async def test_what_was_left_lately_is_nobody_elses_for_14_days(site: Site) -> None:
    await change_email(site, await ana_by_sms(site), NEW)
    await site.user(CARLA, account=await site.account("Globex"))
    carla = await site.visitor()
    await enrol_sms(site, carla, CARLA, "+5511977776666")
    await carla.open(PAGE)
    await carla.submit(PAGE, current_password=PASSWORD, address=ANA)
    page = await carla.submit(f"{PAGE}/code", code=await site.code_for(ANA))
    assert (page.status, "Somebody else signs in with that address" in page) == (422, True)
    assert any("tried to sign in with your address" in mail.subject for mail in await site.outbox(NEW))


async def test_the_second_notice_address_may_become_the_first(site: Site) -> None:
    visitor = await ana_by_sms(site)
    async with site.services.sessions.begin() as session:
        user = await session.get(User, (await user_now(site)).id)
        assert user is not None
        user.notice_email = NEW
    await change_email(site, visitor, NEW)
    user = await user_now(site)
    assert (user.email, user.notice_email) == (NEW, None)
    assert sum("was changed from" in mail.text for mail in await site.outbox(NEW)) == 1


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("no address", "That isn&#39;t an e-mail address"),
        (ANA.upper(), "That is the address that you sign in with now"),
        ("a@b.example\r\nBcc: eve@evil.example", "That isn&#39;t an e-mail address"),
        ("a@b.example, eve@evil.example", "That isn&#39;t an e-mail address"),
        ("", "That isn&#39;t an e-mail address"),
    ],
)
async def test_what_can_be_none_costs_no_try_and_stays_in_the_field(site: Site, typed: str, said: str) -> None:
    visitor = await ana_by_sms(site)
    await visitor.open(PAGE)
    page = await visitor.submit(PAGE, current_password=PASSWORD, address=typed)
    assert (page.status, said in page) == (422, True)
    assert PASSWORD not in page.html
    assert await site.rows(PendingAddress) == []
    assert await site.rows(FailureCounter, FailureCounter.bucket.like("password%"), FailureCounter.in_a_row > 0) == []


async def test_a_look_alike_is_another_address(site: Site) -> None:
    """A Cyrillic letter makes an address that is not Carla's; what the user sees on the code page is what was typed."""
    await site.user(CARLA, account=await site.account("Globex"))
    visitor = await ana_by_sms(site)
    await visitor.open(PAGE)
    await visitor.submit(PAGE, current_password=PASSWORD, address="c\u0430rla@globex.example")
    await visitor.submit(f"{PAGE}/code", code=await site.code_for("c\u0430rla@globex.example"))
    assert {user.email for user in await site.rows(User)} == {CARLA, "c\u0430rla@globex.example"}


async def test_it_needs_the_password_and_nothing_typed_is_lost(site: Site) -> None:
    visitor = await ana_by_sms(site)
    await visitor.open(PAGE)
    for password, said in (("", "Type your password"), ("wrong horse", "That isn&#39;t your password")):
        page = await visitor.submit(PAGE, current_password=password, address=NEW)
        assert (page.status, said in page, f'value="{NEW}"' in page) == (422, True, True)
    assert await site.outbox(NEW) == []


async def test_it_needs_a_step_up_at_each_press(site: Site) -> None:
    visitor = await ana_by_sms(site)
    await visitor.open(PAGE)
    await visitor.submit(PAGE, current_password=PASSWORD, address=NEW)
    code = await site.code_for(NEW)
    site.later(minutes=5)
    csrf = visitor.csrf
    for path, fields in ((PAGE, {"address": NEW, "current_password": PASSWORD}), (f"{PAGE}/code", {"code": code})):
        assert (await visitor.post(path, csrf=csrf, **fields)).path == "/login/step-up"
    assert (await user_now(site)).email == ANA
    await visitor.open(f"{PAGE}/code")
    await step_up(site, visitor)
    assert visitor.page.path == f"{PAGE}/code"
    assert "From now on" in await visitor.submit(f"{PAGE}/code", code=code)


async def test_nobody_else_changes_it(site: Site) -> None:
    """Not signed in, half signed in, by mail, on hold, and with what came with a reset of the last week."""
    await ana_by_sms(site)
    visitor: Visitor = await site.visitor()
    assert (await visitor.open(PAGE)).path == "/login"
    await visitor.sign_in(ANA)
    assert (await visitor.open(PAGE)).path == "/login/second-step"
    await visitor.open("/login/methods")
    await visitor.submit("/login/methods")
    await visitor.submit("/login/methods", code=await site.code_for(ANA))
    assert (await visitor.open(PAGE)).path == "/login/step-up"
    full = await site.visitor()
    site.later(seconds=61)
    await full.sign_in(ANA)
    await full.submit("/login/second-step", code=await site.code_for(PHONE))
    assert (await full.open(PAGE)).path == PAGE
    csrf = full.csrf
    user = await user_now(site)
    async with site.services.sessions.begin() as session:
        held = await session.get(User, user.id)
        assert held is not None
        held.frozen_until = site.clock() + timedelta(hours=72)
    page = await full.post(PAGE, csrf=csrf, current_password=PASSWORD, address=NEW)
    assert page.path == "/account/security"
    async with site.services.sessions.begin() as session:
        held = await session.get(User, user.id)
        assert held is not None
        held.frozen_until = None
    await reset_of(site, ResetState.ENROLLED, executed_ago=timedelta(minutes=10))
    assert (await full.post(PAGE, csrf=csrf, current_password=PASSWORD, address=NEW)).path == "/account/security"
    assert await site.rows(PendingAddress) == []
    assert await site.rows(FormerAddress) == []
    assert {row.level.value for row in await site.rows(LoginSession, LoginSession.ended_at.is_(None))} == {
        "full",
        "full_email",
    }


async def test_a_code_of_another_purpose_changes_nothing(site: Site) -> None:
    """The second notice address's code is none for the registered e-mail."""
    visitor = await ana_by_sms(site)
    await visitor.open("/account/security/notice-address")
    await visitor.submit("/account/security/notice-address", address=NEW)
    stray = await site.code_for(NEW)
    await visitor.open(PAGE)
    await visitor.submit(PAGE, current_password=PASSWORD, address=OTHER)
    if stray != await site.code_for(OTHER):
        assert (await visitor.submit(f"{PAGE}/code", code=stray)).status == 422
    (row,) = await site.rows(OneTimeCode, OneTimeCode.purpose == CodePurpose.NEW_EMAIL)
    assert row.ended_at is None
    assert (await user_now(site)).email == ANA
