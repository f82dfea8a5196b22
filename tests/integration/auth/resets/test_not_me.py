""" "This was not me": one link, one event, one press; what it stops in which state, and what it never touches."""

import asyncio
import re
from datetime import timedelta

import pytest

from auth_backend.accounts.freeze import frozen
from auth_backend.accounts.models import EnrolmentState, EnrolReason, User
from auth_backend.factors.models import Factor, FactorStatus, KnownBrowser
from auth_backend.login.models import LoginSession
from auth_backend.outbox.mails import MailKind
from auth_backend.outbox.notices import notify_user
from auth_backend.resets.executing.schedule import run_due
from auth_backend.resets.models import Reset, ResetState
from auth_backend.resets.not_me.models import ToldEvent
from tests.integration.auth.resets.repudiation_world import enrol, executed, not_me_path, scheduled, sign_in_as
from tests.integration.auth.resets.world import ANA, PASSWORDS, World

HOLD = timedelta(hours=72)


async def test_a_waiting_reset_never_executes(world: World) -> None:
    chat = await scheduled(world)
    reader = world.browser()
    await reader.get(await not_me_path(world, "reset_scheduled"))
    assert "will be removed on" in reader.page
    assert "If that wasn't you, stop it here." in reader.page
    await reader.post("/not-me/event")
    assert "Now, in this order" in reader.page
    assert (await world.one(Reset)).state is ResetState.DISPUTED
    assert await chat.stage() == "disputed"
    assert (chat.id, "reset_changed") in await world.events()
    world.clock.advance(timedelta(hours=25))
    assert (await run_due(world.services)).executed == 0
    assert (await chat.execute())["outcome"] == "not_confirmed"
    assert (await world.one(Factor, Factor.user_id == world.ids["ana"])).status is FactorStatus.LIVE
    user = await world.user("ana")
    assert user.state is EnrolmentState.ENROLLED
    assert user.frozen_until == world.clock() - timedelta(hours=25) + HOLD
    assert len(await world.mails(ANA, "notice:change_reported")) == 1
    tags = await world.tags()
    assert (tags.count("reset:disputed"), tags.count("user:frozen")) == (1, 1)


async def test_an_executed_reset_enrols_nobody_and_time_brings_nothing_back(world: World) -> None:
    await executed(world)
    thief = await sign_in_as(world, "ana")
    reader = world.browser()
    await reader.get(await not_me_path(world, "reset_executed"))
    assert "was removed on" in reader.page
    await reader.post("/not-me/event")
    assert "Bring it back" in reader.page
    assert (await world.one(Reset)).state is ResetState.DISPUTED
    assert not await world.rows(LoginSession, LoginSession.ended_at.is_(None))
    await thief.get("/enrol")
    assert thief.page.count('name="password"') == 1  # the sign-in page: the session is over
    for wait in (0, 4, 30):
        world.clock.advance(timedelta(days=wait))
        again = await sign_in_as(world, "ana")
        assert "The time to set up a new method is over" in again.page
    assert (await world.user("ana")).state is EnrolmentState.MUST_ENROL


async def test_what_was_enrolled_since_is_suspended_and_signed_out(world: World) -> None:
    await executed(world)
    thief, key = await enrol(world, "ana")
    await thief.get("/account/security")
    assert "authenticator app" in thief.page.lower()
    for kind in ("factor_enrolled", "reset_executed"):
        reader = world.browser()
        await reader.get(await not_me_path(world, kind))
        assert ("a new method was set up" in reader.page) == (kind == "factor_enrolled")
        if kind == "factor_enrolled":
            await reader.post("/not-me/event")
        assert "Now, in this order" in reader.page
    user = await world.user("ana")
    assert (user.state, user.enrol_reason, user.enrol_right_until) == (
        EnrolmentState.MUST_ENROL,
        EnrolReason.RESET,
        world.clock(),
    )
    statuses = {f.status for f in await world.rows(Factor, Factor.user_id == user.id)}
    assert statuses == {FactorStatus.REVOKED, FactorStatus.SUSPENDED}
    assert not await world.rows(LoginSession, LoginSession.ended_at.is_(None))
    assert not await world.rows(
        KnownBrowser, KnownBrowser.user_id == user.id, KnownBrowser.strong_step_at >= user.disputed_at
    )
    again = await sign_in_as(world, "ana")
    assert "The time to set up a new method is over" in again.page
    assert key
    tags = await world.tags()
    assert (tags.count("factor:suspended"), tags.count("factor:revoked")) == (1, 1)
    assert tags.count("recovery_codes:suspended") == 1


