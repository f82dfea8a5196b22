"""Changes need app or SMS at most five minutes old; the old factor stays until the new one is confirmed."""

from auth_backend.audit.models import AuditEvent
from auth_backend.audit.tags import Tag
from auth_backend.factors.models import Factor, FactorKind, FactorStatus
from auth_backend.login.models import LoginSession
from tests.integration.auth.factors.ways import ANA, PHONE, enrol_app, enrol_sms
from tests.support.auth_site import Site, Visitor, key_on

REPLACE = "/account/security/replace"


async def live(site: Site) -> list[FactorKind]:
    """Kinds of live factors."""
    return [row.kind for row in await site.rows(Factor, Factor.status == FactorStatus.LIVE)]


async def step_up_by_sms(site: Site, visitor: Visitor) -> None:
    """The code is sent by the button, then typed."""
    await visitor.submit("/login/step-up/send")
    await visitor.submit("/login/step-up", code=await site.code_for(PHONE))


async def test_replacing_sms_by_app(site: Site) -> None:
    """Until the first code the old number is the method; then it is gone, told, and other sessions end."""
    await site.user(ANA, account=await site.account())
    visitor, elsewhere = await site.visitor(), await site.visitor()
    await enrol_sms(site, visitor)
    await elsewhere.sign_in(ANA)
    await elsewhere.submit("/login/second-step", code=await site.code_for(PHONE), remember="yes")
    site.later(minutes=6)
    assert (await visitor.open(REPLACE)).path == "/login/step-up"
    await step_up_by_sms(site, visitor)
    assert visitor.page.path == REPLACE
    await visitor.submit(f"{REPLACE}/method", method="app")
    key = key_on(visitor.page)
    assert await live(site) == [FactorKind.SMS]
    await visitor.submit(f"{REPLACE}/app", code="000000")
    assert await live(site) == [FactorKind.SMS]
    await visitor.submit(f"{REPLACE}/app", code=site.totp(key))
    assert await live(site) == [FactorKind.APP]
    assert "Your new method is active" in visitor.page
    assert (await elsewhere.open("/account/security")).path == "/login"
    await elsewhere.sign_in(ANA)
    assert elsewhere.page.path == "/login/second-step", "a remembered device is void after a change"
    assert any("Old, no longer valid: SMS ending in 88" in mail.text for mail in await site.outbox(ANA))
    assert any("no longer receives sign-in codes" in sms.text for sms in await site.outbox(PHONE))
    assert len(await site.rows(AuditEvent, AuditEvent.tag == Tag.FACTOR_REPLACED.value)) == 1


async def test_step_up_is_five_minutes_old_at_every_press(site: Site) -> None:
    """Also at the last one."""
    await site.user(ANA, account=await site.account())
    visitor = await site.visitor()
    await enrol_sms(site, visitor)
    await visitor.open(REPLACE)
    await visitor.submit(f"{REPLACE}/method", method="app")
    key = key_on(visitor.page)
    site.later(minutes=5)
    page = await visitor.submit(f"{REPLACE}/app", code=site.totp(key))
    assert page.path == "/login/step-up"
    assert await live(site) == [FactorKind.SMS]
    await step_up_by_sms(site, visitor)
    await visitor.open(f"{REPLACE}/app")
    assert key_on(visitor.page) == key, "what was scanned already stays good"
    assert (await visitor.submit(f"{REPLACE}/app", code=site.totp(key))).path == "/account/security"


async def test_mailed_code_and_remembered_device_are_no_step_up(site: Site) -> None:
    """`full_email` and a remembered `full` both have to show app or SMS."""
    await site.user(ANA, account=await site.account())
    key = await enrol_app(site, await site.visitor())
    visitor = await site.visitor()
    await visitor.sign_in(ANA)
    await visitor.submit("/login/methods")
    await visitor.submit("/login/methods", code=await site.code_for(ANA))
    for path in (REPLACE, f"{REPLACE}/app", f"{REPLACE}/sms"):
        assert (await visitor.open(path)).path == "/login/step-up"
        assert (await visitor.post(f"{REPLACE}/method", csrf=visitor.csrf, method="app")).path == "/login/step-up"
    await visitor.open("/login/step-up")
    assert (await visitor.submit("/login/step-up", code=site.totp(key))).path == "/account/security"
    site.later(seconds=60)
    await visitor.submit("/sign-out")
    await visitor.sign_in(ANA)
    await visitor.submit("/login/second-step", code=site.totp(key), remember="yes")
    await visitor.open("/account/security")
    await visitor.submit("/sign-out")
    assert (await visitor.sign_in(ANA)).path == "/"
    (remembered,) = await site.rows(LoginSession, LoginSession.second_step == "remembered")
    assert remembered.stepped_up_at is None
    assert (await visitor.open(REPLACE)).path == "/login/step-up"


async def test_enrol_page_is_closed_to_who_is_enrolled(site: Site) -> None:
    """A3: with a method active nothing is offered but the replacement."""
    await site.user(ANA, account=await site.account())
    visitor = await site.visitor()
    await enrol_app(site, visitor)
    for path in ("/enrol", "/enrol/app", "/enrol/sms"):
        assert (await visitor.open(path)).path == "/"
    await visitor.open("/account/security")
    assert 'action="/account/security/activate"' not in visitor.page
    assert (await visitor.post("/account/security/activate", csrf=visitor.csrf)).path == "/"
    assert await live(site) == [FactorKind.APP]


async def test_replacing_a_number_by_itself_written_otherwise(site: Site) -> None:
    """The same phone again: one live factor, nobody is told that a number is taken."""
    await site.user(ANA, account=await site.account())
    visitor = await site.visitor()
    await enrol_sms(site, visitor)
    await visitor.open(REPLACE)
    await visitor.submit(f"{REPLACE}/method", method="sms")
    await visitor.submit(f"{REPLACE}/sms", phone_country="BR", phone="+55 (11) 98888-7788")
    await visitor.submit(f"{REPLACE}/sms/code", code=await site.code_for(PHONE))
    assert visitor.page.path == "/account/security"
    assert await live(site) == [FactorKind.SMS]


async def test_step_up_goes_to_own_pages_only(site: Site) -> None:
    """No open redirect in `next`."""
    await site.user(ANA, account=await site.account())
    visitor = await site.visitor()
    key = await enrol_app(site, visitor)
    for goal in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"):
        site.later(seconds=60)
        await visitor.open("/login/step-up")
        page = await visitor.post("/login/step-up", csrf=visitor.csrf, code=site.totp(key), next=goal)
        assert page.path == "/account/security"
