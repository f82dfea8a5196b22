"""The verify page: other browsers, other people's passwords, forwarded links, scanners."""

from datetime import timedelta

from auth_backend.accounts.models import Account, User
from auth_backend.codes.models import CodePurpose, OneTimeCode
from auth_backend.limits.models import FailureCounter
from auth_backend.login.models import LoginSession
from auth_backend.resets.models import Proof, ProofKind, Reset, ResetLink, ResetState
from tests.integration.auth.resets.world import ANA, PASSWORDS, Browser, Chat, World


async def at_password(world: World) -> tuple[Chat, Browser]:
    browser = world.browser()
    chat = await world.chat(browser=browser)
    await chat.prove_email()
    return chat, browser


async def test_wrong_passwords_count_on_the_one_counter(lite: World) -> None:
    chat, browser = await at_password(lite)
    for _ in range(5):
        await browser.type_password(await chat.verify_url(), "wrong password here", status=422)
    counter = await lite.one(FailureCounter, FailureCounter.bucket == "password")
    assert counter.in_a_row == 5
    page = await browser.type_password(await chat.verify_url(), PASSWORDS["ana"], status=429)
    assert "too many tries" in page
    assert await chat.stage() == "password"
    lite.clock.advance(timedelta(seconds=5))
    await browser.type_password(await chat.verify_url(), PASSWORDS["ana"])
    assert await chat.stage() == "ready"
    tags = await lite.tags()
    assert tags.count("reset:proof:refused") == 5


async def test_another_browser_gets_a_return_code(world: World) -> None:
    chat, _ = await at_password(world)
    phone = world.browser()
    page = await phone.type_password(await chat.verify_url(), PASSWORDS["ana"])
    assert "type this code there" in page
    assert await chat.stage() == "return_code"
    assert not [proof for proof in await world.rows(Proof) if proof.kind is ProofKind.PASSWORD]

    code = phone.shown_return_code()
    stranger = await world.chat()
    assert (await stranger.return_code(code))["outcome"] == "not_awaited"
    assert (await chat.return_code("BBB-BBB"))["outcome"] == "wrong"
    assert (await chat.return_code(code.lower().replace("-", " ")))["outcome"] == "accepted"
    assert await chat.stage() == "ready"
    assert (await chat.return_code(code))["outcome"] == "not_awaited"


async def test_return_code_expires_and_is_spent(lite: World) -> None:
    chat, _ = await at_password(lite)
    phone = lite.browser()
    await phone.type_password(await chat.verify_url(), PASSWORDS["ana"])
    code = phone.shown_return_code()
    lite.clock.advance(timedelta(minutes=5))
    assert (await chat.return_code(code))["outcome"] == "expired"
    assert await chat.stage() == "password"
    await phone.type_password(await chat.verify_url(), PASSWORDS["ana"])
    outcomes = [(await chat.return_code("BBB-BBB"))["outcome"] for _ in range(5)]
    assert outcomes[-1] in {"spent", "throttled"}
    lite.clock.advance(timedelta(minutes=1))
    assert (await chat.return_code(phone.shown_return_code()))["outcome"] in {"spent", "accepted"}


async def test_link_forwarded_to_a_third_person_proves_nothing(lite: World) -> None:
    chat, _ = await at_password(lite)
    carla = lite.browser()
    url = await chat.verify_url()
    await carla.type_password(url, PASSWORDS["carla"], status=422)
    assert await chat.stage() == "password"
    assert not await lite.rows(OneTimeCode, OneTimeCode.purpose == CodePurpose.RETURN)


async def test_link_forwarded_to_the_owner_needs_the_chat(lite: World) -> None:
    """Whoever reads the owner's mail, but has no password, sends the owner the link: alone that proves nothing."""
    chat, _ = await at_password(lite)
    owner = lite.browser()
    page = await owner.type_password(await chat.verify_url(), PASSWORDS["ana"])
    assert "Somebody else sent you this link?" in page
    assert "nonce" not in await chat.card()
    assert (await chat.execute())["outcome"] == "not_confirmed"


