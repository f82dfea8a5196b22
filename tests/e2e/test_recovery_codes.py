"""Recovery codes in a real browser, in Portuguese: shown, kept, and used when the phone is not there."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.support.owner_in_browser import Owner, Programs
from tests.support.running_zoe import RunningZoe

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]

PHONE = {"width": 320, "height": 700}


def test_without_the_phone(zoe: RunningZoe, sync_browser: Browser, programs: Programs, tmp_path: Path) -> None:
    """Continue needs the tick; the file holds what the page shows; one code signs in, with capitals and spaces."""
    owner = Owner(zoe, sync_browser, "bruno@acme.example", "pt", programs, tmp_path)
    page = owner.page
    owner.sign_in()
    owner.activate()
    owner.enrol_app()
    expect(page.get_by_role("heading", name="Guarde estes códigos de recuperação")).to_be_visible()
    codes = page.locator("#codes code").all_inner_texts()
    assert len(codes) == 10
    _take(owner, tmp_path, "codes")
    with page.expect_download() as download:
        page.get_by_role("link", name="Baixar").click()
    text = download.value.path().read_text()
    assert all(code in text for code in codes)
    expect(page.get_by_role("button", name="Imprimir")).to_be_visible()

    page.locator("main form button[type=submit]").click()
    expect(page.get_by_text("depois marque esta caixa")).to_be_visible()
    expect(page.locator("[name=put_away]")).to_be_focused()
    page.set_viewport_size(PHONE)
    page.emulate_media(color_scheme="dark")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    _take(owner, tmp_path, "codes-phone-dark")
    page.locator("[name=put_away]").check()
    page.locator("main form button[type=submit]").click()
    page.wait_for_url("**/account/security?done=**")
    owner.sign_out()

    owner.sign_in()
    page.get_by_role("link", name="Usar um código de recuperação").click()
    _take(owner, tmp_path, "use-phone-dark")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.get_by_label("Código de recuperação").fill(f" {codes[4].upper().replace('-', ' ')} ")
    page.get_by_label("Código de recuperação").press("Enter")
    page.wait_for_url(re.compile(rf"{re.escape(zoe.url)}/(\?.*)?$"))
    page.goto(f"{zoe.url}/account/security")
    expect(page.get_by_text("restam 9")).to_be_visible()
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1000, "height": 900})
    _take(owner, tmp_path, "security")
    for name, path in (("password", "/account/security/password"), ("notice", "/account/security/notice-address")):
        page.goto(f"{zoe.url}{path}")
        _take(owner, tmp_path, name)
    owner.sign_out()
    page.goto(f"{zoe.url}/login/forgot")
    _take(owner, tmp_path, "forgot")
    owner.context.close()


def _take(owner: Owner, folder: Path, name: str) -> None:
    owner.page.screenshot(path=folder / f"{name}.png", full_page=True, animations="disabled")
