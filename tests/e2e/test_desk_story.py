"""Who asks for a person gets one: customer and agent in two browsers, and Zoe silent in between."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.support.owner_in_browser import STEP_MS, Chat, Owner, Programs
from tests.support.running_zoe import RunningZoe

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]


def test_a_person_takes_over_and_hands_back(
    zoe: RunningZoe, sync_browser: Browser, programs: Programs, tmp_path: Path
) -> None:
    sofia = Owner(zoe, sync_browser, "sofia@desk.example", "en", programs, tmp_path)
    sofia.page.goto(f"{zoe.url}/desk?lang=en")
    sofia.sign_in_for_enrolment()
    sofia.enrol_app()
    desk = sofia.page
    desk.goto(f"{zoe.url}/desk")
    customer = sync_browser.new_context(locale="pt-BR").new_page()
    customer.goto(f"{zoe.url}/chat?lang=pt")
    chat = Chat(customer)
    chat.hears("Olá, eu sou a Zoe")
    chat.say("quero falar com uma pessoa agora")
    chat.hears("1º")

    desk.get_by_role("button", name="Take over").click()
    chat.hears("Sofia entrou")
    desk.get_by_placeholder("Reply to the customer").fill("Oi, aqui é a Sofia.")
    desk.get_by_role("button", name="Send", exact=True).click()
    chat.hears("Oi, aqui é a Sofia.")
    chat.say("meu código é 482913, e a Zoe?")
    expect(desk.locator("main")).to_contain_text("meu código é ••••••", timeout=STEP_MS)
    desk.get_by_role("button", name="Hand back to Zoe").click()
    chat.hears("Sofia saiu")
    before = chat.log.inner_text()
    chat.say("quais aplicativos autenticadores posso usar?")
    chat.hears("Google Authenticator")
    assert "Google Authenticator" not in before
