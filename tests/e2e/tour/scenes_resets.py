"""Everything about a reset: proofs, the wait, the links of its notices, the dispute, the undo."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta

import pyotp

from auth_backend.accounts.models import User
from auth_backend.login.models import SessionLevel
from tests.e2e.tour.scenes_account import LONG, SECURITY
from tests.e2e.tour.scenes_anybody import NO_CODE, WRONG_PASSWORD
from tests.e2e.tour.stops import Stop, Tour
from tests.integration.auth.approvals.asking import asked
from tests.integration.auth.resets.repudiation_world import (
    enrol,
    executed,
    give_app,
    not_me_path,
    path_in_mail,
    scheduled,
)
from tests.integration.auth.resets.world import ANA, BRUNO, PASSWORDS

VERIFY, STATUS, CANCEL, EVENT, UNDO = "/verify/", "/resets/status", "/resets/cancel", "/not-me/event", "/undo/"


async def proofs(tour: Tour) -> AsyncIterator[Stop]:
    """The verify page, in the chat's own browser, in another, and for chats that run elsewhere."""
    world = tour.world
    own, other = tour.guest(), tour.guest()
    chat = await world.chat(browser=own)
    await chat.prove_email()
    await own.get(await chat.verify_url())
    yield Stop("verify", own, VERIFY)
    yield Stop("verify-empty", own, VERIFY, VERIFY, {"password": ""}, 422)
    yield Stop("verify-wrong", own, VERIFY, VERIFY, {"password": WRONG_PASSWORD}, 422)
    await other.get(await chat.verify_url())
    yield Stop("verify-other-browser", other, VERIFY)
    yield Stop("verify-return-code", other, VERIFY, VERIFY, {"password": PASSWORDS["ana"]})
    await own.type_password(await chat.verify_url(), PASSWORDS["ana"])
    yield Stop("verify-done", own, VERIFY)
    for name, address in (("ana", ANA), ("bruno", BRUNO)):
        world.clock.advance(timedelta(minutes=2))
        browser, chat = tour.guest(), await world.chat(channel="embed")
        await chat.prove_email(address)
        await browser.type_password(await chat.verify_url(), PASSWORDS[name])
        await chat.return_code(browser.shown_return_code())
        yield Stop(f"verify-{name}-confirms", browser, VERIFY)
    typed = {"reason": "", "note": "My phone fell into the river"}
    yield Stop("verify-bruno-no-reason", browser, VERIFY, f"{VERIFY}ask", typed, 422)
    await browser.get(VERIFY)
    await browser.post(f"{VERIFY}ask", {**typed, "reason": "lost_device"})
    await chat.act("POST", "reset/cancel")
    yield Stop("verify-over", browser, VERIFY)


async def reports(tour: Tour) -> AsyncIterator[Stop]:
    """[Report] in a code's mail."""
    world, guest = tour.world, tour.guest()
    await (await world.chat()).claim()
    await guest.get(await _report_path(tour))
    yield Stop("report", guest, "/report/")
    yield Stop("report-burnt", guest, "/report/", "/report/")
    world.clock.advance(timedelta(minutes=2))
    await (await world.chat()).prove_email()
    await guest.get(await _report_path(tour))
    yield Stop("report-used", guest, "/report/")
    world.clock.advance(timedelta(minutes=2))
    await (await world.chat()).claim()
    await guest.get(await _report_path(tour))
    world.clock.advance(timedelta(minutes=11))
    yield Stop("report-old", guest, "/report/")


async def _report_path(tour: Tour) -> str:
    found = re.search(r"/report/[A-Za-z0-9_-]+", (await tour.world.mails(ANA, "code:"))[-1].text)
    assert found is not None
    return found[0]


async def waiting(tour: Tour) -> AsyncIterator[Stop]:
    """A reset that waits: its links, the question at sign-in, the banner; then it is cancelled."""
    world = tour.world
    await give_app(world)
    await scheduled(world)
    guest = tour.guest()
    links = dict.fromkeys(re.findall(r"/resets/[A-Za-z0-9_-]{32,}", (await world.mails(ANA, "notice:"))[-1].text))
    for link in links:
        await guest.get(link)
    yield Stop("status-waits", guest, STATUS)
    yield Stop("cancel", guest, CANCEL)
    await guest.get(await not_me_path(world, "reset_scheduled"))
    yield Stop("event-waits", guest, EVENT)
    held = await tour.signed_in("ana", SessionLevel.HELD, second_step="app")
    yield Stop("was-it-you", held, "/login/was-it-you")
    yield Stop("was-it-you-no-answer", held, "/login/was-it-you", "/login/was-it-you", {}, 422)
    ana = await tour.signed_in("ana")
    yield Stop("reset-waits", ana, f"{SECURITY}/reset")
    yield Stop("home-with-banner", ana, "/")
    await guest.get(CANCEL)
    yield Stop("cancelled", guest, CANCEL, CANCEL)
    yield Stop("was-it-you-nothing", held, "/login/was-it-you")
    yield Stop("reset-cancelled", ana, f"{SECURITY}/reset")
    yield Stop("status-cancelled", guest, STATUS)


