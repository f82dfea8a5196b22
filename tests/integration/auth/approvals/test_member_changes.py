"""Renaming, removing and bringing back members: who may, what ends, who hears of it, and what is left afterwards."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from auth_backend.accounts.erasure import erase_removed_members
from auth_backend.accounts.models import User
from auth_backend.approvals.models import OwnerRequest
from auth_backend.audit.models import AuditEvent
from auth_backend.audit.tags import Tag
from auth_backend.factors.models import Factor, FactorKind, FactorStatus, KnownBrowser
from auth_backend.login.models import LoginSession, RememberedDevice
from auth_backend.login.trust import remember_device
from auth_backend.resets.models import Reset, ResetState
from auth_backend.sign_in_data.models import FormerAddress
from tests.integration.auth.approvals.asking import asked, newest_request, signed_in
from tests.integration.auth.approvals.test_members_page import owner_of_acme, press
from tests.integration.auth.resets.repudiation_world import sign_in_as
from tests.integration.auth.resets.world import ANA, BRUNO, PASSWORDS, Browser, World

REMOVED, BACK = "/account/members?done=removed", "/account/members?done=brought_back"


async def tags(world: World, name: str) -> list[str]:
    """What the record says about somebody."""
    rows = await world.rows(AuditEvent)
    return [row.tag for row in sorted(rows, key=lambda row: row.seq) if row.user_id == world.ids[name]]


async def give_phone(world: World) -> str:
    """Bruno's one factor is SMS; returns the number."""
    phone = "+5511955554444"
    factor = await world.one(Factor, Factor.user_id == world.ids["bruno"])
    await world.change(Factor, factor.id, kind=FactorKind.SMS, phone=phone, secret=None)
    return phone


async def remove(world: World, browser: Browser | None = None, name: str = "bruno") -> str:
    """The owner reads the page and presses."""
    owner = browser or await signed_in(world, "ana")
    await owner.get(f"/account/members/{world.ids[name]}/remove")
    return (await owner.post(f"/account/members/{world.ids[name]}/remove")).url.path_qs


async def test_a_removed_member_is_out_everywhere_and_both_are_told(world: World) -> None:
    member = await signed_in(world, "bruno")
    chat = await asked(world)
    async with world.services.sessions.begin() as session:
        bruno = await session.get(User, world.ids["bruno"])
        assert bruno is not None
        await remember_device(session, bruno, ip="192.0.2.1", now=world.clock())
    await give_phone(world)
    owner = await signed_in(world, "ana")
    await owner.get(f"/account/members/{world.ids['bruno']}/remove")
    assert "Remove Bruno" in owner.page
    assert "phone number are free for others from then on" in owner.page
    assert await remove(world, owner) == REMOVED

    assert (await world.user("bruno")).removed_at == world.clock()
    assert [row.end_reason for row in await world.rows(LoginSession) if row.user_id == world.ids["bruno"]] == [
        "removed"
    ]
    assert all(row.ended_at for row in await world.rows(RememberedDevice))
    assert [row for row in await world.rows(KnownBrowser) if row.user_id == world.ids["bruno"]] == []
    assert (await world.one(Reset)).state is ResetState.CANCELLED
    assert await chat.stage() == "cancelled"
    assert (await world.one(Factor, Factor.user_id == world.ids["bruno"])).status is FactorStatus.LIVE
    assert (await member.get("/account/security")).url.path == "/login"
    assert await world.rows(FormerAddress) == []
    assert (await tags(world, "bruno"))[-1] == Tag.MEMBER_REMOVED.value
    (mail,) = await world.mails(BRUNO, "notice:member_removed")
    assert "/not-me/" not in mail.text
    (told,) = await world.mails(ANA, "notice:members_changed")
    assert BRUNO in told.text
    assert "/not-me/" in told.text
    await owner.get("/account/members")
    assert "Removed in the last 7 days" in owner.page


