"""Undo: password and a code of the revoked factor bring it back for 7 days, whatever was enrolled or disputed since."""

from datetime import timedelta

import pyotp
import pytest

from auth_backend import admin
from auth_backend.accounts.models import EnrolmentState, User
from auth_backend.factors.app_method import seed_of
from auth_backend.factors.models import Factor, FactorStatus, KnownBrowser
from auth_backend.factors.totp import base32_key
from auth_backend.login.models import LoginSession
from auth_backend.resets.models import Reset, ResetState
from auth_backend.resets.undo.erasure import erase_what_undo_needed
from tests.integration.auth.resets.repudiation_world import (
    OLD_PHONE,
    enrol,
    executed,
    give_app,
    not_me_path,
    path_in_mail,
    sign_in_as,
    undo,
)
from tests.integration.auth.resets.world import ANA, PASSWORDS, World


async def statuses(world: World) -> dict[str, FactorStatus]:
    """Factor id → status, of Ana."""
    return {f.id: f.status for f in await world.rows(Factor, Factor.user_id == world.ids["ana"])}


async def test_before_anything_was_enrolled(world: World) -> None:
    key = await give_app(world)
    old = (await world.one(Factor, Factor.user_id == world.ids["ana"])).id
    chat = await executed(world)
    world.clock.advance(timedelta(minutes=2))
    reader = await undo(world, key=key)
    assert "Your old method is back" in reader.page
    assert await statuses(world) == {old: FactorStatus.LIVE}
    user = await world.user("ana")
    assert (user.state, user.enrol_reason, user.enrol_right_until) == (EnrolmentState.ENROLLED, None, None)
    assert (await world.one(Reset)).state is ResetState.UNDONE
    assert await chat.stage() == "undone"
    assert len(await world.mails(ANA, "notice:reset_undone")) == 1
    tags = await world.tags()
    assert (tags.count("factor:restored"), tags.count("reset:undone")) == (1, 1)
    world.clock.advance(timedelta(minutes=2))
    ana = await sign_in_as(world, "ana")
    await ana.post("/login/second-step", {"code": pyotp.TOTP(key).at(world.clock())})
    await ana.get("/account/security")
    assert "On, by authenticator app" in ana.page


@pytest.mark.parametrize("disputed", [False, True])
async def test_after_a_stranger_enrolled(world: World, disputed: bool) -> None:
    key = await give_app(world)
    old = (await world.one(Factor, Factor.user_id == world.ids["ana"])).id
    await executed(world)
    thief, thiefs_key = await enrol(world)
    if disputed:
        reader = world.browser()
        await reader.get(await not_me_path(world, "factor_enrolled"))
        await reader.post("/not-me/event")
        frozen = (await world.user("ana")).frozen_until
        assert frozen is not None
    await undo(world, key=key)
    after = await statuses(world)
    assert after.pop(old) is FactorStatus.LIVE
    assert set(after.values()) == {FactorStatus.REVOKED}
    assert not await world.rows(LoginSession, LoginSession.ended_at.is_(None))
    assert not await world.rows(KnownBrowser, KnownBrowser.user_id == world.ids["ana"])
    await thief.get("/account/security")
    assert 'name="email"' in thief.page
    world.clock.advance(timedelta(minutes=2))
    thief = await sign_in_as(world, "ana")
    await thief.post("/login/second-step", {"code": pyotp.TOTP(thiefs_key).at(world.clock())}, status=422)
    # the stale link of the undone reset stops nothing any more
    late = world.browser()
    await late.get(await not_me_path(world, "reset_executed"), status=410)
    assert "undone already" in late.page


async def test_by_text_message_to_the_old_number(world: World) -> None:
    await executed(world)
    reader = await undo(world, code=None)
    assert "A text message with 6 digits" in reader.page
    sms = (await world.mails(OLD_PHONE, "code:undo_sms"))[-1]
    await reader.post("/undo/code", {"code": "".join(filter(str.isdigit, sms.text))[:6]})
    assert "Your old method is back" in reader.page
    assert (await world.one(Factor, Factor.user_id == world.ids["ana"])).status is FactorStatus.LIVE


