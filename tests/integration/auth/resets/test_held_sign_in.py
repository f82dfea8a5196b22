"""While a reset waits, a sign-in with a second factor stops at one question before the session is usable."""

from datetime import timedelta

import pyotp
import pytest

from auth_backend.accounts.freeze import frozen
from auth_backend.login.models import LoginSession, SessionLevel
from auth_backend.resets.executing.schedule import run_due
from auth_backend.resets.models import Reset, ResetState
from tests.integration.auth.resets.repudiation_world import give_app, scheduled, sign_in_as
from tests.integration.auth.resets.world import ANA, Browser, World

QUESTION = "Somebody asked to remove the two-factor authentication of this user"


async def held(world: World, goal: str = "") -> tuple[Browser, str]:
    """Ana's browser at the question, and the key of her app."""
    key = await give_app(world)
    await scheduled(world)
    world.clock.advance(timedelta(minutes=5))
    ana = await sign_in_as(world, "ana")
    fields = {"code": pyotp.TOTP(key).at(world.clock()), "remember": "yes"}
    await ana.post("/login/second-step", fields | ({"next": goal} if goal else {}))
    return ana, key


async def open_levels(world: World) -> set[SessionLevel]:
    """Levels of the sessions that have not ended."""
    return {row.level for row in await world.rows(LoginSession, LoginSession.ended_at.is_(None))}


async def test_no_page_and_no_form_is_open_before_the_answer(world: World) -> None:
    ana, _ = await held(world)
    assert QUESTION in ana.page
    assert await open_levels(world) == {SessionLevel.HELD}
    for page in ("/", "/account/security", "/account/members", "/account/security/replace", "/login", "/enrol"):
        response = await ana.get(page)
        assert response.url.path == "/login/was-it-you", page
    for form in ("/account/preferences/language", "/account/security/reset/stop", "/account/security/hold"):
        await ana.post(form, {"language": "es"}, status=0)
        await ana.get("/login/was-it-you")
    user = await world.user("ana")
    assert (user.language, (await world.one(Reset)).state) == ("en", ResetState.SCHEDULED)
    chat = await world.chat(
        session_token=ana.client.session.cookie_jar.filter_cookies(ana.client.make_url("/"))["zoe_session"].value
    )
    assert chat.opened["standing"] == "anonymous"


async def test_stop(world: World) -> None:
    ana, key = await held(world)
    await ana.post("/login/was-it-you", {"answer": "stop"})
    assert "Stopped. It goes no further." in ana.page
    assert (await world.one(Reset)).state is ResetState.DISPUTED
    assert frozen(await world.user("ana"), now=world.clock()) is not None
    assert await open_levels(world) == {SessionLevel.FULL}
    world.clock.advance(timedelta(days=2))
    assert (await run_due(world.services)).executed == 0
    assert len(await world.mails(ANA, "notice:change_reported")) == 1
    again = await sign_in_as(world, "ana")
    await again.post("/login/second-step", {"code": pyotp.TOTP(key).at(world.clock())})
    assert QUESTION not in again.page


async def test_it_was_me_goes_on_and_is_asked_at_each_sign_in(world: World) -> None:
    ana, key = await held(world, goal="/account/members")
    await ana.post("/login/was-it-you", {"answer": "mine", "next": "/account/members"})
    assert "reset-banner" in ana.page
    assert await open_levels(world) == {SessionLevel.FULL}
    await ana.get("/account/security/replace")
    assert "/login/step-up" not in ana.page  # what was shown at the second step counts as step-up all the same
    world.clock.advance(timedelta(minutes=1))
    again = await sign_in_as(world, "ana")
    await again.post("/login/second-step", {"code": pyotp.TOTP(key).at(world.clock())})
    assert QUESTION in again.page
    remembered = await sign_in_as(world, "ana", ana)
    assert QUESTION in remembered.page


async def test_a_mailed_code_is_not_held_and_sees_the_banner(lite: World) -> None:
    await give_app(lite)
    await scheduled(lite)
    lite.clock.advance(timedelta(minutes=5))
    ana = await sign_in_as(lite, "ana")
    await ana.get("/login/methods")
    await ana.post("/login/methods")
    await ana.post("/login/methods", {"code": await lite.mailed_code(ANA)})
    assert await open_levels(lite) == {SessionLevel.FULL_EMAIL}
    await ana.get("/account/security")
    assert "reset-banner" in ana.page
    await ana.get("/account/security/reset")
    await ana.post("/account/security/reset/stop")
    assert (await lite.one(Reset)).state is ResetState.DISPUTED


async def test_the_banner_goes_after_fourteen_days(lite: World) -> None:
    key = await give_app(lite)
    await scheduled(lite)
    await lite.change(Reset, (await lite.one(Reset)).id, state=ResetState.CANCELLED)
    for days, shown in ((14, True), (1, False)):
        lite.clock.advance(timedelta(days=days, seconds=1))
        ana = await sign_in_as(lite, "ana")
        assert "reset-banner" not in ana.page  # never before the second step
        await ana.post("/login/second-step", {"code": pyotp.TOTP(key).at(lite.clock())})
        await ana.get("/account/security")
        assert ("reset-banner" in ana.page) == shown


@pytest.mark.parametrize("older", [True, False])
async def test_password_and_an_older_factor_end_the_hold(lite: World, older: bool) -> None:
    ana, _ = await held(lite)
    await ana.post("/login/was-it-you", {"answer": "stop"})
    if not older:
        async with lite.services.sessions.begin() as session:
            for row in await lite.rows(LoginSession, LoginSession.ended_at.is_(None)):
                row.shown_since = lite.clock()
                await session.merge(row)
    await ana.get("/account/security/hold")
    await ana.post("/account/security/hold", {"password": "wrong password here"}, status=422)
    await ana.post("/account/security/hold", {"password": "ana likes long walks"}, status=200 if older else 422)
    assert (frozen(await lite.user("ana"), now=lite.clock()) is None) == older
    assert ("user:freeze:lifted" in await lite.tags()) == older
    if older:
        assert "The hold is over" in ana.page


async def test_the_reset_ends_while_the_question_is_open(lite: World) -> None:
    ana, _ = await held(lite)
    await lite.change(Reset, (await lite.one(Reset)).id, state=ResetState.CANCELLED)
    await ana.get("/login/was-it-you")
    assert "Nothing waits any more" in ana.page
    await ana.post("/login/was-it-you", {"answer": "stop"})
    assert await open_levels(lite) == {SessionLevel.FULL}
    assert frozen(await lite.user("ana"), now=lite.clock()) is None


async def test_it_executes_while_the_question_is_open(lite: World) -> None:
    ana, _ = await held(lite)
    lite.clock.advance(timedelta(minutes=5))
    await lite.change(Reset, (await lite.one(Reset)).id, scheduled_for=lite.clock())
    assert (await run_due(lite.services)).executed == 1
    await ana.post("/login/was-it-you", {"answer": "mine"}, status=0)
    assert await open_levels(lite) == set()
