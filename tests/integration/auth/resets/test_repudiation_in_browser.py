"""From the notice to "Stop it" to the old method, in a real browser on a narrow screen; and the question at sign-in."""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest
from playwright.async_api import Page, async_playwright, expect

from auth_backend.factors.models import Factor, FactorStatus
from auth_backend.resets.models import Reset, ResetState
from tests.integration.auth.resets.repudiation_world import enrol, executed, give_app, not_me_path, scheduled
from tests.integration.auth.resets.world import ANA, PASSWORDS, World

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture
async def page(chromium: str) -> AsyncIterator[Page]:
    """A phone that prefers the dark."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        context = await browser.new_context(locale="pt-BR", viewport={"width": 320, "height": 700}, color_scheme="dark")
        context.set_default_timeout(10_000)
        yield await context.new_page()
        await browser.close()


async def fits(page: Page, pictures: Path, name: str) -> None:
    """Nothing is wider than the screen; leaves a picture."""
    await page.screenshot(path=pictures / f"{name}.png", full_page=True)
    assert await page.evaluate("document.documentElement.scrollWidth") <= 320, name


async def test_notice_stop_undo(lite: World, page: Page, tmp_path: Path) -> None:
    key = await give_app(lite)
    await executed(lite)
    await enrol(lite)
    site = str(lite.public.make_url("")).rstrip("/")
    await page.goto(site + await not_me_path(lite, "reset_executed"))
    await expect(page).to_have_url(f"{site}/not-me/event")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Se não foi você, barre isso aqui.")
    await fits(page, tmp_path, "event")
    await page.get_by_role("button", name="Barrar").press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Barrado")
    await fits(page, tmp_path, "stopped")
    await page.get_by_role("link", name="Trazer de volta").click()
    await expect(page.get_by_label("Sua senha")).to_be_focused()
    await fits(page, tmp_path, "undo")
    await page.get_by_label("Sua senha").fill("esta não é a senha dela")
    await page.keyboard.press("Enter")
    await expect(page.locator("[name=password]")).to_have_attribute("aria-invalid", "true")
    await expect(page.locator("[name=password]")).to_be_focused()
    await page.get_by_label("Sua senha").fill(PASSWORDS["ana"])
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Um código do método removido")
    await fits(page, tmp_path, "code")
    await page.locator("[name=code]").fill(pyotp.TOTP(key).at(lite.clock()))
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_have_text("Seu método antigo voltou")
    await fits(page, tmp_path, "undone")
    assert (await lite.one(Reset)).state is ResetState.UNDONE
    statuses = [f.status for f in await lite.rows(Factor, Factor.user_id == lite.ids["ana"])]
    assert sorted(statuses) == [FactorStatus.LIVE, FactorStatus.REVOKED]
    await page.goto(f"{site}/not-me")
    await fits(page, tmp_path, "reference")


async def test_the_question_at_sign_in(lite: World, page: Page, tmp_path: Path) -> None:
    key = await give_app(lite)
    await scheduled(lite)
    lite.clock.advance(timedelta(minutes=5))
    site = str(lite.public.make_url("")).rstrip("/")
    await page.goto(f"{site}/login?lang=en&next=/account/members")
    await page.fill("[name=email]", ANA)
    await page.fill("[name=password]", PASSWORDS["ana"])
    await page.keyboard.press("Enter")
    await page.fill("[name=code]", pyotp.TOTP(key).at(lite.clock()))
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("Somebody asked to remove")
    await fits(page, tmp_path, "question")
    await page.get_by_role("button", name="It was me").click()
    await expect(page).to_have_url(f"{site}/account/members")
    await expect(page.get_by_role("note")).to_contain_text("A reset of your two-factor authentication was asked for.")
    await fits(page, tmp_path, "banner")
    await page.get_by_role("link", name="See it, or stop it").click()
    await fits(page, tmp_path, "own")
    await page.get_by_role("button", name="Stop it, this wasn't me").click()
    await expect(page.get_by_text("Stopped. It goes no further.")).to_be_visible()
    await page.get_by_role("link", name="End the hold on changes").click()
    await fits(page, tmp_path, "hold")
    await page.get_by_label("Your password").fill(PASSWORDS["ana"])
    await page.keyboard.press("Enter")
    await expect(page.get_by_text("The hold is over.")).to_be_visible()
    assert (await lite.one(Reset)).state is ResetState.DISPUTED