async def test_a_method_older_than_the_event_and_its_sign_in_are_untouched(lite: World) -> None:
    """A change that is none of the factors: the press suspends nothing, signs nobody out, only holds."""
    async with lite.services.sessions.begin() as session:
        user = await session.get(User, lite.ids["ana"])
        assert user is not None
        await notify_user(session, lite.services, user, MailKind.PASSWORD_CHANGED, now=lite.clock())
    before = await lite.user("ana")
    reader = lite.browser()
    await reader.get(await not_me_path(lite, "password_changed"))
    await reader.post("/not-me/event")
    after = await lite.user("ana")
    assert (after.state, after.factor_epoch) == (before.state, before.factor_epoch)
    assert frozen(after, now=lite.clock()) is not None
    assert [f.status for f in await lite.rows(Factor, Factor.user_id == after.id)] == [FactorStatus.LIVE]
    assert "user:change:disputed" in await lite.tags()


async def test_opening_it_changes_nothing_and_a_foreign_form_is_refused(lite: World) -> None:
    await scheduled(lite)
    path = await not_me_path(lite, "reset_scheduled")
    before, reader = await lite.tags(), lite.browser()
    for _ in range(2):
        response = await reader.get(path)
        assert response.url.path == "/not-me/event"
        await reader.client.head(path)
    await reader.get("/not-me/mine")
    await reader.get(path)
    await reader.post("/not-me/event", csrf=False, status=403)
    assert await lite.tags() == before
    assert (await lite.one(Reset)).state is ResetState.SCHEDULED


async def test_one_token_one_power(lite: World) -> None:
    await scheduled(lite)
    mail = (await lite.mails(ANA, "notice:reset_scheduled"))[0]
    tokens = re.findall(r"/(resets|not-me)/([A-Za-z0-9_-]{40,})", mail.text)
    assert len({token for _, token in tokens}) == 3
    for page, token in tokens:
        other = {"resets": "/not-me/", "not-me": "/resets/"}[page]
        await lite.browser().get(other + token, status=410)


async def test_after_seven_days_the_link_says_so(lite: World) -> None:
    await executed(lite)
    path = await not_me_path(lite, "reset_executed")
    lite.clock.advance(timedelta(days=7))
    reader = lite.browser()
    await reader.get(path, status=410)
    assert "This link is too old" in reader.page
    assert (await lite.one(Reset)).state is ResetState.EXECUTED


async def test_sixteen_presses_are_one(world: World) -> None:
    await executed(world)
    path = await not_me_path(world, "reset_executed")
    readers = [world.browser() for _ in range(16)]
    for reader in readers:
        await reader.get(path)
    await asyncio.gather(*(reader.post("/not-me/event") for reader in readers))
    tags = await world.tags()
    assert (tags.count("reset:disputed"), tags.count("user:frozen")) == (1, 1)
    assert len(await world.mails(ANA, "notice:change_reported")) == 1


async def test_every_notice_of_one_reset_stops_it_once(lite: World) -> None:
    """The links of the notice before and the notice after are about one reset: the second press renews no hold."""
    chat = await scheduled(lite)
    first = await not_me_path(lite, "reset_scheduled")
    lite.clock.advance(timedelta(hours=24))
    assert (await chat.execute())["outcome"] == "executed"
    second = await not_me_path(lite, "reset_executed")
    for path in (first, second):
        reader = lite.browser()
        await reader.get(path)
        if "Stop it" in reader.page:
            await reader.post("/not-me/event")
        lite.clock.advance(timedelta(hours=1))
    assert (await lite.user("ana")).frozen_until == lite.clock() - timedelta(hours=2) + HOLD
    assert (await lite.tags()).count("user:frozen") == 1


@pytest.mark.parametrize("lang", ["pt", "es"])
async def test_the_page_speaks_the_reader_s_language(lite: World, lang: str) -> None:
    await scheduled(lite)
    reader = lite.browser()
    await reader.get(await not_me_path(lite, "reset_scheduled") + f"?lang={lang}")
    assert {"pt": "Fui eu", "es": "Fui yo"}[lang] in reader.page
    assert "If that wasn" not in reader.page


async def test_while_it_is_on_hold_a_new_reset_is_refused_after_both_proofs_only(lite: World) -> None:
    await scheduled(lite)
    reader = lite.browser()
    await reader.get(await not_me_path(lite, "reset_scheduled"))
    await reader.post("/not-me/event")
    lite.clock.advance(timedelta(minutes=5))
    browser = lite.browser()
    chat = await lite.chat(browser=browser)
    await chat.prove_email()
    facts = await chat.facts()
    assert (facts["refusal"], facts["stage"]) == (None, "password")
    await browser.type_password(await chat.verify_url(), PASSWORDS["ana"])
    facts = await chat.facts()
    assert (facts["stage"], facts["refusal"]) == ("refused", "frozen")
    assert facts["frozen_until"] == (await lite.user("ana")).frozen_until.isoformat().replace("+00:00", "Z")


async def test_an_event_names_no_token(lite: World) -> None:
    await scheduled(lite)
    path = await not_me_path(lite, "reset_scheduled")
    event = await lite.one(ToldEvent)
    assert event.token not in path
    assert len(event.token) == 64