async def test_a_removed_member_is_an_unknown_address(lite: World) -> None:
    """The right password is answered like a wrong one; no code is sent; the chat hears what a stranger's does."""
    before = await sign_in_as(lite, "bruno")
    assert "/login/second-step" in before.page
    await remove(lite)
    lite.clock.advance(timedelta(minutes=5))
    sent = len(await lite.mails(BRUNO, "code:reset_email"))
    browser = await sign_in_as_refused(lite)
    assert "That address and password don't go together" in browser.page.replace("&#39;", "'")
    chat = await lite.chat(browser=browser)
    stranger = await lite.chat(browser=lite.browser())
    known, unknown = await chat.claim(BRUNO), await stranger.claim("nobody@acme.example")
    assert known["outcome"] == unknown["outcome"]
    assert len(await lite.mails(BRUNO, "code:reset_email")) == sent


async def sign_in_as_refused(world: World) -> Browser:
    """Bruno's own address and password."""
    browser = world.browser()
    await browser.get("/login")
    await browser.post("/login", {"email": BRUNO, "password": PASSWORDS["bruno"]}, status=422)
    return browser


async def test_brought_back_with_what_they_had(lite: World) -> None:
    await remove(lite)
    lite.clock.advance(timedelta(days=6, hours=23))
    owner = await signed_in(lite, "ana")
    assert await erase_removed_members(lite.services) == 0
    assert await press(lite, owner, "bruno", "bring-back") == BACK
    assert (await lite.user("bruno")).removed_at is None
    assert "/login/second-step" in (await sign_in_as(lite, "bruno")).page
    assert len(await lite.mails(BRUNO, "notice:member_back")) == 1
    assert len(await lite.mails(ANA, "notice:members_changed")) == 2
    assert [tag for tag in await tags(lite, "bruno") if tag.startswith("account:member")] == [
        "account:member:removed",
        "account:member:brought_back",
    ]
    assert await press(lite, owner, "bruno", "bring-back") == "/account/members?done=not_a_member"


async def test_after_seven_days_nothing_of_the_person_is_left(world: World) -> None:
    """Address and number are free for others; the record keeps the id."""
    phone = await give_phone(world)
    await asked(world)
    request = await newest_request(world)
    await world.change(OwnerRequest, request.id, note="my phone fell into the river")
    async with world.services.sessions.begin() as session:
        left = {"user_id": world.ids["bruno"], "address": "bruno@old.example", "at": world.clock()}
        session.add(FormerAddress(**left, reference="ABC234", dispute_token="t" * 64))
    await remove(world)
    world.clock.advance(timedelta(days=7))
    assert await press(world, await signed_in(world, "ana"), "bruno", "bring-back") == "/account/members?done=too_late"
    assert await erase_removed_members(world.services) == 1
    assert await erase_removed_members(world.services) == 0
    gone = await world.user("bruno")
    assert (gone.email, gone.name, gone.notice_email) == (f"{gone.id}@gone.invalid", "", None)
    factor = await world.one(Factor, Factor.user_id == gone.id)
    assert (factor.status, factor.phone, factor.secret) == (FactorStatus.REVOKED, None, None)
    assert (await tags(world, "bruno"))[-1] == Tag.MEMBER_ERASED.value
    assert (await world.one(Reset)).fact_email is None
    assert (await newest_request(world)).note is None
    reader = await signed_in(world, "ana")
    await reader.get("/account/requests")
    assert "A removed member" in reader.page
    async with world.services.sessions.begin() as session:
        ana = await session.scalar(select(Factor).where(Factor.user_id == world.ids["ana"]))
        assert ana is not None
        ana.phone = phone
        session.add(_like(gone, BRUNO))
    owner = await signed_in(world, "ana")
    assert await press(world, owner, "bruno", "bring-back") == "/account/members?done=not_a_member"


def _like(user: User, email: str) -> User:
    same = ("account_id", "kind", "language", "password_hash", "password_changed_at", "state", "created_at")
    return User(name="New", email=email, **{name: getattr(user, name) for name in same})


