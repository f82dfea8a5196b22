"""The Members page: who is shown what, handing the account over, the dispute, and a reset that the owner starts."""

import re
from datetime import timedelta

from auth_backend.accounts.models import Account, EnrolmentState, OwnerChange, User
from auth_backend.accounts.owner_change import change_owner
from auth_backend.accounts.owner_disputes import change_to_take_back
from auth_backend.login.trust import remember_device, remembered_device
from auth_backend.resets.models import Proof, ProofKind, Reset, ResetState
from tests.integration.auth.approvals.asking import asked, decide, signed_in
from tests.integration.auth.resets.world import ANA, BRUNO, Browser, World


async def press(world: World, browser: Browser, name: str, what: str, fields: dict[str, str] | None = None) -> str:
    """Opens the page of a member's action and sends its form; returns where that led."""
    path = f"/account/members/{world.ids[name]}/{what}"
    await browser.get("/account/members")
    response = await browser.post(path, fields)
    return response.url.path_qs


async def owner_of_acme(world: World) -> str | None:
    account: Account = await world.one(Account, Account.id == world.ids["acme"])
    return account.owner_id


async def dispute_path(world: World) -> str:
    (mail,) = await world.mails(ANA, "notice:owner_no_more")
    found = re.search(r"/owner-dispute/[A-Za-z0-9_-]+", mail.text)
    assert found is not None
    return found[0]


async def test_the_owner_sees_methods_and_a_member_only_names(lite: World) -> None:
    owner, member = await signed_in(lite, "ana"), await signed_in(lite, "bruno")
    await owner.get("/account/members")
    assert BRUNO in owner.page
    assert "Authenticator app" in owner.page
    assert "+5511912345688" not in owner.page
    await member.get("/account/members")
    assert ANA not in member.page
    assert "SMS ending in" not in member.page
    assert "Make owner" not in member.page


async def test_handing_over_ends_requests_and_devices_and_tells_both(world: World) -> None:
    chat = await asked(world)
    async with world.services.sessions.begin() as session:
        bruno = await session.get(User, world.ids["bruno"])
        assert bruno is not None
        device = await remember_device(session, bruno, ip="192.0.2.1", now=world.clock())
        assert await remembered_device(session, bruno, device, ip="192.0.2.1", now=world.clock())
    owner = await signed_in(world, "ana")
    assert await press(world, owner, "bruno", "owner") == "/account/members?done=handed_over"
    assert await owner_of_acme(world) == world.ids["bruno"]
    assert await chat.stage() == "cancelled"
    async with world.services.sessions.begin() as session:
        bruno = await session.get(User, world.ids["bruno"])
        assert bruno is not None
        assert await remembered_device(session, bruno, device, ip="192.0.2.1", now=world.clock()) is None
    assert len(await world.mails(BRUNO, "notice:owner_become")) == 1
    assert "/owner-dispute/" in (await world.mails(ANA, "notice:owner_no_more"))[0].text


async def test_the_owners_new_password_asks_every_device_of_the_account_again(lite: World) -> None:
    async with lite.services.sessions.begin() as session:
        bruno = await session.get(User, lite.ids["bruno"])
        assert bruno is not None
        device = await remember_device(session, bruno, ip="192.0.2.1", now=lite.clock())
    for change in ({"password_epoch": 1}, {"factor_epoch": 1}, {"email": "new@acme.example"}):
        async with lite.services.sessions.begin() as session:
            bruno = await session.get(User, lite.ids["bruno"])
            assert bruno is not None
            device = await remember_device(session, bruno, ip="192.0.2.1", now=lite.clock())
        await lite.change(User, lite.ids["ana"], **change)
        async with lite.services.sessions.begin() as session:
            bruno = await session.get(User, lite.ids["bruno"])
            assert bruno is not None
            assert await remembered_device(session, bruno, device, ip="192.0.2.1", now=lite.clock()) is None, change


