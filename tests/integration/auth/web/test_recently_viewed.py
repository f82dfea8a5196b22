"""What somebody read lately stands on the help centre's start page, in the language of that page; no server is told."""

import pytest
from playwright.async_api import async_playwright, expect

from auth_backend.services import Services
from tests.support.auth_world import open_browser

pytestmark = [pytest.mark.browser, pytest.mark.slow]


async def test_what_was_read_stays_in_this_browser(services: Services, chromium: str) -> None:
    async with open_browser(services) as server, async_playwright() as playwright:
        url = str(server.client.make_url("")).rstrip("/")
        launched = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        page = await launched.new_page()
        page.set_default_timeout(5_000)
        shelf = page.locator("[data-recent]")
        await page.goto(f"{url}/?lang=en")
        await expect(shelf).to_be_hidden()
        await page.locator(".topics a[href$='#sms']").click()
        await expect(page).to_have_url(f"{url}/help/two-factor-authentication#sms")
        await page.goto(f"{url}/help/two-factor-authentication#reset")
        for lang, title, newest in (
            ("en", "Recently viewed", "Reset or change your method"),
            ("pt", "Vistos recentemente", "Redefinir ou trocar o método"),
            ("es", "Vistos hace poco", "Restablecer o cambiar el método"),
        ):
            await page.goto(f"{url}/?lang={lang}")
            await expect(shelf.get_by_role("heading")).to_have_text(title)
            await expect(shelf.get_by_role("link")).to_have_count(2)
            await expect(shelf.get_by_role("link").first).to_have_text(newest)
            await expect(shelf.get_by_role("link").last).to_have_attribute(
                "href", f"{url}/help/two-factor-authentication#sms"
            )
        await launched.close()
