"""Adding a passkey, signing in and stepping up with it, another name, removing: what each does, and tells."""

from auth_backend.audit.models import AuditEvent
from auth_backend.audit.tags import Tag
from auth_backend.factors.models import Factor, FactorKind, FactorStatus, KnownBrowser, Passkey, PasskeyChallenge
from auth_backend.login.models import LoginSession, RememberedDevice, SessionLevel
from tests.integration.auth.factors.ways import ANA, PHONE, enrol_sms
from tests.integration.auth.passkeys.keys import PASSKEYS, SHOW, add, counter, live, options, show, with_passkey
from tests.support.auth_site import Site, key_on
from tests.support.authenticator import Authenticator


async def test_adding_needs_a_step_up_and_is_told_everywhere(site: Site) -> None:
    """Remembered devices end, other sessions stay; a notice goes to the mailbox and to the number."""
    await site.user(ANA, account=await site.account())
    visitor, elsewhere = await site.visitor(), await site.visitor()
    await enrol_sms(site, visitor)
    await elsewhere.sign_in(ANA)
    await elsewhere.submit("/login/second-step", code=await site.code_for(PHONE), remember="yes")
    site.later(minutes=6)
    assert (await visitor.open(PASSKEYS)).path == "/login/step-up"
    assert (await visitor.post(f"{PASSKEYS}/options", csrf=visitor.csrf)).path == "/login/step-up"
    await visitor.open(PASSKEYS)
    await visitor.submit("/login/step-up/send")
    await visitor.submit("/login/step-up", code=await site.code_for(PHONE))
    device = Authenticator()
    await add(visitor, device, "  Blue\tkey ")
    assert (visitor.page.path, "The passkey is added" in visitor.page) == (PASSKEYS, True)
    assert await live(site) == [FactorKind.SMS, FactorKind.PASSKEY]
    (passkey,) = await site.rows(Passkey)
    assert (passkey.credential_id, passkey.name, passkey.transports) == (device.credential_id, "Blue key", ["internal"])
    assert any("Blue key" in mail.text for mail in await site.outbox(ANA))
    assert any("A passkey was added" in sms.text for sms in await site.outbox(PHONE))
    assert len(await site.rows(AuditEvent, AuditEvent.tag == Tag.PASSKEY_ENROLLED.value)) == 1
    assert not await site.rows(RememberedDevice, RememberedDevice.ended_at.is_(None))
    assert (await elsewhere.open("/account/security")).path == "/account/security"
    assert "Blue key" in elsewhere.page


async def test_signing_in_with_it(site: Site) -> None:
    """From the second step's own page: a full session that may change sign-in data, in a browser known from now on."""
    await site.user(ANA, account=await site.account())
    device = Authenticator()
    await with_passkey(site, device, count=4)
    visitor = await site.visitor()
    assert (await visitor.sign_in(ANA)).path == "/login/second-step"
    assert (await show(visitor, device, count=5)).path == "/"
    (row,) = await site.rows(LoginSession, LoginSession.second_step == "passkey")
    assert (row.level, row.stepped_up_at is not None) == (SessionLevel.FULL, True)
    assert await counter(site) == 5
    assert len(await site.rows(KnownBrowser)) == 2
    assert not await site.rows(PasskeyChallenge)
    assert (await visitor.open(PASSKEYS)).path == PASSKEYS


async def test_signing_in_goes_on_to_where_one_wanted(site: Site) -> None:
    """`next` is kept, and stays on this site."""
    await site.user(ANA, account=await site.account())
    device = Authenticator()
    await with_passkey(site, device)
    for goal, reached in (("/account/security", "/account/security"), ("//evil.example", "/")):
        visitor = await site.visitor()
        await visitor.sign_in(ANA)
        await visitor.open("/login/methods")
        answer = device.answer(await options(visitor, SHOW))
        assert (await visitor.submit(SHOW, credential=answer, next=goal)).path == reached


async def test_it_is_a_step_up_also_after_a_mailed_code(site: Site) -> None:
    """`full_email` becomes `full`, for five minutes of changes."""
    await site.user(ANA, account=await site.account())
    device = Authenticator()
    await with_passkey(site, device)
    visitor = await site.visitor()
    await visitor.sign_in(ANA)
    await visitor.submit("/login/methods")
    await visitor.submit("/login/methods", code=await site.code_for(ANA))
    assert (await visitor.open(PASSKEYS)).path == "/login/step-up"
    assert (await show(visitor, device)).path == PASSKEYS
    site.later(minutes=5)
    assert (await visitor.open(PASSKEYS)).path == "/login/step-up"


async def test_another_name_and_removal(site: Site) -> None:
    """A new name is told nobody; a removal is told, ends other sessions, and leaves the app."""
    await site.user(ANA, account=await site.account())
    device = Authenticator()
    visitor, _key = await with_passkey(site, device)
    elsewhere = await site.visitor()
    await elsewhere.sign_in(ANA)
    await show(elsewhere, device)
    await visitor.open(PASSKEYS)
    await show(visitor, device)
    (factor,) = await site.rows(Factor, Factor.kind == FactorKind.PASSKEY)
    before = len(await site.outbox(ANA))
    page = await visitor.submit(f"{PASSKEYS}/{factor.id}/name", name=" ")
    assert (page.status, f'aria-describedby="f-name-{factor.id}-error"' in page) == (422, True)
    await visitor.submit(f"{PASSKEYS}/{factor.id}/name", name="<b>Desk</b>")
    assert "&lt;b&gt;Desk&lt;/b&gt;" in visitor.page
    assert len(await site.outbox(ANA)) == before
    await visitor.submit(f"{PASSKEYS}/{factor.id}/remove")
    assert "The passkey is removed" in visitor.page
    assert await live(site) == [FactorKind.APP]
    (removed,) = await site.rows(Factor, Factor.id == factor.id)
    assert (removed.status, len(await site.rows(Passkey))) == (FactorStatus.REVOKED, 1)
    assert any("A passkey was removed" in mail.subject for mail in await site.outbox(ANA))
    assert (await elsewhere.open("/account/security")).path == "/login"
    await elsewhere.sign_in(ANA)
    assert (await show(elsewhere, device)).status == 422


async def test_replacing_the_app_keeps_the_passkey(site: Site) -> None:
    """What is replaced is the app or SMS."""
    await site.user(ANA, account=await site.account())
    device = Authenticator()
    visitor, _key = await with_passkey(site, device)
    await visitor.open("/account/security/replace")
    await show(visitor, device)
    assert visitor.page.path == "/account/security/replace"
    await visitor.submit("/account/security/replace/method", method="sms")
    await visitor.submit("/account/security/replace/sms", phone_country="BR", phone=PHONE)
    await visitor.submit("/account/security/replace/sms/code", code=await site.code_for(PHONE))
    assert set(await live(site)) == {FactorKind.SMS, FactorKind.PASSKEY}


async def test_desk_users_sign_in_with_it(site: Site) -> None:
    """App or passkey, and never a mailed code."""
    sam, device = "sam@desk.example", Authenticator()
    await site.user(sam)
    desk = await site.visitor()
    await desk.sign_in(sam)
    await desk.submit("/enrol/mail", code=await site.code_for(sam))
    await desk.submit("/enrol/method", method="app")
    await desk.submit("/enrol/app", code=site.totp(key_on(desk.page)))
    await add(desk, device)
    assert "The passkey is added" in desk.page
    visitor = await site.visitor()
    await visitor.sign_in(sam)
    assert (await show(visitor, device)).path == "/"
    assert (await visitor.open("/account/security")).path == "/account/security"