async def test_who_may_not_hand_over(lite: World) -> None:
    member, stranger = await signed_in(lite, "bruno"), await signed_in(lite, "carla")
    assert await press(lite, member, "ana", "owner") == "/account/members?done=not_owner"
    assert await press(lite, stranger, "bruno", "owner") == "/account/members?done=not_a_member"
    stale = await signed_in(lite, "ana", stepped_up=False)
    assert (await press(lite, stale, "bruno", "owner")).startswith("/login/step-up")
    await lite.change(User, lite.ids["bruno"], state=EnrolmentState.NONE)
    assert await press(lite, await signed_in(lite, "ana"), "bruno", "owner") == "/account/members?done=unprotected"
    assert await owner_of_acme(lite) == lite.ids["ana"]


async def test_the_link_alone_reverses_nothing_and_puts_the_new_owner_on_hold(world: World) -> None:
    await press(world, await signed_in(world, "ana"), "bruno", "owner")
    anybody = world.browser()
    await anybody.get(await dispute_path(world))
    assert "Dispute it" in anybody.page
    assert (await world.one(OwnerChange)).disputed_at is None
    await anybody.post("/owner-dispute/")
    await anybody.get("/owner-dispute/")
    await anybody.post("/owner-dispute/", csrf=False, status=0)
    assert await owner_of_acme(world) == world.ids["bruno"]
    assert (await world.user("bruno")).frozen_until == world.clock() + timedelta(hours=72)
    assert len(await world.mails(ANA, "notice:owner_disputed")) == 1
    new_owner = await signed_in(world, "bruno")
    assert await press(world, new_owner, "ana", "owner") == "/account/security"
    assert await press(world, new_owner, "ana", "reset", {"reason": "stolen"}) == "/account/security"
    assert await owner_of_acme(world) == world.ids["bruno"]


async def test_the_former_owner_takes_it_back_with_what_is_older(world: World) -> None:
    await press(world, await signed_in(world, "ana"), "bruno", "owner")
    world.clock.advance(timedelta(days=6))
    unproven = await signed_in(world, "ana")
    await unproven.get("/account/members")
    before = world.clock() - timedelta(days=6)
    await unproven.post("/account/members/take-back")
    assert await owner_of_acme(world) == world.ids["bruno"]

    proven = await signed_in(world, "ana", shown_since=before - timedelta(days=1))
    await proven.get("/account/members")
    response = await proven.post("/account/members/take-back")
    assert response.url.path_qs == "/account/members?done=taken_back"
    assert await owner_of_acme(world) == world.ids["ana"]
    (mail,) = await world.mails(BRUNO, "notice:owner_no_more")
    assert "/owner-dispute/" not in mail.text


async def test_what_may_have_to_go_back_is_not_handed_on(lite: World) -> None:
    async with lite.services.sessions.begin() as session:
        bruno = await session.get(User, lite.ids["bruno"])
        assert bruno is not None
        same = {name: getattr(bruno, name) for name in ("account_id", "kind", "language", "password_hash", "state")}
        third = User(email="third@acme.example", name="Third", created_at=bruno.created_at, **same)
        third.password_changed_at = bruno.password_changed_at
        session.add(third)
        await session.flush()
        lite.ids["third"] = third.id
    await press(lite, await signed_in(lite, "ana"), "bruno", "owner")
    assert await press(lite, await signed_in(lite, "bruno"), "third", "owner") == "/account/members?done=too_soon"
    assert await owner_of_acme(lite) == lite.ids["bruno"]
    former = await lite.user("ana")
    async with lite.services.sessions.begin() as session:
        assert await change_to_take_back(session, former, now=lite.clock()) is not None
    lite.clock.advance(timedelta(days=7))
    assert await press(lite, await signed_in(lite, "bruno"), "third", "owner") == "/account/members?done=handed_over"


async def test_it_may_be_handed_back_at_once(lite: World) -> None:
    await press(lite, await signed_in(lite, "ana"), "bruno", "owner")
    assert await press(lite, await signed_in(lite, "bruno"), "ana", "owner") == "/account/members?done=handed_over"
    assert await owner_of_acme(lite) == lite.ids["ana"]


