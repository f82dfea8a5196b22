"""The change of the registered e-mail, its dispute and its answer in a real browser: phone width, keyboard, axe."""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, async_playwright, expect

from auth_backend.accounts.models import User
from tests.integration.auth.factors.ways import ANA, PASSWORD, PHONE, ask_sms, put_away, to_methods
from tests.support.auth_site import Site

pytestmark = [pytest.mark.browser, pytest.mark.slow]
LOCALES = {"en": "en-GB", "pt": "pt-BR", "es": "es-ES"}
NEW = "ana@new.example"


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


async def look(page: Page, pictures: Path, name: str) -> None:
    """Nothing is wider than the screen and axe finds nothing; leaves a picture."""
    await page.screenshot(path=pictures / f"{name}.png", full_page=True, animations="disabled")
    assert await page.evaluate("document.documentElement.scrollWidth") <= 320, name
    found = await Axe().run(page, options={"resultTypes": ["violations"]})
    assert found.violations_count == 0, found.generate_report()


async def ana_in_browser(site: Site, browser: Browser, lang: str) -> Page:
    """Ana's phone, signed in with SMS a moment ago."""
    await site.user(ANA, account=await site.account(), language=lang)
    visitor = await site.visitor()
    await to_methods(site, visitor)
    await ask_sms(visitor, PHONE)
    await visitor.submit("/enrol/sms/code", code=await site.code_for(PHONE))
    await put_away(visitor)
    site.later(seconds=90)
    context = await browser.new_context(locale=LOCALES[lang], viewport={"width": 320, "height": 720})
    context.set_default_timeout(5_000)
    url = str(site.server.make_url("/"))
    await context.add_cookies([{"name": name, "value": value, "url": url} for name, value in visitor.cookies.items()])
    return await context.new_page()


@pytest.mark.parametrize(
    ("lang", "change", "wrong", "confirmed", "disputed", "counts", "settled"),
    [
        ("en", "Change the e-mail address", "That isn't your password.", "From now on you sign in with",
         "Disputed", "Which e-mail address counts?", "It is settled"),
        ("pt", "Alterar o endereço de e-mail", "Essa não é a sua senha.", "A partir de agora você entra com",
         "Contestada", "Qual endereço de e-mail vale?", "Está resolvido"),
        ("es", "Cambiar la dirección de correo", "Esa no es tu contraseña.", "Desde ahora entras con",
         "Impugnado", "¿Qué dirección de correo vale?", "Está resuelto"),
    ],
)  # fmt: skip
async def test_from_the_security_tab_to_the_settled_dispute(
    site: Site,
    browser: Browser,
    tmp_path: Path,
    lang: str,
    change: str,
    wrong: str,
    confirmed: str,
    disputed: str,
    counts: str,
    settled: str,
) -> None:
    page, url = await ana_in_browser(site, browser, lang), str(site.server.make_url("/")).rstrip("/")
    await page.goto(f"{url}/account/security")
    await page.get_by_role("link", name=change).click()
    await expect(page.locator("[name=address]")).to_be_focused()
    await look(page, tmp_path, "form")
    await page.keyboard.type(NEW)
    await page.keyboard.press("Tab")
    await page.keyboard.type("not the one")
    await page.keyboard.press("Enter")
    await expect(page.get_by_text(wrong).first).to_be_visible()
    await expect(page.locator("[name=current_password]")).to_be_focused()
    await expect(page.locator("[name=address]")).to_have_value(NEW)
    await look(page, tmp_path, "wrong")
    await page.keyboard.type(PASSWORD)
    await page.keyboard.press("Enter")
    await expect(page.get_by_text(NEW)).to_be_visible()
    await look(page, tmp_path, "code")
    await page.keyboard.type(await site.code_for(NEW))
    await page.keyboard.press("Enter")
    await expect(page.get_by_text(confirmed)).to_be_visible()
    await look(page, tmp_path, "changed")
    assert (await site.rows(User))[0].email == NEW

    links = [re.search(r"http://localhost:8080(/email-dispute/\S+)", mail.text) for mail in await site.outbox(ANA)]
    path = next(link[1] for link in links if link is not None)
    reader = await (await browser.new_context(locale=LOCALES[lang], viewport={"width": 320, "height": 720})).new_page()
    await reader.goto(f"{url}{path}")
    await look(reader, tmp_path, "dispute")
    await reader.locator("main form button").press("Enter")
    await expect(reader.get_by_role("heading", level=1)).to_have_text(disputed)
    await look(reader, tmp_path, "disputed")

    await page.goto(f"{url}/account/security")
    await look(page, tmp_path, "tab-disputed")
    site.later(seconds=61)
    await page.goto(f"{url}/account/security/email/dispute")
    await expect(page).to_have_url(re.compile("/login/step-up"))  # the one from before the dispute says nothing
    await page.locator("form[action*='step-up/send'] button").click()
    await page.locator("[name=code]").fill(await site.code_for(PHONE))
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("heading", name=counts)).to_be_visible()
    await look(page, tmp_path, "answer")
    await page.locator("[name=password]").fill(PASSWORD)
    await page.locator("button[name=counts][value=new]").click()
    await expect(page.get_by_text(settled)).to_be_visible()
    await page.context.close()
