"""The password of an anonymous chat is typed on the verify page: in the chat's own browser, and in another one."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.support.owner_in_browser import STEP_MS, Chat, Owner, Programs
from tests.support.people import live_factors, make_owner, reset_states
from tests.support.running_zoe import PASSWORD, RunningZoe

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.timeout(300)]


def test_zoe_goes_on_unasked_once_the_password_was_right(
    zoe: RunningZoe, sync_browser: Browser, programs: Programs, tmp_path: Path
) -> None:
    owner = enrolled(zoe, sync_browser, "nina@harbour.example", "Harbour", programs, tmp_path)
    chat = anonymous_with_code(owner)
    with owner.context.expect_page() as opened:
        owner.page.get_by_role("link", name="Enter password").last.click()
    type_password(opened.value)

    chat.hears("One step left")
    chat.press("Remove and start over")
    chat.hears("Gone: authenticator app")
    assert (reset_states(zoe, owner.email), live_factors(zoe, owner.email)) == (["executed"], 0)


def test_another_browser_shows_a_return_code_for_the_chat(
    zoe: RunningZoe, sync_browser: Browser, programs: Programs, tmp_path: Path
) -> None:
    owner = enrolled(zoe, sync_browser, "paul@lighthouse.example", "Lighthouse", programs, tmp_path)
    chat = anonymous_with_code(owner)
    link = owner.page.get_by_role("link", name="Enter password").last.get_attribute("href")
    assert link is not None
    other = sync_browser.new_context(locale="en")
    page = other.new_page()
    page.goto(link)
    assert "/verify/" in page.url
    assert link != page.url
    type_password(page)
    code = page.locator(".return-code").inner_text().strip()
    assert reset_states(zoe, owner.email) == ["proving"]

    chat.say("BCD-FGH" if code != "BCD-FGH" else "HGF-DCB")
    chat.hears("That isn't the return code")
    chat.say(code)
    chat.hears("One step left")
    assert code not in chat.log.inner_text()
    chat.press("Remove and start over")
    chat.hears("Gone: authenticator app")
    assert (reset_states(zoe, owner.email), live_factors(zoe, owner.email)) == (["executed"], 0)
    other.close()


def enrolled(zoe: RunningZoe, browser: Browser, email: str, account: str, programs: Programs, scratch: Path) -> Owner:
    """An owner whose browser is known, signed out."""
    make_owner(zoe, email, account)
    owner = Owner(zoe, browser, email, "en", programs, scratch)
    owner.sign_in()
    owner.activate()
    owner.enrol_app()
    owner.sign_out()
    return owner


def anonymous_with_code(owner: Owner) -> Chat:
    """The chat page without a session, up to the button that leads to the verify page."""
    owner.page.goto(f"{owner.zoe.url}/chat?lang=en")
    chat = Chat(owner.page)
    chat.say("my phone fell in the river yesterday and now i cant get in")
    chat.press("Reset it")
    chat.hears("Step 1 of 3")
    owner.zoe.advance(61)
    known = len(owner.zoe.mails(owner.email))
    chat.say(f"my email is {owner.email}")
    chat.hears("6-digit code is on its way")
    chat.say(owner.zoe.next_code(owner.email, known))
    chat.hears("Now your password")
    owner.page.get_by_role("link", name="Enter password").last.wait_for(timeout=STEP_MS)
    return chat


def type_password(page: Page) -> None:
    """The verify page's one field."""
    page.fill("[name=password]", PASSWORD)
    with page.expect_navigation():
        page.press("[name=password]", "Enter")
