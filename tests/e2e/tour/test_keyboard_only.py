"""The owner's ways without a mouse: every step is keys, and what has the focus is what the next key goes to."""

from collections.abc import AsyncIterator
from pathlib import Path

import pyotp
import pytest
from playwright.async_api import Page, expect

from auth_backend.accounts.models import EnrolmentState, User
from auth_backend.factors.models import Factor, FactorStatus
from auth_backend.resets.models import Proof, ProofKind, Reset, ResetState
from tests.e2e.tour.arriving import chromium_page, scene_in
from tests.e2e.tour.stops import Stop, Tour, cookies_of
from tests.integration.auth.resets.repudiation_world import not_me_path, scheduled
from tests.integration.auth.resets.world import CARLA, PASSWORDS, Browser

pytestmark = [pytest.mark.slow, pytest.mark.browser]
MOST_TABS = 60


async def nowhere(_tour: Tour) -> AsyncIterator[Stop]:
    """The tour's world without its stops."""
    return
    yield


@pytest.fixture
async def tour(migrated: Path, tmp_path: Path) -> AsyncIterator[Tour]:
    """People who speak English."""
    async with scene_in(nowhere, "en", tmp_path / "world", migrated) as (tour, _):
        yield tour


@pytest.fixture
async def page(chromium: str, tour: Tour) -> AsyncIterator[Page]:
    """A browser at the sign-in."""
    async with chromium_page(chromium) as page:
        await page.goto(str(tour.world.public.make_url("/login")))
        yield page


async def tab_to(page: Page, selector: str) -> None:
    """Tab until the focus is there."""
    for _ in range(MOST_TABS):
        if await page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"{selector} is not reached on {page.url}")


async def type_in(page: Page, *texts: str) -> None:
    """Types into the field that has the focus and, by Tab, into the ones after it; Enter sends."""
    for number, text in enumerate(texts):
        if number:
            await page.keyboard.press("Tab")
        await page.keyboard.type(text)
    await send(page)


async def send(page: Page, key: str = "Enter") -> None:
    """A key that leads to another page."""
    async with page.expect_navigation():
        await page.keyboard.press(key)


async def open_with_cookies_of(page: Page, browser: Browser, path: str) -> None:
    """A page that somebody has a link to."""
    await page.context.add_cookies(cookies_of(browser))
    await page.goto(str(browser.client.make_url(path)))


async def test_from_the_sign_in_to_the_recovery_codes_and_out(tour: Tour, page: Page) -> None:
    world, carla = tour.world, tour.world.ids["carla"]
    await world.change(User, carla, state=EnrolmentState.NONE, created_at=world.clock())
    for factor in await world.rows(Factor, Factor.user_id == carla):
        await world.change(Factor, factor.id, status=FactorStatus.REVOKED)
    await type_in(page, CARLA, PASSWORDS["carla"])
    await tab_to(page, "form[action='/account/security/activate'] button")
    await send(page)
    await type_in(page, CARLA, PASSWORDS["carla"])
    await type_in(page, await world.mailed_code(CARLA))
    await tab_to(page, "[name=method]")
    await page.keyboard.press("ArrowDown")
    await expect(page.locator("[value=sms]")).to_be_checked()
    await page.keyboard.press("ArrowUp")
    await send(page)
    key = (await page.locator("code.secret").inner_text()).replace(" ", "")
    await tab_to(page, "[name=code]")
    await type_in(page, pyotp.TOTP(key).at(world.clock()))
    await tab_to(page, "[name=put_away]")
    await page.keyboard.press("Space")
    await tab_to(page, "form[action='/account/security/recovery-codes'] button")
    await send(page)
    assert (await world.user("carla")).state is EnrolmentState.ENROLLED
    await tab_to(page, ".header-tools details:last-child > summary")
    await page.keyboard.press("Enter")
    await tab_to(page, "form[action='/sign-out'] button")
    await page.keyboard.press("Escape")
    assert await page.evaluate("document.activeElement.localName") == "summary"
    await page.keyboard.press("Enter")
    await tab_to(page, "form[action='/sign-out'] button")
    await send(page)
    await expect(page.get_by_role("status")).to_have_text("You are signed out.")


async def test_the_way_past_the_header(tour: Tour, page: Page) -> None:
    await page.goto(str(tour.world.public.make_url("/help/two-factor-authentication")))
    await page.keyboard.press("Tab")
    await page.keyboard.press("Enter")
    await page.keyboard.press("Tab")
    assert await page.evaluate("document.querySelector('main').contains(document.activeElement)")


async def test_the_verify_page(tour: Tour, page: Page) -> None:
    browser = tour.guest()
    chat = await tour.world.chat(browser=browser)
    await chat.prove_email()
    await browser.get(await chat.verify_url())
    await open_with_cookies_of(page, browser, "/verify/")
    await type_in(page, "not the password")
    await expect(page.locator("[name=password]")).to_be_focused()
    await type_in(page, PASSWORDS["ana"])
    await expect(page.get_by_role("heading", level=1)).to_have_text("Confirmed")
    assert len(await tour.world.rows(Proof, Proof.kind == ProofKind.PASSWORD)) == 1


async def test_the_page_that_stops_a_reset(tour: Tour, page: Page) -> None:
    await scheduled(tour.world)
    browser = tour.guest()
    await browser.get(await not_me_path(tour.world, "reset_scheduled"))
    await open_with_cookies_of(page, browser, "/not-me/event")
    await tab_to(page, "form[action='/not-me/event'] button")
    await send(page, "Space")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Stopped")
    assert (await tour.world.one(Reset)).state is ResetState.DISPUTED