@pytest.mark.parametrize("what", ["remove", "name", "bring-back"])
async def test_who_may_not(lite: World, what: str) -> None:
    """Members, owners of other accounts, the owner about themself, and whoever showed no factor lately."""
    fields = {"name": "Mallory"}
    for name, target in (("bruno", "ana"), ("carla", "bruno"), ("ana", "ana"), ("ana", "carla"), ("ana", "sofia")):
        browser = await signed_in(lite, name)
        where = await press(lite, browser, target, what, fields)
        assert where in {"/account/members?done=not_owner", "/account/members?done=not_a_member"}, (name, target)
    stale = await signed_in(lite, "ana", stepped_up=False)
    assert (await press(lite, stale, "bruno", what, fields)).startswith("/login/step-up")
    assert all(row.removed_at is None for row in await lite.rows(User))
    assert "Mallory" not in {row.name for row in await lite.rows(User)}
    assert await owner_of_acme(lite) == lite.ids["ana"]


async def test_who_could_dispute_the_owner_is_not_put_out(lite: World) -> None:
    """A stolen account's new owner can't remove the former one, nor anybody else, while it can be taken back."""
    await press(lite, await signed_in(lite, "ana"), "bruno", "owner")
    thief = await signed_in(lite, "bruno")
    assert await remove(lite, thief, "ana") == "/account/members?done=removed_too_soon"
    assert (await lite.user("ana")).removed_at is None
    lite.clock.advance(timedelta(days=7))
    assert await remove(lite, await signed_in(lite, "bruno"), "ana") == REMOVED


async def test_nobody_removed_becomes_the_owner(lite: World) -> None:
    await remove(lite)
    owner = await signed_in(lite, "ana")
    assert await press(lite, owner, "bruno", "owner") == "/account/members?done=not_a_member"
    assert await press(lite, owner, "bruno", "reset", {"reason": "other"}) == "/account/members?done=not_owner"
    assert await owner_of_acme(lite) == lite.ids["ana"]


async def test_a_reported_change_holds_it_up(lite: World) -> None:
    await lite.change(User, lite.ids["bruno"], frozen_until=lite.clock() + timedelta(hours=72))
    assert await remove(lite) == "/account/members?done=on_hold"
    owner = await signed_in(lite, "ana")
    assert await press(lite, owner, "bruno", "name", {"name": "B"}) == "/account/members?done=on_hold"


async def test_a_new_name(lite: World) -> None:
    """Spaces are tidied, the record holds no name, and what can't be one keeps what was typed."""
    owner = await signed_in(lite, "ana")
    assert await press(lite, owner, "bruno", "name", {"name": "  Bruno  da  Costa "}) == "/account/members?done=renamed"
    assert (await lite.user("bruno")).name == "Bruno da Costa"
    event = await lite.one(AuditEvent, AuditEvent.tag == Tag.MEMBER_RENAMED.value)
    assert (event.actor, event.data) == (f"user:{lite.ids['ana']}", {})
    for bad in ("", "   ", "a\u202eb", "x" * 101):
        await owner.get(f"/account/members/{lite.ids['bruno']}/name")
        await owner.post(f"/account/members/{lite.ids['bruno']}/name", {"name": bad}, status=422)
        assert 'aria-describedby="f-name-error' in owner.page
    assert (await lite.user("bruno")).name == "Bruno da Costa"


async def test_the_pages_in_three_languages(lite: World) -> None:
    owner = await signed_in(lite, "ana")
    for lang, words in {
        "en": ("Remove Bruno", "Rename Bruno"),
        "pt": ("Remover Bruno", "Mudar o nome de Bruno"),
        "es": ("¿Quitar a Bruno", "Cambiar el nombre de Bruno"),
    }.items():
        for what, expected in zip(("remove", "name"), words, strict=True):
            await owner.get(f"/account/members/{lite.ids['bruno']}/{what}?lang={lang}")
            assert expected in owner.page
