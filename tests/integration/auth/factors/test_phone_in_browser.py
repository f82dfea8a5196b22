"""Choosing the country by keyboard alone, what the number's field says, and the same form without script."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, async_playwright, expect

from tests.integration.auth.factors.ways import ANA, to_methods
from tests.support.auth_site import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]
LOCALES = {"en": "en-GB", "pt": "pt-BR", "es": "es-ES"}


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Nothing here depends on the kind of database."""
    return sqlite_url


@pytest.fixture
async def browser(chromium: str) -> AsyncIterator[Browser]:
    """Chromium."""
    async with async_playwright() as playwright:
        launched = await playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        yield launched
        await launched.close()


async def at_phone(site: Site, browser: Browser, lang: str, **options: object) -> Page:
    """A page that shows the form."""
    await site.user(ANA, account=await site.account(), language=lang)
    visitor = await site.visitor()
    await to_methods(site, visitor)
    context = await browser.new_context(locale=LOCALES[lang], **options)  # type: ignore[arg-type]
    context.set_default_timeout(5_000)
    url = str(site.server.make_url("/"))
    await context.add_cookies([{"name": name, "value": value, "url": url} for name, value in visitor.cookies.items()])
    page = await context.new_page()
    await page.goto(f"{url}enrol/sms")
    return page


@pytest.mark.parametrize(
    ("lang", "label", "typed", "chosen", "none", "goes_to"),
    [
        ("en", "Country", "bra", "Brazil (+55)", "No country of that name or prefix.", "The code goes to"),
        ("pt", "País", "+55", "Brasil (+55)", "Nenhum país com esse nome ou código.", "O código vai para"),
        ("es", "País", "55", "Brasil (+55)", "Ningún país con ese nombre o prefijo.", "El código se envía al"),
    ],
)
async def test_by_keyboard(
    site: Site,
    browser: Browser,
    tmp_path: Path,
    lang: str,
    label: str,
    typed: str,
    chosen: str,
    none: str,
    goes_to: str,
) -> None:
    page = await at_phone(site, browser, lang, viewport={"width": 320, "height": 720})
    country, number = page.get_by_role("combobox", name=label), page.locator("[name=phone]")
    await expect(number).to_be_focused()
    await page.keyboard.press("Shift+Tab")
    await expect(country).to_be_focused()
    await page.keyboard.type(typed)
    options = page.get_by_role("option")
    await expect(options.first).to_have_text(chosen)
    await expect(options.first).to_have_attribute("aria-selected", "true")
    assert await country.get_attribute("aria-activedescendant") == await options.first.get_attribute("id")
    await page.screenshot(path=tmp_path / "open.png", full_page=True)
    assert await page.evaluate("document.documentElement.scrollWidth") <= 320
    found = await Axe().run(page, options={"resultTypes": ["violations"]})
    assert found.violations_count == 0, found.generate_report()
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(f"{site.server.make_url('/enrol/sms')}")
    await expect(country).to_have_value(chosen)
    await expect(country).to_have_attribute("aria-expanded", "false")
    assert await page.locator("select[name=phone_country]").evaluate("select => select.value") == "BR"

    await page.keyboard.type("zzz")
    await expect(page.get_by_text(none, exact=True).first).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(country).to_have_value(chosen)
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowDown")
    await page.keyboard.press("ArrowUp")
    await expect(page.locator("[role=option][aria-selected=true]")).to_have_text(chosen)
    await page.keyboard.press("Tab")
    await expect(country).to_have_value(chosen)

    says = page.locator("#f-phone-says")
    await page.keyboard.type("11 9888")
    await expect(says).to_be_empty()
    await page.keyboard.type("8 7777")
    await expect(says).to_have_text(f"{goes_to} +55 11 98888-7777.")
    await page.screenshot(path=tmp_path / "good.png", full_page=True)
    await number.fill("11 3333 4444")
    await expect(number).to_have_attribute("aria-invalid", "true")
    await expect(says).to_have_class("says error")
    await page.screenshot(path=tmp_path / "wrong.png", full_page=True)
    await number.fill("11 98888 7777")
    await expect(number).not_to_have_attribute("aria-invalid", "true")
    await page.keyboard.press("Enter")
    await expect(page).to_have_url(f"{site.server.make_url('/enrol/sms/code')}")
    assert len(await site.code_for("+5511988887777")) == 6


async def test_an_unfinished_number_is_told_when_it_is_left(site: Site, browser: Browser) -> None:
    page = await at_phone(site, browser, "en")
    await page.keyboard.type("55512")
    await page.keyboard.press("Tab")
    await expect(page.locator("#f-phone-says")).to_have_class("says error")
    await expect(page.locator("[name=phone]")).to_have_attribute("aria-invalid", "true")


async def test_by_mouse(site: Site, browser: Browser) -> None:
    page = await at_phone(site, browser, "en")
    country = page.get_by_role("combobox", name="Country")
    await country.click()
    assert await page.get_by_role("option").count() > 200
    await country.fill("united")
    await page.get_by_role("option", name="United Kingdom").click()
    await expect(country).to_have_value("United Kingdom (+44)")
    await expect(country).to_be_focused()


async def test_without_script_it_is_a_list(site: Site, browser: Browser) -> None:
    page = await at_phone(site, browser, "pt", java_script_enabled=False)
    await page.locator("select[name=phone_country]").select_option("PT")
    await page.locator("[name=phone]").fill("912 345 678")
    await page.get_by_role("button", name="Continuar").click()
    await expect(page).to_have_url(f"{site.server.make_url('/enrol/sms/code')}")
    assert len(await site.code_for("+351912345678")) == 6