async def test_a_number_that_is_somebody_else_s_now_stays_there(world: World) -> None:
    """Whether it is taken is judged after its code, so that only who holds the phone learns it."""
    await executed(world)
    async with world.services.sessions.begin() as session:
        session.add(
            Factor(
                user_id=world.ids["carla"],
                kind="sms",
                status="live",
                phone=OLD_PHONE,
                created_at=world.clock(),
                confirmed_at=world.clock(),
            )
        )
    reader = await undo(world, code=None)
    sms = (await world.mails(OLD_PHONE, "code:undo_sms"))[-1]
    await reader.post("/undo/code", {"code": "".join(filter(str.isdigit, sms.text))[:6]})
    assert "Sign-in is stopped until a person has decided" in reader.page
    assert (await world.user("ana")).awaits_operator
    assert (await world.one(Factor, Factor.user_id == world.ids["ana"])).status is FactorStatus.REVOKED
    with pytest.raises(admin.AdminError):
        await admin.decide_undo(world.services, user=ANA, old_method=True, reason="proven on the phone")
    await admin.decide_undo(world.services, user=ANA, old_method=False, reason="proven on the phone")
    user = await world.user("ana")
    assert (user.awaits_operator, user.enrol_right_until) == (False, world.clock() + timedelta(days=7))


@pytest.mark.parametrize("old_method", [True, False])
async def test_with_the_password_valid_at_execution_a_person_decides(world: World, old_method: bool) -> None:
    key = await give_app(world)
    old = (await world.one(Factor, Factor.user_id == world.ids["ana"])).id
    await executed(world)
    _, thiefs_key = await enrol(world)
    encoded = await world.services.passwords.hash("changed by somebody else")
    await world.change(
        User, world.ids["ana"], password_hash=encoded, password_epoch=1, password_changed_at=world.clock()
    )
    reader = await undo(world, key=key, password=PASSWORDS["ana"])
    assert "Sign-in is stopped until a person has decided" in reader.page
    after = await statuses(world)
    assert after.pop(old) is FactorStatus.REVOKED
    assert set(after.values()) == {FactorStatus.SUSPENDED}
    for password in ("changed by somebody else", PASSWORDS["ana"]):
        browser = world.browser()
        await browser.get("/login")
        await browser.post("/login", {"email": ANA, "password": password}, status=0)
        assert "Changes are on hold" in browser.page or "go together" in browser.page
    again = await undo(world, key=key, password="changed by somebody else", at_code=False)
    assert "or it is too late" in again.page  # nothing goes on without the person
    world.clock.advance(timedelta(days=20))
    await erase_what_undo_needed(world.services)
    await admin.decide_undo(world.services, user=ANA, old_method=old_method, reason="called back")
    after = await statuses(world)
    assert after.pop(old) is (FactorStatus.LIVE if old_method else FactorStatus.REVOKED)
    assert set(after.values()) == {FactorStatus.REVOKED if old_method else FactorStatus.LIVE}
    user = await world.user("ana")
    assert (user.awaits_operator, user.state) == (False, EnrolmentState.ENROLLED)
    assert "operator:undo:decided" in await world.tags()
    assert thiefs_key
    with pytest.raises(admin.AdminError):
        await admin.decide_undo(world.services, user=ANA, old_method=old_method, reason="twice")


async def test_a_time_step_counts_once_here_too(lite: World) -> None:
    """A code that signed in a moment before undoes nothing, and one that undid signs nobody in."""
    key = await give_app(lite)
    ana = await sign_in_as(lite, "ana")
    code = pyotp.TOTP(key).at(lite.clock())
    await ana.post("/login/second-step", {"code": code})
    await executed(lite)
    reader = await undo(lite, code=code, status=422)
    lite.clock.advance(timedelta(seconds=60))
    fresh = pyotp.TOTP(key).at(lite.clock())
    await reader.post("/undo/code", {"code": fresh})
    assert "Your old method is back" in reader.page
    ana = await sign_in_as(lite, "ana")
    await ana.post("/login/second-step", {"code": fresh}, status=422)