async def disputed(tour: Tour) -> AsyncIterator[Stop]:
    """A reset that waits is stopped; changes are on hold."""
    world = tour.world
    await give_app(world)
    await scheduled(world)
    guest, ana = tour.guest(), await tour.signed_in("ana")
    await guest.get(await not_me_path(world, "reset_scheduled"))
    yield Stop("event-stopped", guest, EVENT, EVENT)
    yield Stop("reset-disputed", ana, f"{SECURITY}/reset")
    yield Stop("security-on-hold", ana, SECURITY)
    hold = f"{SECURITY}/hold"
    yield Stop("hold", ana, hold)
    yield Stop("hold-empty", ana, hold, hold, {"password": ""}, 422)
    await world.change(User, world.ids["ana"], awaits_operator=True)
    yield Stop("hold-awaits-operator", ana, hold)


async def undone(tour: Tour) -> AsyncIterator[Stop]:
    """A reset was carried out, somebody else enrolled, and the old method comes back."""
    world = tour.world
    key = await give_app(world)
    await executed(world)
    guest = tour.guest()
    mail = (await world.mails(ANA, "notice:reset_executed"))[-1].text
    for link in dict.fromkeys(re.findall(r"/resets/[A-Za-z0-9_-]{32,}", mail)):
        await guest.get(link)
    yield Stop("status-executed", guest, STATUS)
    await enrol(world)
    thief = await tour.signed_in("ana")
    yield Stop("security-new-method", thief, SECURITY)
    await guest.get(await not_me_path(world, "reset_executed"))
    yield Stop("event-executed", guest, EVENT)
    await guest.post(EVENT)
    yield Stop("event-executed-stopped", guest, EVENT)
    yield Stop("status-disputed", guest, STATUS)
    yield Stop("undo", guest, UNDO)
    yield Stop("undo-wrong", guest, UNDO, UNDO, {"password": WRONG_PASSWORD}, 422)
    await guest.get(UNDO)
    await guest.post(UNDO, {"password": PASSWORDS["ana"]})
    yield Stop("undo-code", guest, f"{UNDO}code")
    yield Stop("undo-no-code", guest, f"{UNDO}code", f"{UNDO}code", {"code": NO_CODE}, 422)
    await guest.get(f"{UNDO}code")
    await guest.post(f"{UNDO}code", {"code": pyotp.TOTP(key).at(world.clock())})
    yield Stop("undo-done", guest, f"{UNDO}code")
    yield Stop("undo-is-done", guest, UNDO)
    yield Stop("event-undone", guest, EVENT, status=410)
    yield Stop("status-undone", guest, STATUS)
    ana = await tour.signed_in("ana")
    yield Stop("reset-undone", ana, f"{SECURITY}/reset")


async def undone_by_sms(tour: Tour) -> AsyncIterator[Stop]:
    """The same with a text message; the password was changed since, so a person has to decide. Then it is too late."""
    world = tour.world
    await executed(world)
    guest = tour.guest()
    path = await path_in_mail(world, "reset_executed", "undo")
    await guest.get(path)
    await guest.post(UNDO, {"password": PASSWORDS["ana"]})
    yield Stop("undo-sms", guest, f"{UNDO}code")
    yield Stop("undo-sms-again", guest, f"{UNDO}code", f"{UNDO}send", {}, 429)
    await guest.get(await not_me_path(world, "reset_executed"))
    world.clock.advance(timedelta(days=7))
    yield Stop("undo-too-late", guest, f"{UNDO}code", status=410)
    yield Stop("event-too-late", guest, EVENT, status=410)


async def owner_changed(tour: Tour) -> AsyncIterator[Stop]:
    """The account gets another owner, who is disputed."""
    world, bruno = tour.world, tour.world.ids["bruno"]
    await world.change(User, bruno, name=LONG)
    ana = await tour.signed_in("ana", shown_since=world.clock() - timedelta(days=300))
    await ana.get("/account/members")
    await ana.post(f"/account/members/{bruno}/owner")
    yield Stop("members-handed-over", ana, "/account/members?done=handed_over")
    (mail,) = await world.mails(ANA, "notice:owner_no_more")
    found = re.search(r"/owner-dispute/[A-Za-z0-9_-]+", mail.text)
    assert found is not None
    guest = tour.guest()
    await guest.get(found[0])
    yield Stop("owner-dispute", guest, "/owner-dispute/")
    yield Stop("owner-disputed", guest, "/owner-dispute/", "/owner-dispute/")
    await ana.get("/account/members")
    await ana.post("/account/members/take-back")
    yield Stop("owner-taken-back", guest, "/owner-dispute/")
    yield Stop("members-taken-back", ana, "/account/members?done=taken_back")


async def asked_owner(tour: Tour) -> AsyncIterator[Stop]:
    """A member's request waits for the owner: the links in the member's mail."""
    world = tour.world
    await asked(world)
    guest = tour.guest()
    mail = (await world.mails(BRUNO, "notice:"))[-1].text
    for link in dict.fromkeys(re.findall(r"/resets/[A-Za-z0-9_-]{32,}", mail)):
        await guest.get(link)
    yield Stop("status-asked", guest, STATUS)
