"""The desk in a real browser, in front of the chat's own server with fakes behind it: two agents, one customer."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, BrowserContext, Page, async_playwright, expect

from tests.support.chat_server import Chat, Visit, running_chat
from tests.support.desk_agent import ask_for_a_person, colleague

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
STATIC = Path(__file__).parents[2] / "auth_backend" / "static"
FRAME = """<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>Desk</title>
<meta name="viewport" content="width=device-width, initial-scale=1"><link rel="icon" href="data:,">
<link rel="stylesheet" href="/static/zoe.css"><!--zoe:head--></head>
<body><header class="site-header"><div class="site-header-inner">Zoe</div></header>
<main class="page page-shell"><!--zoe:main--></main></body></html>"""
MISCHIEF = "<img src=x onerror=document.title='owned'> and **bold** words"


@pytest.fixture
async def browser(chromium: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest.fixture
async def chat(sqlite_url: str) -> AsyncIterator[Chat]:
    """The server with its background tasks, and the frame's own style sheet."""

    def extra(app: web.Application) -> None:
        app.router.add_static("/static", STATIC)

    async with running_chat(sqlite_url, run_tasks=True, extra=extra) as chat:
        chat.backend.frame = FRAME
        yield chat


@asynccontextmanager
async def desk(browser: Browser, chat: Chat, token: str, lang: str = "en", **options: Any) -> AsyncIterator[Page]:
    """An agent's page that may break no policy and log no error."""
    context: BrowserContext = await browser.new_context(**({"viewport": {"width": 1280, "height": 860}} | options))
    await context.add_cookies([{"name": "zoe_session", "value": token, "url": chat.url("/")}])
    page = await context.new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda said: troubles.append(said.text) if "Content Security Policy" in said.text else None)
    await page.goto(chat.url(f"/desk?lang={lang}"))
    yield page
    await context.close()
    assert troubles == []


async def waiting(chat: Chat) -> Visit:
    """Somebody who asked for a person."""
    visit = await chat.open()
    await ask_for_a_person(chat, visit)
    await visit.settled()
    return visit


async def write(page: Page, text: str) -> None:
    await page.get_by_role("textbox", name="Reply to the customer").fill(text)
    await page.keyboard.press("Enter")


async def test_a_conversation_arrives_is_taken_answered_and_handed_back(browser: Browser, chat: Chat) -> None:
    colleague(chat, "Sofia")
    async with desk(browser, chat, "sofia") as page:
        await expect(page.get_by_text("Nobody is waiting.")).to_be_visible()
        visit = await waiting(chat)
        await page.get_by_role("button", name="Take over").click()
        await expect(page.get_by_role("log")).to_contain_text("I'm calling somebody.")
        await expect(page.locator(".desk-checklist")).to_contain_text("Password: waiting")
        await write(page, "Hello, I'm Sofia.")
        await expect(page.locator(".desk-agent .desk-text")).to_have_text("Hello, I'm Sofia.")
        await visit.say(MISCHIEF)
        await expect(page.locator(".desk-customer .desk-text").last).to_have_text(MISCHIEF)
        await page.get_by_role("button", name="Hand back to Zoe").click()
        await expect(page.get_by_text("Choose a conversation.")).to_be_visible()
        assert await page.title() == "Desk"


async def test_of_two_agents_one_gets_it_and_the_other_is_told(browser: Browser, chat: Chat) -> None:
    colleague(chat, "Sofia")
    sam = colleague(chat, "Sam")
    async with desk(browser, chat, "sofia") as page:
        visit = await waiting(chat)
        await expect(page.get_by_role("button", name="Take over")).to_be_visible()
        await page.route("**/desk/api/state", lambda route: route.abort())
        assert (await sam.act(visit, "claim"))[0] == 200
        await page.get_by_role("button", name="Take over").click()
        await expect(page.get_by_text("Sam was faster.")).to_be_visible()


async def test_a_message_that_asks_for_a_code_stays_with_its_reason(browser: Browser, chat: Chat) -> None:
    colleague(chat, "Sofia")
    async with desk(browser, chat, "sofia") as page:
        visit = await waiting(chat)
        await page.get_by_role("button", name="Take over").click()
        await write(page, "Please send me the code")
        await expect(page.get_by_text("Not sent: it seems to ask for a code")).to_be_visible()
        await expect(page.get_by_role("textbox", name="Reply to the customer")).to_have_value("Please send me the code")
        assert not any(item["from"]["role"] == "agent" for item in await visit.activities())


async def test_a_reload_loses_no_draft(browser: Browser, chat: Chat) -> None:
    colleague(chat, "Sofia")
    async with desk(browser, chat, "sofia") as page:
        await waiting(chat)
        await page.get_by_role("button", name="Take over").click()
        reply = page.get_by_role("textbox", name="Reply to the customer")
        await reply.fill("half a sentence")
        await page.reload()
        await page.locator(".desk-row").click()
        await expect(reply).to_have_value("half a sentence")


async def test_the_checklist_follows_the_proofs(browser: Browser, chat: Chat) -> None:
    colleague(chat, "Sofia")
    async with desk(browser, chat, "sofia") as page:
        visit = await waiting(chat)
        await page.get_by_role("button", name="Take over").click()
        await expect(page.locator(".desk-checklist")).to_contain_text("E-mail: waiting")
        proofs = {"email": "2026-01-01T12:02:00Z", "password": None, "owner": None}
        chat.backend.set_stage(visit.conversation, "password", claim={"address": "ana@acme.example"}, proofs=proofs)
        await visit.say("done")
        await expect(page.locator(".desk-checklist")).to_contain_text("E-mail: ✓")
        await expect(page.get_by_text("Address typed: ana@acme.example")).to_be_visible()


@pytest.mark.parametrize(("lang", "take"), [("en", "Take over"), ("pt", "Assumir"), ("es", "Tomar")])
async def test_three_languages_without_accessibility_faults(browser: Browser, chat: Chat, lang: str, take: str) -> None:
    colleague(chat, "Sofia")
    async with desk(browser, chat, "sofia", lang) as page:
        await waiting(chat)
        await page.get_by_role("button", name=take).click()
        await expect(page.locator(".desk-zoe").first).to_be_visible()
        results = await Axe().run(page)
        assert results.violations_count == 0, results.generate_report()


async def test_a_phone_shows_the_list_or_the_conversation(browser: Browser, chat: Chat) -> None:
    colleague(chat, "Sofia")
    async with desk(browser, chat, "sofia", viewport={"width": 390, "height": 844}) as page:
        await waiting(chat)
        await page.get_by_role("button", name="Take over").click()
        await expect(page.get_by_role("log")).to_be_visible()
        await page.get_by_role("button", name="Back to the list").click()
        await expect(page.locator(".desk-side")).to_be_visible()
        assert await page.evaluate("document.documentElement.scrollWidth") <= 390
