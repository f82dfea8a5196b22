"""Activation, enrolment and the next sign-in, as the article tells them (A1, A2, A4, A6, A8, A11)."""

from auth_backend.accounts.models import EnrolmentState, User
from auth_backend.factors.models import Factor, FactorStatus, KnownBrowser
from auth_backend.login.models import LoginSession, SessionLevel
from tests.integration.auth.factors.ways import ANA, PHONE, enrol_app, enrol_sms, to_methods
from tests.support.auth_site import Site


async def open_levels(site: Site) -> list[SessionLevel]:
    """Levels of the sessions that have not ended."""
    return [row.level for row in await site.rows(LoginSession, LoginSession.ended_at.is_(None))]


async def test_activation_leads_through_sign_in_and_mailed_code_to_an_app(site: Site) -> None:
    """A2 and A4, then a second sign-in with a new code of the app."""
    await site.user(ANA, account=await site.account())
    visitor = await site.visitor()
    key = await enrol_app(site, visitor)
    (user,) = await site.rows(User)
    (factor,) = await site.rows(Factor)
    assert (user.state, user.factor_epoch, factor.status) == (EnrolmentState.ENROLLED, 1, FactorStatus.LIVE)
    assert await open_levels(site) == [SessionLevel.FULL]
    assert any("Authenticator app" in mail.text for mail in await site.outbox(ANA))
    assert len(await site.rows(KnownBrowser)) == 1

    other = await site.visitor()
    assert (await other.sign_in(ANA)).path == "/login/second-step"
    assert (await other.submit("/login/second-step", code=site.totp(key))).path == "/"
    assert (await other.open("/account/security")).status == 200
    assert "On, by authenticator app." in other.page


async def test_sms_is_sent_with_the_password(site: Site) -> None:
    """A6: the code is on its way when the second step opens."""
    await site.user(ANA, account=await site.account())
    await enrol_sms(site, await site.visitor())
    visitor = await site.visitor()
    await visitor.sign_in(ANA)
    shown = visitor.page.html.partition("<main")[2].partition("</main>")[0]
    assert "88" not in shown.replace(visitor.csrf, "")  # the form's token is random and may hold any digits
    assert (await visitor.submit("/login/second-step", code=await site.code_for(PHONE))).path == "/"
    await visitor.open("/account/security")
    assert "On, by SMS ending in 88. To change or reset it, ask Zoe." in visitor.page
    assert 'aria-disabled="true"' in visitor.page


async def test_mailed_code_is_another_method_later(site: Site) -> None:
    """A8: good for everything but step-up, and it makes no browser known."""
    await site.user(ANA, account=await site.account())
    await enrol_app(site, await site.visitor())
    visitor = await site.visitor()
    await visitor.sign_in(ANA)
    await visitor.open("/login/methods")
    await visitor.submit("/login/methods")
    assert (await visitor.submit("/login/methods", code=await site.code_for(ANA))).path == "/"
    assert SessionLevel.FULL_EMAIL in await open_levels(site)
    assert (await visitor.open("/account/members")).status == 200
    assert (await visitor.open("/account/security/replace")).path == "/login/step-up"
    assert len(await site.rows(KnownBrowser)) == 1
    assert "zoe_device" not in visitor.cookies


async def test_mailed_code_needs_an_activated_method(site: Site) -> None:
    """A8: not before app or SMS was activated."""
    await site.user(ANA, account=await site.account())
    visitor = await site.visitor()
    await to_methods(site, visitor)
    for path in ("/login/methods", "/login/second-step"):
        assert (await visitor.open(path)).path == "/enrol"
        assert (await visitor.post(path, csrf=visitor.csrf)).path == "/enrol"
    assert await open_levels(site) == [SessionLevel.ENROLMENT]