async def test_a_new_password_or_the_operators_change_is_not_taken_back(lite: World) -> None:
    await press(lite, await signed_in(lite, "ana"), "bruno", "owner")
    since = lite.clock() - timedelta(days=300)
    lite.clock.advance(timedelta(minutes=1))
    await lite.change(User, lite.ids["ana"], password_changed_at=lite.clock())
    browser = await signed_in(lite, "ana", shown_since=since)
    await browser.get("/account/members")
    assert (await browser.post("/account/members/take-back")).url.path_qs.endswith("done=not_taken_back")
    async with lite.services.sessions.begin() as session:
        await change_owner(
            session,
            lite.services,
            account_id=lite.ids["acme"],
            user_id=lite.ids["ana"],
            now=lite.clock(),
            actor="operator",
        )
    former = await signed_in(lite, "bruno", shown_since=since)
    await former.get("/account/members")
    assert "Take it back" not in former.page


async def test_a_dispute_comes_too_late(lite: World) -> None:
    await press(lite, await signed_in(lite, "ana"), "bruno", "owner")
    path = await dispute_path(lite)
    lite.clock.advance(timedelta(days=7))
    browser = lite.browser()
    await browser.get(path, status=410)


async def test_the_owner_starts_a_members_reset(world: World) -> None:
    owner = await signed_in(world, "ana")
    await world.know(owner, "ana")
    assert await press(world, owner, "bruno", "reset", {"reason": "lost_device"}) == "/account/members?done=executed"
    reset = await world.one(Reset)
    assert (reset.state, reset.requester_id, reset.target_id) == (
        ResetState.EXECUTED,
        world.ids["ana"],
        world.ids["bruno"],
    )
    kinds = {row.kind for row in await world.rows(Proof)}
    assert kinds == {ProofKind.PASSWORD, ProofKind.STEP_UP, ProofKind.OWNER, ProofKind.CONFIRMATION}
    assert (await world.user("bruno")).state is EnrolmentState.MUST_ENROL
    (mail,) = await world.mails(BRUNO, "notice:reset_executed")
    assert "as the owner of your account asked" in mail.text
    assert await world.mails(ANA, "notice:reset_executed") == []


async def test_an_unknown_browser_of_the_owner_waits(lite: World) -> None:
    owner = await signed_in(lite, "ana")
    assert await press(lite, owner, "bruno", "reset", {"reason": "other"}) == "/account/members?done=scheduled"
    assert await press(lite, owner, "bruno", "reset", {"reason": "other"}) == "/account/members?done=already_open"
    assert (await lite.user("bruno")).state is EnrolmentState.ENROLLED


async def test_who_may_not_start_a_reset(lite: World) -> None:
    for name, target in (("bruno", "ana"), ("carla", "bruno"), ("ana", "ana"), ("ana", "carla"), ("ana", "sofia")):
        browser = await signed_in(lite, name)
        assert await press(lite, browser, target, "reset", {"reason": "other"}) == "/account/members?done=not_owner"
    stale = await signed_in(lite, "ana", stepped_up=False)
    assert (await press(lite, stale, "bruno", "reset", {"reason": "other"})).startswith("/login/step-up")
    assert await lite.rows(Reset) == []


async def test_three_a_day(lite: World) -> None:
    for _ in range(3):
        owner = await signed_in(lite, "ana")
        await press(lite, owner, "bruno", "reset", {"reason": "other"})
        async with lite.services.sessions.begin() as session:
            for reset in await lite.rows(Reset):
                row = await session.get(Reset, reset.id)
                assert row is not None
                row.state = ResetState.CANCELLED
    assert await press(lite, owner, "bruno", "reset", {"reason": "other"}) == "/account/members?done=too_many"
    lite.clock.advance(timedelta(hours=24))
    owner = await signed_in(lite, "ana")
    assert await press(lite, owner, "bruno", "reset", {"reason": "other"}) == "/account/members?done=scheduled"


async def test_a_disputed_owner_decides_nothing(lite: World) -> None:
    await asked(lite)
    await lite.change(User, lite.ids["ana"], frozen_until=lite.clock() + timedelta(hours=72))
    assert await decide(lite, await signed_in(lite, "ana"), "approve") == "/account/requests?done=on_hold"
    assert (await lite.one(Reset)).state is ResetState.AWAITING_OWNER
