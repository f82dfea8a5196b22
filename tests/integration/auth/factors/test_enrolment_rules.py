"""Grace, the right after a reset, the new password after a theft, the desk (A11)."""

from datetime import timedelta

import pytest

from auth_backend.accounts.models import EnrolmentState, EnrolReason, User
from auth_backend.codes.models import CodePurpose, OneTimeCode
from auth_backend.factors.models import Factor
from auth_backend.login.models import LoginSession, SessionLevel
from tests.integration.auth.factors.ways import ANA, enrol_app
from tests.support.auth_site import PASSWORD, Site, Visitor, key_on

SAM = "sam@desk.example"


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Nothing here depends on the kind of database."""
    return sqlite_url


async def after_a_reset(site: Site, *, stolen: bool = False) -> None:
    """What an executed reset leaves: `must_enrol`, the right for 7 days, a new password if a device was stolen."""
    await site.user(ANA, account=await site.account())
    (user,) = await site.rows(User)
    async with site.services.sessions.begin() as session:
        held = await session.get(User, user.id)
        assert held is not None
        held.state, held.enrol_reason = EnrolmentState.MUST_ENROL, EnrolReason.RESET
        held.enrol_right_until = site.clock() + timedelta(days=7)
        held.new_password_required = stolen


async def prove_mailbox(site: Site, visitor: Visitor, email: str = ANA) -> None:
    """Password, then the code that was mailed with it."""
    await visitor.sign_in(email)
    await visitor.submit("/enrol/mail", code=await site.code_for(email))


async def test_grace_is_limited_and_ends(site: Site) -> None:
    """Within it a `limited` session that ends with it; afterwards only enrolment."""
    await site.user(ANA, account=await site.account())
    visitor = await site.visitor()
    site.later(days=6, hours=23, minutes=30)
    await visitor.sign_in(ANA)
    assert visitor.page.path == "/account/security"
    assert (await visitor.open("/account/members")).path == "/account/security"
    (row,) = await site.rows(LoginSession)
    assert (row.level, row.expires_at - site.clock()) == (SessionLevel.LIMITED, timedelta(minutes=30))
    site.later(minutes=30)
    assert (await visitor.open("/account/security")).path == "/login"
    assert (await visitor.sign_in(ANA)).path == "/enrol"
    assert "The time without two-factor authentication is over" in visitor.page
    (user,) = await site.rows(User)
    assert (user.state, user.enrol_reason) == (EnrolmentState.MUST_ENROL, EnrolReason.GRACE_OVER)
    await visitor.open("/account/security")
    assert visitor.page.path == "/enrol"


async def test_after_a_reset_the_mail_comes_first_and_the_right_lapses(site: Site) -> None:
    """7 days; then the page leads to Zoe, no code is mailed and no form works."""
    await after_a_reset(site)
    visitor = await site.visitor()
    await visitor.sign_in(ANA)
    assert "Because your method was reset" in visitor.page
    csrf, sent = visitor.csrf, len(await site.outbox(ANA))
    site.later(days=7)
    await visitor.sign_in(ANA)
    assert "/chat?topic=reset" in visitor.page
    assert "The time to set up a new method is over" in visitor.page
    assert len(await site.outbox(ANA)) == sent
    for path in ("mail", "mail/send", "method", "app", "sms"):
        page = await visitor.post(f"/enrol/{path}", csrf=visitor.csrf, code="123456", method="app")
        assert page.path == "/enrol"
    assert await site.rows(Factor) == []
    assert csrf != visitor.csrf


async def test_right_that_lapses_between_two_presses(site: Site) -> None:
    """Judged under the lock at every step, not when the page was made."""
    await after_a_reset(site)
    visitor = await site.visitor()
    site.later(days=6, hours=23, minutes=50)
    await prove_mailbox(site, visitor)
    await visitor.submit("/enrol/method", method="app")
    key = key_on(visitor.page)
    site.later(minutes=10)
    assert (await visitor.submit("/enrol/app", code=site.totp(key))).path == "/enrol"
    (user,) = await site.rows(User)
    assert user.state is EnrolmentState.MUST_ENROL


async def test_stolen_device_asks_for_a_new_password_before_the_method(site: Site) -> None:
    """15 characters while it is the only factor; the old one is refused; the next sign-in needs the new one."""
    await after_a_reset(site, stolen=True)
    visitor = await site.visitor()
    await prove_mailbox(site, visitor)
    assert 'action="/enrol/password"' in visitor.page.html
    assert (await visitor.open("/enrol/app")).path == "/enrol"
    for bad in ("short", PASSWORD, "passwordpassword"):
        assert (await visitor.submit("/enrol/password", password=bad)).status == 422
    await visitor.submit("/enrol/password", password="several quiet words of mine")
    assert 'action="/enrol/method"' in visitor.page.html
    (user,) = await site.rows(User)
    assert (user.password_epoch, user.new_password_required) == (1, False)
    assert any("password of ana@acme.example was changed" in mail.text for mail in await site.outbox(ANA))
    other = await site.visitor()
    assert (await other.sign_in(ANA)).status == 422
    assert (await other.sign_in(ANA, "several quiet words of mine")).path == "/enrol"


async def test_desk_has_the_app_only_and_no_mailed_second_step(site: Site) -> None:
    """SMS is not offered and not taken; the mailed code never arrives and never opens."""
    await site.user(SAM)
    visitor = await site.visitor()
    await prove_mailbox(site, visitor, SAM)
    assert 'value="sms"' not in visitor.page.html
    assert (await visitor.post("/enrol/method", csrf=visitor.csrf, method="sms")).status == 422
    await visitor.open("/enrol")
    page = await visitor.post("/enrol/sms", csrf=visitor.csrf, phone_country="BR", phone="11988887777")
    assert page.path == "/enrol"
    assert await site.rows(Factor) == []
    await visitor.submit("/enrol/method", method="app")
    key = key_on(visitor.page)
    await visitor.submit("/enrol/app", code=site.totp(key))
    site.later(seconds=90)
    sent = len(await site.outbox(SAM))
    other = await site.visitor()
    await other.sign_in(SAM)
    await other.submit("/login/methods")
    assert len(await site.outbox(SAM)) == sent
    (issued,) = await site.rows(OneTimeCode, OneTimeCode.purpose == CodePurpose.LOGIN_EMAIL)
    assert issued.user_id is None
    await other.submit("/login/methods", code="000000")
    assert other.page.path == "/login/methods"
    await other.open("/login/second-step")
    assert (await other.submit("/login/second-step", code=site.totp(key))).path == "/"


async def test_get_changes_nothing(site: Site) -> None:
    """Opening every page of these, twice, sends nothing and writes no factor or code."""
    await site.user(ANA, account=await site.account())
    visitor = await site.visitor()
    await enrol_app(site, visitor)
    other = await site.visitor()
    await other.sign_in(ANA)
    before = (len(await site.rows(OneTimeCode)), len(await site.rows(Factor)), len(await site.outbox(ANA)))
    for _ in range(2):
        for path in ("/login/second-step", "/login/methods", "/enrol", "/enrol/app", "/enrol/sms"):
            await other.open(path)
        for path in (
            "/login/step-up",
            "/account/security",
            "/account/security/replace",
            "/account/security/replace/app",
        ):
            await visitor.open(path)
    after = (len(await site.rows(OneTimeCode)), len(await site.rows(Factor)), len(await site.outbox(ANA)))
    assert after == before


async def test_forms_need_their_token(site: Site) -> None:
    """CSRF: nothing is judged or sent without it."""
    await site.user(ANA, account=await site.account())
    visitor = await site.visitor()
    key = await enrol_app(site, visitor)
    other = await site.visitor()
    await other.sign_in(ANA)
    for path in ("/login/second-step", "/login/second-step/send", "/login/methods"):
        assert (await other.post(path, code=site.totp(key))).status == 403
    for path in ("/login/step-up", "/account/security/replace/method", "/account/security/activate"):
        assert (await visitor.post(path, code=site.totp(key), method="app")).status == 403