async def test_opening_links_changes_nothing(lite: World) -> None:
    chat, browser = await at_password(lite)
    url = await chat.verify_url()
    before = (await lite.tags(), await chat.facts(), [vars(row)["cookie"] for row in await lite.rows(ResetLink)])
    for _ in range(3):
        response = await browser.get(url)
        assert "zoe" not in str(response.url).split("/")[-1]
        assert str(response.url.path) == "/verify/"
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert (await browser.client.head(url)).status in {200, 303, 405}
    after = (await lite.tags(), await chat.facts(), [vars(row)["cookie"] for row in await lite.rows(ResetLink)])
    assert before == after


async def test_page_makes_and_reads_no_session(lite: World) -> None:
    chat, browser = await at_password(lite)
    await browser.type_password(await chat.verify_url(), PASSWORDS["ana"])
    assert await lite.rows(LoginSession) == []
    assert not [cookie for cookie in browser.client.session.cookie_jar if cookie.key == "zoe_session"]


async def test_form_without_its_token_is_refused(lite: World) -> None:
    chat, browser = await at_password(lite)
    await browser.get(await chat.verify_url())
    await browser.post("/verify/", {"password": PASSWORDS["ana"]}, status=403, csrf=False)
    assert await chat.stage() == "password"


async def test_newer_link_ends_the_older(lite: World) -> None:
    chat, browser = await at_password(lite)
    old = await chat.verify_url()
    await chat.verify_url()
    await browser.get(old, status=410)


async def test_link_only_while_the_password_is_awaited(lite: World) -> None:
    browser = lite.browser()
    chat = await lite.chat(browser=browser)
    asked = {"lang": "en"}
    assert (await chat.tell("verify-link", asked)) == {"outcome": "not_awaited"}
    await chat.claim()
    assert (await chat.tell("verify-link", asked)) == {"outcome": "not_awaited"}
    await chat.code(await lite.mailed_code(ANA))
    await browser.type_password(await chat.verify_url(), PASSWORDS["ana"])
    assert (await chat.tell("verify-link", asked)) == {"outcome": "not_awaited"}


async def test_proofs_run_out(lite: World) -> None:
    chat, browser = await at_password(lite)
    url = await chat.verify_url()
    lite.clock.advance(timedelta(minutes=30))
    await browser.get(url)
    assert "Nothing is asked here any more" in browser.page
    assert await chat.stage() == "expired"
    assert (await chat.act("POST", "reset/check"))["stage"] == "expired"
    assert (await lite.one(Reset)).state is ResetState.EXPIRED


async def test_password_changed_after_it_was_proven(lite: World) -> None:
    browser = lite.browser()
    chat = await lite.chat(browser=browser)
    await chat.to_ready(browser)
    await lite.change(User, lite.ids["ana"], password_epoch=1, password_changed_at=lite.clock())
    facts = (await chat.card())["facts"]
    assert (facts["stage"], facts["refusal"]) == ("refused", "facts_changed")


async def test_owner_changed_before_the_password(lite: World) -> None:
    chat, browser = await at_password(lite)
    await lite.change(Account, lite.ids["acme"], owner_id=lite.ids["bruno"])
    await browser.type_password(await chat.verify_url(), PASSWORDS["ana"])
    assert await chat.stage() == "ask_owner"
    assert (await chat.confirm(nonce=(await chat.card())["nonce"]))["outcome"] == "not_recorded"


async def test_foreign_site_says_yes_on_the_page(lite: World) -> None:
    chat = await lite.chat(channel="embed", session_token="whatever")
    await chat.prove_email()
    browser, other = lite.browser(), lite.browser()
    url = await chat.verify_url()
    await browser.type_password(url, PASSWORDS["ana"])
    assert (await chat.return_code(browser.shown_return_code()))["outcome"] == "accepted"
    card = await chat.card()
    assert card["outcome"] == "on_page"
    assert (await chat.confirm(text="yes"))["outcome"] == "not_recorded"
    await other.get(url)
    assert "Remove and start over" not in other.page
    await browser.get("/verify/")
    assert "SMS ending in 88" in browser.page
    await browser.post("/verify/yes")
    assert await chat.stage() == "scheduled"
    assert (await chat.execute())["outcome"] == "scheduled"
