"""Enrolment, Account Preferences and everything behind the Security tab."""

from collections.abc import AsyncIterator
from datetime import timedelta

from auth_backend.accounts.models import Account, EnrolmentState, EnrolReason, User
from auth_backend.factors.models import Factor, FactorKind, FactorStatus, Passkey
from auth_backend.login.models import SessionLevel
from auth_backend.login.trust import remember_device
from auth_backend.outbox.bounces import mark_bounced
from auth_backend.outbox.models import Channel
from tests.e2e.tour.scenes_anybody import NO_CODE, WRONG_CODE, WRONG_PASSWORD
from tests.e2e.tour.stops import Stop, Tour
from tests.integration.auth.approvals.asking import asked, newest_request
from tests.integration.auth.resets.repudiation_world import OLD_PHONE, give_app
from tests.integration.auth.resets.world import CARLA, Browser

SECURITY = "/account/security"
LONG = "Wilhelmina-Konstantinopolitana de Albuquerque e Vasconcelos Figueiredo"
NEW_PHONE = {"phone_country": "BR", "phone": "11 98888-7777"}


async def enrolment(tour: Tour) -> AsyncIterator[Stop]:
    """From the mailed code to the recovery codes, with either method; and where it is closed."""
    world, mail, now = tour.world, "/enrol/mail", tour.world.clock()
    carla = world.ids["carla"]
    await world.change(User, carla, state=EnrolmentState.MUST_ENROL, enrol_reason=EnrolReason.ACTIVATION)
    browser = await tour.signed_in("carla", SessionLevel.ENROLMENT)
    yield Stop("enrol-mail", browser, "/enrol")
    yield Stop("enrol-mail-sent", browser, "/enrol", f"{mail}/send")
    yield Stop("enrol-mail-too-soon", browser, "/enrol", f"{mail}/send", {}, 429)
    yield Stop("enrol-mail-no-code", browser, "/enrol", mail, {"code": NO_CODE}, 422)
    yield Stop("enrol-mail-wrong", browser, "/enrol", mail, {"code": WRONG_CODE}, 422)
    await world.change(User, carla, new_password_required=True)
    await browser.get("/enrol")
    await browser.post(mail, {"code": await world.mailed_code(CARLA)})
    yield Stop("enrol-password", browser, "/enrol")
    yield Stop("enrol-password-short", browser, "/enrol", "/enrol/password", {"password": "short"}, 422)
    await world.change(User, carla, new_password_required=False)
    async for stop in _methods(browser, "/enrol"):
        yield stop
    await browser.post("/enrol/sms/code", {"code": (await world.mailed_codes("+5511988887777"))[-1]})
    codes = f"{SECURITY}/recovery-codes"
    yield Stop("codes", browser, f"{codes}?done=enrolled")
    yield Stop("codes-not-put-away", browser, f"{codes}?done=enrolled", codes, {}, 422)
    yield Stop("security-codes-shown", browser, f"{SECURITY}?done=enrolled")
    await world.change(User, carla, state=EnrolmentState.MUST_ENROL, enrol_reason=EnrolReason.RESET)
    closed = await tour.signed_in("carla", SessionLevel.ENROLMENT)
    await world.change(User, carla, enrol_not_before=now + timedelta(days=1))
    yield Stop("enrol-put-off", closed, "/enrol")
    await world.change(User, carla, frozen_until=now + timedelta(days=3))
    yield Stop("enrol-frozen", closed, "/enrol")
    await world.change(User, carla, awaits_operator=True)
    yield Stop("enrol-awaits-operator", closed, "/enrol")
    await world.change(User, carla, awaits_operator=False, frozen_until=None, enrol_right_until=now)
    yield Stop("enrol-lapsed", closed, "/enrol")


