"""Pages for whoever comes: help, sign-in, forgotten password, second step, references."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pyotp

from auth_backend.accounts.models import User
from auth_backend.login.models import SessionLevel
from auth_backend.login.trust import remember_device
from tests.e2e.tour.stops import Stop, Tour
from tests.integration.auth.resets.repudiation_world import give_app
from tests.integration.auth.resets.world import ANA, CARLA, PASSWORDS

WRONG_CODE, NO_CODE, WRONG_PASSWORD = "000000", "12a", "not the password of anybody"


async def anybody(tour: Tour) -> AsyncIterator[Stop]:
    """Without a session."""
    guest = tour.guest()
    yield Stop("help", guest, "/")
    yield Stop("help-found", guest, "/?q=sms")
    yield Stop("help-nothing-found", guest, "/?q=" + "xyzzy" * 20)
    article = "/help/two-factor-authentication"
    yield Stop("article", guest, article)
    yield Stop("article-yes", guest, f"{article}?thanks=yes")
    yield Stop("article-no", guest, f"{article}?thanks=no")
    yield Stop("error-404", guest, "/nothing-here", status=404)
    yield Stop("error-stale-form", guest, "/login", "/login", {"csrf": "old"}, 403)
    yield Stop("login", guest, "/login")
    yield Stop("login-signed-out", guest, "/login?why=signed_out")
    yield Stop("login-empty", guest, "/login", "/login", {"email": "", "password": ""}, 422)
    wrong = {"email": ANA, "password": WRONG_PASSWORD}
    yield Stop("login-wrong", guest, "/login", "/login", wrong, 422)
    await guest.get("/login")
    for _ in range(4):
        await guest.post("/login", wrong, status=0)
    yield Stop("login-throttled", guest, "/login", "/login", wrong, 429)
    yield Stop("reference", guest, "/not-me")
    yield Stop("reference-wrong", guest, "/not-me", "/not-me", {"reference": "?"}, 422)
    yield Stop("reference-done", guest, "/not-me", "/not-me", {"reference": "ABC234"})
    yield Stop("reference-mine", guest, "/not-me/mine")
    yield Stop("undo-by-reference", guest, "/undo/")
    typed = {"reference": "ABC234", "password": WRONG_PASSWORD}
    yield Stop("undo-by-reference-wrong", guest, "/undo/", "/undo/", typed, 422)
    yield Stop("link-gone", guest, "/verify/", status=410)
    yield Stop("mailbox", guest, "/dev/mailbox")


async def second_step(tour: Tour) -> AsyncIterator[Stop]:
    """After the password, before the code."""
    world = tour.world
    await give_app(world, "carla")
    page, methods, recovery, passkey = "/login/second-step", "/login/methods", "/login/recovery-code", "/login/passkey"
    carla = await tour.signed_in("carla", SessionLevel.PASSWORD)
    yield Stop("second-step", carla, page)
    yield Stop("second-step-sent", carla, f"{page}?sent&next=%2Faccount%2Fsecurity")
    yield Stop("second-step-no-code", carla, page, page, {"code": NO_CODE}, 422)
    yield Stop("second-step-wrong", carla, page, page, {"code": WRONG_CODE}, 422)
    yield Stop("recovery-code", carla, recovery)
    yield Stop("recovery-code-wrong", carla, recovery, recovery, {"recovery_code": "00000-00000-00000"}, 422)
    yield Stop("passkey", carla, passkey)
    yield Stop("passkey-none", carla, passkey, passkey, {}, 422)
    yield Stop("methods", carla, methods)
    yield Stop("methods-mailed", carla, methods, methods)
    yield Stop("methods-again", carla, methods, methods, {}, 429)
    yield Stop("methods-no-code", carla, methods, methods, {"code": NO_CODE}, 422)
    await carla.get(page)
    for _ in range(4):
        await carla.post(page, {"code": WRONG_CODE}, status=0)
    yield Stop("second-step-throttled", carla, page, page, {"code": WRONG_CODE}, 429)
    ana = await tour.signed_in("ana", SessionLevel.PASSWORD)
    async with world.services.sessions.begin() as session:
        user = await session.get(User, world.ids["ana"])
        assert user is not None
        token = await remember_device(session, user, ip="198.51.100.200", now=world.clock())
    ana.client.session.cookie_jar.update_cookies({"zoe_device": token}, ana.client.make_url("/"))
    yield Stop("second-step-asked-again", ana, page)
    await ana.get(page)
    await ana.post(f"{page}/send", status=0)
    yield Stop("second-step-sms-again", ana, page, f"{page}/send", {}, 429)


async def forgotten_password(tour: Tour) -> AsyncIterator[Stop]:
    """From the address to the new password, both ways."""
    world, start = tour.world, "/login/forgot"
    key = await give_app(world, "carla")
    guest = tour.guest()
    yield Stop("forgot", guest, start)
    yield Stop("forgot-no-address", guest, start, start, {"email": "carla@"}, 422)
    await guest.get(start)
    await guest.post(start, {"email": CARLA})
    yield Stop("forgot-mail", guest, start)
    yield Stop("forgot-mail-no-code", guest, start, f"{start}/mail", {"code": NO_CODE}, 422)
    await guest.get(start)
    await guest.post(f"{start}/mail", {"code": await world.mailed_code(CARLA)})
    yield Stop("forgot-half", guest, start)
    yield Stop("forgot-half-no-recovery-code", guest, start, f"{start}/recovery-code", {"recovery_code": "x"}, 422)
    yield Stop("forgot-half-no-code", guest, start, f"{start}/code", {"code": NO_CODE}, 422)
    yield Stop("forgot-half-no-passkey", guest, start, f"{start}/passkey", {}, 422)
    await guest.get(start)
    await guest.post(f"{start}/code", {"code": pyotp.TOTP(key).at(world.clock())})
    yield Stop("forgot-waits", guest, start)
    world.clock.advance(timedelta(days=1))
    yield Stop("forgot-password", guest, start)
    yield Stop("forgot-password-short", guest, start, f"{start}/password", {"new_password": "short"}, 422)
    await world.change(User, world.ids["carla"], frozen_until=world.clock() + timedelta(days=3))
    good = {"new_password": "a new and longer password"}
    yield Stop("forgot-password-on-hold", guest, start, f"{start}/password", good, 409)
    other = tour.guest()
    await other.get("/login")
    await other.post("/login", {"email": CARLA, "password": PASSWORDS["carla"]})
    yield Stop("forgot-over", guest, start)
    yield Stop("login-new-password", tour.guest(), "/login?why=password")
