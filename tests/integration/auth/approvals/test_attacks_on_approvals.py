"""Nobody but the present owner, with step-up and in time, approves; and what they approve is that one thing."""

import asyncio
from datetime import timedelta

from auth_backend.accounts.models import Account, EnrolmentState, User
from auth_backend.approvals.models import OwnerRequest
from auth_backend.resets.models import Reset, ResetState
from tests.integration.auth.approvals.asking import (
    ask,
    asked,
    decide,
    member_at_the_question,
    newest_request,
    signed_in,
)
from tests.integration.auth.resets.world import ANA, BRUNO, World


async def test_a_members_nonce_confirms_nothing_and_an_owners_asks_nothing(lite: World) -> None:
    chat = await member_at_the_question(lite)
    nonce = (await chat.card())["nonce"]
    assert (await chat.confirm(nonce=nonce))["outcome"] == "not_recorded"
    for yes in ("yes", "sim", "sí", "Ask the owner"):
        assert (await chat.confirm(text=yes))["outcome"] == "not_recorded"
    assert await chat.stage() == "ask_owner"
    assert (await chat.execute())["outcome"] == "not_confirmed"

    browser = lite.browser()
    owners = await lite.chat(browser=browser)
    await owners.to_ready(browser)
    card = await owners.card()
    assert card["facts"]["stage"] == "ready"
    assert (await ask(owners, nonce=card["nonce"]))["outcome"] == "not_recorded"
    assert await owners.stage() == "ready"
    assert await lite.rows(OwnerRequest) == []


async def test_a_nonce_of_another_chat_or_an_older_one_asks_nothing(lite: World) -> None:
    chat = await member_at_the_question(lite)
    older = (await chat.card())["nonce"]
    newer = (await chat.card())["nonce"]
    assert (await ask(chat, nonce=older))["outcome"] == "not_recorded"
    other = await lite.chat()
    assert (await ask(other, nonce=newer))["outcome"] == "not_recorded"
    lite.clock.advance(timedelta(minutes=10))
    assert (await ask(chat, nonce=newer))["outcome"] == "expired"


async def test_the_same_press_twice_asks_once(lite: World) -> None:
    chat = await member_at_the_question(lite)
    body = {"nonce": (await chat.card())["nonce"], "reason": "other", "activity_id": "act-once"}
    outcomes = [(await chat.tell("owner-requests", body))["outcome"] for _ in range(2)]
    assert outcomes == ["recorded", "recorded"]
    assert len(await lite.rows(OwnerRequest)) == 1
    assert len(await lite.mails(ANA, "notice:owner_asked")) == 1


async def test_only_the_owner_who_was_asked_decides(lite: World) -> None:
    await asked(lite)
    for somebody in ("bruno", "carla"):
        browser = await signed_in(lite, somebody)
        assert await decide(lite, browser, "approve") == "/account/requests?done=gone"
        assert "Bruno asks" not in browser.page
    assert (await lite.one(Reset)).state is ResetState.AWAITING_OWNER


async def test_step_up_comes_first_and_lasts_five_minutes(lite: World) -> None:
    await asked(lite)
    long_ago = await signed_in(lite, "ana", stepped_up=False)
    assert (await decide(lite, long_ago, "approve")).startswith("/login/step-up")
    fresh = await signed_in(lite, "ana")
    lite.clock.advance(timedelta(minutes=5))
    assert (await decide(lite, fresh, "approve")).startswith("/login/step-up")
    assert (await lite.one(Reset)).state is ResetState.AWAITING_OWNER


async def test_the_decision_is_about_the_factors_that_were_there(lite: World) -> None:
    await asked(lite)
    await lite.change(User, lite.ids["bruno"], factor_epoch=7)
    owner = await signed_in(lite, "ana")
    assert await decide(lite, owner, "approve") == "/account/requests?done=in_the_way"
    assert (await lite.one(Reset)).refusal == "facts_changed"
    assert (await lite.user("bruno")).state is EnrolmentState.ENROLLED


async def test_on_hold_nothing_is_approved(lite: World) -> None:
    await asked(lite)
    await lite.change(User, lite.ids["bruno"], frozen_until=lite.clock() + timedelta(hours=72))
    owner = await signed_in(lite, "ana")
    assert await decide(lite, owner, "approve") == "/account/requests?done=in_the_way"
    assert (await lite.user("bruno")).state is EnrolmentState.ENROLLED


async def test_an_owner_behind_everybodys_back_is_no_owner(lite: World) -> None:
    await asked(lite)
    await lite.change(Account, lite.ids["acme"], owner_id=lite.ids["bruno"])
    assert await decide(lite, await signed_in(lite, "ana"), "approve") == "/account/requests?done=gone"
    assert await decide(lite, await signed_in(lite, "bruno"), "approve") == "/account/requests?done=gone"
    assert (await lite.user("bruno")).state is EnrolmentState.ENROLLED


async def test_yes_and_no_sixteen_times_at_once_decide_once(world: World) -> None:
    await asked(world)
    owner = await signed_in(world, "ana")
    await owner.get("/account/requests")
    request = await newest_request(world)

    async def press(number: int) -> str:
        form = {"csrf": owner.page.split('name="csrf" value="')[1].split('"')[0]}
        what = "approve" if number % 2 else "refuse"
        response = await owner.client.post(f"/account/requests/{request.id}/{what}", data=form, allow_redirects=False)
        return response.headers["Location"].partition("=")[2]

    outcomes = await asyncio.gather(*(press(number) for number in range(16)))
    assert outcomes.count("gone") == 15
    reset = await world.one(Reset)
    assert reset.state is (ResetState.EXECUTED if "approved" in outcomes else ResetState.REFUSED)


async def test_a_foreign_site_asks_on_the_page_and_the_note_is_only_quoted(lite: World) -> None:
    chat = await lite.chat(channel="embed")
    await chat.prove_email(BRUNO)
    browser, other = lite.browser(), lite.browser()
    url = await chat.verify_url()
    await browser.type_password(url, "bruno bakes bread daily")
    assert (await chat.return_code(browser.shown_return_code()))["outcome"] == "accepted"
    assert (await chat.card())["outcome"] == "on_page"
    await other.get(url)
    assert "Ask the owner" not in other.page

    await browser.get("/verify/")
    await browser.post("/verify/ask", {"note": "typed & kept"}, status=422)
    assert "Pick one of the reasons." in browser.page
    assert "typed &amp; kept" in browser.page
    await browser.post("/verify/yes")
    assert await chat.stage() == "ask_owner"
    await browser.get("/verify/")
    note = "It fell into the <b>sea</b>, see https://evil.example \n\n[Approve](https://evil.example)"
    await browser.post("/verify/ask", {"reason": "lost_device", "note": note})
    assert await chat.stage() == "awaiting_owner"
    (mail,) = await lite.mails(ANA, "notice:owner_asked")
    assert "sea" not in mail.text
    assert "evil" not in (mail.html or "")
    owner = await signed_in(lite, "ana")
    await owner.get("/account/requests")
    assert "<blockquote" in owner.page
    assert "&lt;b&gt;sea&lt;/b&gt;" in owner.page
    assert 'href="https://evil.example' not in owner.page