async def _methods(browser: Browser, base: str) -> AsyncIterator[Stop]:
    """Choosing a method and its first code, for the first time (`/enrol`) or as a replacement. Ends at the SMS code."""
    name = base.rpartition("/")[2]
    yield Stop(f"{name}-method", browser, base)
    yield Stop(f"{name}-method-none", browser, base, f"{base}/method", {"method": ""}, 422)
    await browser.get(base)
    await browser.post(f"{base}/method", {"method": "app"})
    yield Stop(f"{name}-app", browser, f"{base}/app")
    yield Stop(f"{name}-app-no-code", browser, f"{base}/app", f"{base}/app", {"code": NO_CODE}, 422)
    yield Stop(f"{name}-phone", browser, f"{base}/sms")
    landline = {"phone_country": "BR", "phone": "11 3333-4444"}
    yield Stop(f"{name}-phone-landline", browser, f"{base}/sms", f"{base}/sms", landline, 422)
    yield Stop(f"{name}-phone-abroad", browser, f"{base}/sms", f"{base}/sms", {"phone_country": "KP"}, 422)
    await browser.get(f"{base}/sms")
    await browser.post(f"{base}/sms", NEW_PHONE)
    yield Stop(f"{name}-sms", browser, f"{base}/sms/code")
    yield Stop(f"{name}-sms-no-code", browser, f"{base}/sms/code", f"{base}/sms/code", {"code": NO_CODE}, 422)
    yield Stop(f"{name}-sms-too-soon", browser, f"{base}/sms/code", f"{base}/sms/send", {}, 429)


async def limited(tour: Tour) -> AsyncIterator[Stop]:
    """Before two-factor authentication."""
    world = tour.world
    await world.change(User, world.ids["carla"], state=EnrolmentState.NONE, created_at=world.clock())
    browser = await tour.signed_in("carla", SessionLevel.LIMITED)
    yield Stop("security-off", browser, SECURITY)
    yield Stop("preferences-limited", browser, "/account/preferences")


async def signed_in(tour: Tour) -> AsyncIterator[Stop]:
    """An owner with a text message as method, and everything there may be on the Security tab."""
    world, ana, now = tour.world, tour.world.ids["ana"], tour.world.clock()
    browser = await tour.signed_in("ana", second_step="sms")
    yield Stop("home-signed-in", browser, "/")
    yield Stop("security", browser, f"{SECURITY}?done=enrolled")
    yield Stop("preferences", browser, "/account/preferences?saved")
    yield Stop("activity-first", browser, f"{SECURITY}/activity")
    await tour.signed_in("ana")
    async with world.services.sessions.begin() as session:
        user = await session.get(User, ana)
        assert user is not None
        await remember_device(session, user, ip="192.0.2.1", now=now)
        for channel, destination in ((Channel.EMAIL, user.email), (Channel.SMS, OLD_PHONE)):
            await mark_bounced(
                session, world.services.keys,
                destination=destination, channel=channel, user_id=ana, reason="gone", now=now,
            )  # fmt: skip
    yield Stop("activity", browser, f"{SECURITY}/activity?done")
    password = f"{SECURITY}/password"
    yield Stop("password", browser, password)
    yield Stop("password-empty", browser, password, password, {}, 422)
    typed = {"current_password": WRONG_PASSWORD, "new_password": "a new and longer password"}
    yield Stop("password-wrong", browser, password, password, typed, 422)
    notice = f"{SECURITY}/notice-address"
    yield Stop("notice-address", browser, notice)
    yield Stop("notice-address-none", browser, notice, notice, {"address": "ana@"}, 422)
    yield Stop("notice-address-code", browser, notice, notice, {"address": "ana@home.example"})
    code = f"{notice}/code"
    yield Stop("notice-address-no-code", browser, code, code, {"code": NO_CODE}, 422)
    await world.change(User, ana, notice_email="ana.lima.of.acme@a-rather-long-domain.example")
    yield Stop("notice-address-on-file", browser, notice)
    async for stop in _passkeys(tour, browser):
        yield stop
    yield Stop("codes-new", browser, f"{SECURITY}/recovery-codes/new")
    async for stop in _methods(browser, f"{SECURITY}/replace"):
        yield stop
    step_up = "/login/step-up"
    world.clock.advance(timedelta(seconds=61))
    yield Stop("step-up", browser, step_up)
    yield Stop("step-up-sent", browser, step_up, f"{step_up}/send")
    yield Stop("step-up-no-code", browser, step_up, step_up, {"code": NO_CODE}, 422)
    yield Stop("recovery-code-step-up", browser, "/login/recovery-code")
    yield Stop("passkey-step-up", browser, "/login/passkey")
    yield Stop("reset-none", browser, f"{SECURITY}/reset")
    yield Stop("hold-none", browser, f"{SECURITY}/hold")
    await world.change(User, ana, name=LONG, email=f"{'a-very-long-local-part' * 2}@{'long' * 12}.example")
    await world.change(Account, world.ids["acme"], name=LONG)
    yield Stop("security-everything", browser, SECURITY)
    yield Stop("preferences-long", browser, "/account/preferences")
    by_mail = await tour.signed_in("ana", SessionLevel.FULL_EMAIL)
    yield Stop("security-by-mail", by_mail, SECURITY)


