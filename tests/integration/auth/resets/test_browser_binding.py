"""The chat's browser across renewals of its cookie: no needless return code, and nothing gained by a planted cookie."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from aiohttp.http import SERVER_SOFTWARE

from auth_backend.crypto import new_token
from auth_backend.factors.models import KnownBrowser
from auth_backend.resets.models import Reset
from tests.integration.auth.resets.world import ANA, CARLA, PASSWORDS, Browser, Chat, World

PHONE = "+5511912345688"
HERE = {"ip": "127.0.0.1", "user_agent": SERVER_SOFTWARE}
"""As the browsers of these tests come to the pages."""


async def sign_in_strongly(browser: Browser) -> None:
    """Ana's password and the code by SMS."""
    await browser.get("/login")
    await browser.post("/login", {"email": ANA, "password": PASSWORDS["ana"]})
    code = (await browser.world.mailed_codes(PHONE))[-1]
    await browser.post("/login/second-step", {"code": code})
    browser.token = browser.cookie()


async def proven(chat: Chat) -> Chat:
    assert (await chat.prove_email())["outcome"] == "accepted"
    return chat


async def test_the_same_browser_needs_no_return_code_though_its_cookie_was_renewed(world: World) -> None:
    browser = world.browser()
    chat = await proven(await world.chat(browser=browser, **HERE))
    before = browser.token
    await sign_in_strongly(browser)
    assert browser.token != before
    await browser.type_password(await chat.verify_url(), PASSWORDS["ana"])
    assert await chat.stage() == "ready"


@pytest.mark.parametrize("elsewhere", [{"ip": "198.51.100.7"}, {"user_agent": "Mozilla/5.0 another"}])
async def test_a_planted_cookie_spares_its_planter_no_return_code(lite: World, elsewhere: dict[str, str]) -> None:
    """The attacker opens a chat with a cookie that also lies in the owner's browser, and sends the owner the link."""
    owner = lite.browser()
    chat = await proven(await lite.chat(browser=owner, **{**HERE, **elsewhere}))
    await sign_in_strongly(owner)
    page = await owner.type_password(await chat.verify_url(), PASSWORDS["ana"])
    assert "type this code there" in page
    assert await chat.stage() == "return_code"


async def test_a_chat_opened_with_a_planted_cookie_never_becomes_one_of_a_known_browser(lite: World) -> None:
    browser = lite.browser()
    chat = await lite.chat(browser=browser, **HERE)
    await sign_in_strongly(browser)
    await chat.to_confirmed(browser)
    assert (await lite.one(Reset)).risks == ["unknown_browser"]


async def test_a_chat_of_a_known_browser_stays_one_when_the_cookie_is_renewed(lite: World) -> None:
    browser = lite.browser()
    await lite.know(browser, "ana")
    chat = await lite.chat(browser=browser, **HERE)
    lite.clock.advance(timedelta(minutes=2))
    await sign_in_strongly(browser)
    await chat.to_confirmed(browser)
    assert await chat.stage() == "confirmed"


async def test_a_replaced_cookie_opens_no_chat_of_a_known_browser(lite: World) -> None:
    browser = lite.browser()
    await lite.know(browser, "ana")
    old = browser.token
    await sign_in_strongly(browser)
    lite.clock.advance(timedelta(minutes=2))
    browser.token = old
    thief = await lite.chat(browser=browser, **HERE)
    assert thief.opened["browser_token"] != old
    await thief.to_ready(lite.browser())
    assert await thief.stage() == "return_code"


@pytest.mark.parametrize("value", [lambda: "b1", new_token])
async def test_a_chat_gets_a_new_cookie_for_a_made_up_one(lite: World, value: Callable[[], str]) -> None:
    browser = lite.browser()
    browser.token = value()
    first = await lite.chat(browser=browser)
    browser.token = first.opened["browser_token"]
    assert (await lite.chat(browser=browser)).opened["browser_token"] == browser.token


async def test_a_reset_for_a_stolen_device_forgets_the_browsers_of_that_user_alone(lite: World) -> None:
    for address, name, reason in ((ANA, "ana", "lost_device"), (CARLA, "carla", "stolen")):
        browser = lite.browser()
        await lite.know(browser, name)
        chat = await lite.chat(browser=browser)
        await chat.claim(address, reason)
        await chat.code(await lite.mailed_code(address))
        await browser.type_password(await chat.verify_url(), PASSWORDS[name])
        await chat.confirm(nonce=(await chat.card())["nonce"])
        assert (await chat.execute())["outcome"] == "executed"
    assert [row.user_id for row in await lite.rows(KnownBrowser)] == [lite.ids["ana"]]