async def test_seven_days_then_the_seed_is_erased(lite: World) -> None:
    key = await give_app(lite)
    await executed(lite)
    lite.clock.advance(timedelta(days=7, seconds=-1))
    assert await erase_what_undo_needed(lite.services) == 0
    path = await path_in_mail(lite, "reset_executed", "undo")
    await lite.browser().get(path)
    lite.clock.advance(timedelta(seconds=1))
    reader = lite.browser()
    await reader.get(path, status=410)
    assert "can't be undone any more" in reader.page
    assert await erase_what_undo_needed(lite.services) == 1
    assert (await lite.one(Factor, Factor.user_id == lite.ids["ana"])).secret is None
    assert (await lite.one(Reset)).password_at_execution is None
    assert key


async def test_wrong_passwords_wrong_references_and_wrong_codes(lite: World) -> None:
    key = await give_app(lite)
    await executed(lite)
    pages = []
    reference = (await lite.one(Reset)).reference
    for typed, password in ((reference, "wrong password here"), ("ZZZZZZ", PASSWORDS["ana"])):
        reader = lite.browser()
        await reader.get("/undo/")
        await reader.post("/undo/", {"reference": typed, "password": password}, status=422)
        pages.append(reader.page.replace(typed, "").split("csrf")[0])
    assert pages[0] == pages[1]
    reader = await undo(lite, code="000000", status=422)
    assert "matches" not in reader.page
    assert (await lite.one(Reset)).state is ResetState.EXECUTED
    await reader.get("/undo/")
    assert (await lite.tags()).count("reset:undo:refused") == 1
    assert key


async def test_by_reference_alone(lite: World) -> None:
    key = await give_app(lite)
    await executed(lite)
    reader = lite.browser()
    await reader.get("/not-me")
    assert 'href="/undo/"' in reader.page
    await reader.get("/undo/")
    typed = " ".join((await lite.one(Reset)).reference.lower())
    await reader.post("/undo/", {"reference": typed, "password": PASSWORDS["ana"]})
    await reader.post("/undo/code", {"code": pyotp.TOTP(key).at(lite.clock())})
    assert "Your old method is back" in reader.page


async def test_undoing_the_first_ends_the_second(lite: World) -> None:
    """Somebody resets twice: the user's undo of the first leaves no way to bring the stranger's factor back."""
    key = await give_app(lite)
    await executed(lite)
    first = await path_in_mail(lite, "reset_executed", "undo")
    _, thiefs_key = await enrol(lite)
    lite.clock.advance(timedelta(hours=1))
    browser = lite.browser()
    chat = await lite.chat(browser=browser)
    await chat.to_confirmed(browser)
    lite.clock.advance(timedelta(hours=24))
    assert (await chat.execute())["outcome"] == "executed"
    second = await path_in_mail(lite, "reset_executed", "undo")
    await undo(lite, key=key, path=first)
    reader = lite.browser()
    await reader.get(second)
    assert "It is undone" in reader.page
    assert {r.state for r in await lite.rows(Reset)} == {ResetState.UNDONE}
    live = await lite.rows(Factor, Factor.user_id == lite.ids["ana"], Factor.status == FactorStatus.LIVE)
    assert [base32_key(seed_of(lite.services.keys, factor)) for factor in live] == [key]
    assert thiefs_key != key


async def test_what_was_suspended_as_a_stranger_s_never_comes_back_by_undo(lite: World) -> None:
    """Enrolled, disputed, and then revoked by another reset: that reset's undo has nothing to bring back."""
    await executed(lite)
    _, thiefs_key = await enrol(lite)
    reader = lite.browser()
    await reader.get(await not_me_path(lite, "factor_enrolled"))
    await reader.post("/not-me/event")
    lite.clock.advance(timedelta(hours=73))
    browser = lite.browser()
    chat = await lite.chat(browser=browser)
    await chat.to_confirmed(browser)
    lite.clock.advance(timedelta(hours=24))
    assert (await chat.execute())["outcome"] == "executed"
    mail = (await lite.mails(ANA, "notice:reset_executed"))[-1]
    assert "/undo/" not in mail.text
    newest = max(await lite.rows(Reset), key=lambda reset: reset.created_at)
    assert not await lite.rows(Factor, Factor.revoked_by_reset_id == newest.id)
    assert thiefs_key