async def _passkeys(tour: Tour, browser: Browser) -> AsyncIterator[Stop]:
    world, page, now = tour.world, f"{SECURITY}/passkeys", tour.world.clock()
    yield Stop("passkeys-none", browser, page)
    yield Stop("passkeys-not-added", browser, page, page, {"name": LONG[:60]}, 422)
    async with world.services.sessions.begin() as session:
        for number, name in enumerate(("Laptop", LONG[:60])):
            factor = Factor(
                user_id=world.ids["ana"], kind=FactorKind.PASSKEY, status=FactorStatus.LIVE,
                created_at=now, confirmed_at=now,
            )  # fmt: skip
            session.add(factor)
            await session.flush()
            key = Passkey(
                factor_id=factor.id, credential_id=bytes([number]) * 16, public_key=b"-", sign_count=0,
                name=name, backed_up=number == 0, last_used_at=now if number else None,
            )  # fmt: skip
            session.add(key)
    yield Stop("passkeys", browser, f"{page}?done=added")
    yield Stop("passkeys-no-name", browser, page, f"{page}/{factor.id}/name", {"name": " "}, 422)


async def members(tour: Tour) -> AsyncIterator[Stop]:
    """The people of an account: as the owner, as a member, with a request of a member."""
    world, bruno, requests = tour.world, tour.world.ids["bruno"], "/account/requests"
    await give_app(world, "bruno")
    member, owner = await tour.signed_in("bruno"), await tour.signed_in("ana")
    yield Stop("requests-none", owner, requests)
    yield Stop("members-as-member", member, "/account/members")
    await world.change(User, bruno, name=LONG)
    await asked(world)
    request = await newest_request(world)
    async with world.services.sessions.begin() as session:
        (await session.merge(request)).note = 'My <b>phone</b> is "gone" ' + "x" * 120
    yield Stop("members", owner, "/account/members?done=unprotected")
    yield Stop("members-hand-over", owner, f"/account/members/{bruno}/owner")
    reset = f"/account/members/{bruno}/reset"
    yield Stop("members-reset", owner, reset)
    yield Stop("members-reset-no-reason", owner, reset, reset, {"reason": ""}, 422)
    name = f"/account/members/{bruno}/name"
    yield Stop("members-rename", owner, name)
    yield Stop("members-rename-nameless", owner, name, name, {"name": " "}, 422)
    yield Stop("members-remove", owner, f"/account/members/{bruno}/remove")
    yield Stop("requests", owner, requests)
    await owner.get(requests)
    await owner.post(f"{requests}/{request.id}/refuse")
    yield Stop("requests-earlier", owner, f"{requests}?done=refused")
    await owner.get("/account/members")
    await owner.post(f"/account/members/{bruno}/remove")
    yield Stop("members-removed", owner, "/account/members?done=removed")
