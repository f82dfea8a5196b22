"""The chat client in a real browser, against a stub of the protocol: what people do with it, what must not happen."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, async_playwright, expect

from bot.widget.serving import load_widget
from tests.support.chat_stub import WIDGET, ChatStub, host_app, served

pytestmark = pytest.mark.browser

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
DESKTOP = {"viewport": {"width": 1100, "height": 800}}
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
GREETING = "Hello, I'm Zoe"
MISCHIEF = [
    "<img src=x onerror=document.title='owned'>",
    "<script>document.title='owned'</script>",
    "[press me](javascript:document.title='owned')",
    "[press me](data:text/html,<script>parent.document.title='owned'</script>)",
    "**<b onclick=document.title='owned'>bold</b>**",
    '[x](https://a.example/"onmouseover="document.title=1)',
    "</div></main><h1>Sign in again</h1>",
    "`</code><svg onload=document.title='owned'>`",
]
CONFIRMATION = {
    "contentType": "application/vnd.microsoft.card.adaptive",
    "content": {
        "type": "AdaptiveCard",
        "body": [
            {"type": "TextBlock", "text": "This is what happens", "size": "Medium"},
            {"type": "FactSet", "facts": [{"title": "Removed", "value": "SMS ending in 88, <b>7</b> recovery codes"}]},
            {"type": "Image", "url": "javascript:document.title='owned'", "altText": "nothing"},
        ],
        "actions": [
            {"type": "Action.Submit", "title": "Remove and start over", "data": {"offered": "offer-yes"}},
            {"type": "Action.Submit", "title": "Keep it", "data": {"offered": "offer-no"}},
            {"type": "Action.OpenUrl", "title": "Read more", "url": "https://zoe.example/help"},
            {"type": "Action.OpenUrl", "title": "Trap", "url": "javascript:document.title='owned'"},
        ],
    },
}


@pytest.fixture
async def browser(chromium: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield browser
        await browser.close()


@pytest.fixture
def stub() -> ChatStub:
    return ChatStub()


@pytest.fixture
async def origin(stub: ChatStub) -> AsyncIterator[str]:
    async with served(stub.app(), "localhost") as origin:
        yield origin


@asynccontextmanager
async def opened(browser: Browser, url: str, **options: Any) -> AsyncIterator[Page]:
    """A page in a context of its own that may log no error and break no policy."""
    context = await browser.new_context(**(DESKTOP | options))
    page = await context.new_page()
    troubles: list[str] = []
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda said: troubles.append(said.text) if "Content Security Policy" in said.text else None)
    await page.goto(url)
    yield page
    await context.close()
    assert troubles == []


@pytest.fixture
async def page(browser: Browser, origin: str, stub: ChatStub) -> AsyncIterator[Page]:
    """The full page, greeted and with its stream open."""
    async with opened(browser, f"{origin}/chat") as page:
        await expect(log(page)).to_contain_text(GREETING)
        await stub.until(lambda: bool(stub.newest.sockets))
        yield page


def log(page: Page) -> Any:
    return page.get_by_role("log")


def bubbles(page: Page) -> Any:
    return page.locator(".z-item.z-you .z-bubble")


async def write(page: Page, text: str) -> None:
    await page.get_by_role("textbox").fill(text)
    await page.keyboard.press("Enter")


def quick_replies(*titles: str) -> dict[str, Any]:
    actions = [{"type": "postBack", "title": title, "value": f"offer-{title}"} for title in titles]
    return {"suggestedActions": {"actions": actions}}


async def kept(page: Page) -> dict[str, Any]:
    stored: dict[str, Any] = json.loads(await page.evaluate("sessionStorage.getItem('zoe.chat.')"))
    return stored


async def test_a_message_is_one_bubble_and_is_posted_once(page: Page, stub: ChatStub) -> None:
    await write(page, "My phone is gone")
    await expect(page.locator(".z-item.z-you[data-status=sent]")).to_have_count(1)
    stub.say("Sorry about your **phone**.")
    await expect(log(page).locator("strong")).to_have_text("phone")
    await expect(bubbles(page)).to_have_text(["My phone is gone"])
    assert [posted["text"] for posted in stub.posted] == ["My phone is gone"]
    await expect(page.get_by_role("textbox")).to_be_focused()


async def test_shift_enter_starts_a_line_and_an_empty_message_is_not_sent(page: Page, stub: ChatStub) -> None:
    await write(page, "   ")
    await page.get_by_role("textbox").fill("one")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("two")
    await page.keyboard.press("Enter")
    await expect(bubbles(page)).to_have_text(["one\ntwo"])
    assert [posted["text"] for posted in stub.posted] == ["one\ntwo"]


async def test_a_quick_reply_is_sent_with_its_offered_id_and_goes_away(page: Page, stub: ChatStub) -> None:
    stub.say("Shall I?", **quick_replies("Reset it", "Not now"))
    await page.get_by_role("button", name="Reset it").click()
    await expect(bubbles(page)).to_have_text(["Reset it"])
    await expect(page.get_by_role("button", name="Not now")).to_have_count(0)
    await stub.until(lambda: len(stub.posted) == 1)
    assert (stub.posted[0]["text"], stub.posted[0]["value"]) == ("Reset it", "offer-Reset it")


async def test_only_the_newest_quick_replies_can_be_pressed_and_links_stay(page: Page, stub: ChatStub) -> None:
    link = {"type": "openUrl", "title": "Enter password", "value": "https://zoe.example/verify/1"}
    first = quick_replies("Old one")
    first["suggestedActions"]["actions"].append(link)
    stub.say("First", **first)
    stub.say("Second", **quick_replies("New one"))
    await expect(page.get_by_role("button", name="New one")).to_be_visible()
    await expect(page.get_by_role("button", name="Old one")).to_have_count(0)
    opener = page.get_by_role("link", name="Enter password")
    await expect(opener).to_have_attribute("target", "_blank")
    await expect(opener).to_have_attribute("rel", "noopener noreferrer")


async def test_an_expired_offer_says_so(page: Page, stub: ChatStub) -> None:
    offer = stub.say("Shall I?", **quick_replies("Yes"))
    await expect(page.get_by_role("button", name="Yes")).to_be_visible()
    stub.tell("zoe.offer.closed", {"activityId": offer["id"], "chosen": None, "expired": True})
    await expect(log(page).get_by_text("Expired", exact=True)).to_be_visible()
    await expect(page.get_by_role("button", name="Yes")).to_have_count(0)


async def test_a_choice_that_came_too_late_goes_and_its_offer_has_expired(page: Page, stub: ChatStub) -> None:
    stub.say("Shall I?", **quick_replies("Yes"))
    stub.posts_refused = 409
    await page.get_by_role("button", name="Yes").click()
    await expect(log(page).get_by_text("Expired", exact=True)).to_be_visible()
    await expect(bubbles(page)).to_have_count(0)


async def test_the_confirmation_card_takes_no_focus_and_turns_into_what_was_chosen(page: Page, stub: ChatStub) -> None:
    card = stub.say("Text form", attachments=[CONFIRMATION], zoe={"kind": "ask_confirmation"})
    remove = page.get_by_role("button", name="Remove and start over")
    await expect(remove).to_be_visible()
    await expect(page.get_by_role("textbox")).to_be_focused()
    await expect(log(page)).to_contain_text("SMS ending in 88, <b>7</b> recovery codes")
    await expect(page.get_by_role("link", name="Read more")).to_have_attribute("rel", "noopener noreferrer")
    await expect(log(page).locator("img, [href^=javascript]")).to_have_count(0)
    await remove.click()
    await stub.until(lambda: len(stub.posted) == 1)
    assert stub.posted[0]["value"] == "offer-yes"
    stub.tell("zoe.offer.closed", {"activityId": card["id"], "chosen": "Remove and start over", "expired": False})
    chosen = log(page).get_by_text("You chose: Remove and start over")
    await expect(chosen).to_be_visible()
    await expect(remove).to_have_count(0)
    await expect(bubbles(page)).to_have_count(0)


async def test_a_card_that_could_not_be_answered_can_be_pressed_again(page: Page, stub: ChatStub) -> None:
    stub.say("Text form", attachments=[CONFIRMATION])
    stub.posts_refused = 503
    await page.get_by_role("button", name="Keep it").click()
    await expect(log(page).get_by_text("Not sent")).to_be_visible()
    stub.posts_refused = None
    await page.get_by_role("button", name="Keep it").click()
    await stub.until(lambda: len(stub.posted) == 1)


async def test_a_card_that_a_newer_offer_replaced_has_expired(page: Page, stub: ChatStub) -> None:
    card = stub.say("Text form", attachments=[CONFIRMATION])
    await expect(page.get_by_role("button", name="Keep it")).to_be_visible()
    stub.tell("zoe.offer.closed", {"activityId": card["id"], "chosen": None, "expired": False})
    await expect(log(page).get_by_text("Expired", exact=True)).to_be_visible()
    await expect(page.get_by_role("button", name="Keep it")).to_have_count(0)


async def test_history_and_draft_survive_a_reload(page: Page, stub: ChatStub) -> None:
    await write(page, "My phone is gone")
    stub.say("What is your address?")
    await expect(log(page)).to_contain_text("What is your address?")
    await page.get_by_role("textbox").fill("half a sent")
    await page.reload()
    await expect(bubbles(page)).to_have_text(["My phone is gone"])
    await expect(log(page).locator(".z-item.z-zoe")).to_have_count(2)
    await expect(page.get_by_role("textbox")).to_have_value("half a sent")
    assert len(stub.conversations) == 1
    assert len(stub.posted) == 1


async def test_after_thirty_idle_minutes_a_reload_begins_anew(page: Page, stub: ChatStub) -> None:
    await write(page, "My phone is gone")
    await expect(page.locator(".z-item.z-you[data-status=sent]")).to_have_count(1)
    await stub.drop_sockets()
    await stub.until(lambda: bool(stub.newest.sockets))
    old = await kept(page) | {"touched": 0}
    await page.evaluate("text => sessionStorage.setItem('zoe.chat.', text)", json.dumps(old))
    await page.reload()
    await expect(log(page)).to_contain_text(GREETING)
    await expect(bubbles(page)).to_have_count(0)
    assert len(stub.conversations) == 2


async def test_when_the_conversation_is_gone_what_was_written_can_be_sent_in_the_new_one(
    page: Page, stub: ChatStub
) -> None:
    await write(page, "Before")
    await expect(bubbles(page)).to_have_count(1)
    stub.forget()
    await write(page, "After")
    await expect(page.get_by_role("textbox")).to_have_value("After")
    await expect(log(page)).to_contain_text(GREETING)
    await expect(bubbles(page)).to_have_count(0)
    await page.keyboard.press("Enter")
    await expect(bubbles(page)).to_have_text(["After"])


async def test_no_draft_and_no_digits_are_kept_while_a_code_is_asked(page: Page, stub: ChatStub) -> None:
    await page.get_by_role("textbox").fill("before")
    stub.say("Type the code", zoe={"kind": "ask_code", "secret": True})
    await expect(page.get_by_text("Your code is hidden")).to_be_visible()
    await page.get_by_role("textbox").fill("123456")
    assert "draft" not in await kept(page)
    stub.answers_lost = True
    await page.keyboard.press("Enter")
    await expect(bubbles(page)).to_have_text(["••••••"])
    assert "123456" not in json.dumps(await kept(page))
    assert "123456" not in await page.content()
    stub.say("Thanks.")
    await expect(page.get_by_text("Your code is hidden")).to_be_hidden()


async def test_a_dropped_stream_brings_exactly_what_was_missed(page: Page, stub: ChatStub) -> None:
    first = stub.say("one")
    await expect(log(page)).to_contain_text("one")
    await stub.drop_sockets()
    stub.say("two")
    stub.add(stub.newest, first)
    await stub.until(lambda: bool(stub.newest.sockets))
    stub.say("three")
    await expect(log(page).locator(".z-item.z-zoe .z-bubble")).to_have_text(
        [f"{GREETING}, a virtual assistant. What can I do for you?", "one", "two", "three"]
    )


async def test_where_sockets_do_not_get_through_it_polls(browser: Browser, origin: str, stub: ChatStub) -> None:
    stub.sockets_refused = True
    async with opened(browser, f"{origin}/chat") as page:
        await expect(log(page)).to_contain_text(GREETING)
        await write(page, "Hello")
        await expect(page.locator(".z-item.z-you[data-status=sent]")).to_have_count(1)
        stub.say("Found you anyway")
        await expect(log(page)).to_contain_text("Found you anyway", timeout=15_000)


async def test_offline_says_so_keeps_the_message_and_sends_it_once(page: Page, stub: ChatStub) -> None:
    await page.context.set_offline(True)
    await expect(page.get_by_role("status").filter(has_text="No connection")).to_be_visible()
    await write(page, "Are you there?")
    await expect(page.get_by_role("button", name="Try again")).to_be_visible()
    await page.context.set_offline(False)
    await expect(page.locator(".z-item.z-you[data-status=sent]")).to_have_count(1)
    await expect(page.get_by_text("No connection")).to_have_count(0)
    await stub.until(lambda: len(stub.posted) == 1)
    await expect(bubbles(page)).to_have_text(["Are you there?"])


async def test_a_refused_message_can_be_tried_again_by_hand(page: Page, stub: ChatStub) -> None:
    stub.posts_refused = 400
    await write(page, "Once more")
    await expect(page.get_by_role("alert")).to_have_text("Your message was not sent.")
    stub.posts_refused = None
    await page.get_by_role("button", name="Try again").click()
    await expect(page.locator(".z-item.z-you[data-status=sent]")).to_have_count(1)
    await expect(bubbles(page)).to_have_count(1)


async def test_words_of_others_stay_words(page: Page, stub: ChatStub) -> None:
    for text in MISCHIEF:
        stub.say(text)
        stub.write_as_agent("<img src=x>", text)
        await write(page, text)
    stub.say("The end")
    await expect(log(page)).to_contain_text("The end")
    await expect(bubbles(page)).to_have_count(len(MISCHIEF))
    assert await page.title() == "Zoe"
    suspects = "script, img, b, iframe, svg:not(.z-icon), [onclick], [onerror], [onmouseover], a:not([href^=http])"
    await expect(log(page).locator(suspects)).to_have_count(0)
    await expect(page.locator("h1")).to_have_count(1)


async def test_a_person_takes_over_and_gives_back(page: Page, stub: ChatStub) -> None:
    await page.get_by_role("button", name="Talk to a person").click()
    await stub.until(lambda: bool(stub.posted))
    assert stub.posted[0] == {"type": "event", "name": "zoe.human"}
    stub.tell("zoe.state", {"state": "queued", "agent": None, "position": 3})
    await expect(page.get_by_text("You’re number 3 in line")).to_be_visible()
    await expect(page.get_by_text("Nobody here will ask for your code or password.")).to_be_visible()
    stub.tell("zoe.state", {"state": "agent", "agent": "Sofia", "position": None})
    await expect(log(page).get_by_text("Sofia joined. Zoe is silent.")).to_be_visible()
    stub.write_as_agent("Sofia", "Hello, Sofia here.")
    await expect(log(page).locator(".z-item.z-agent")).to_contain_text("Hello, Sofia here.")
    await page.get_by_role("button", name="Back to Zoe").click()
    await stub.until(lambda: stub.posted[-1]["name"] == "zoe.back")
    stub.tell("zoe.state", {"state": "bot", "agent": None, "position": None})
    await expect(page.get_by_text("Nobody here will ask")).to_be_hidden()


async def test_the_language_changes_in_place_and_is_told(page: Page, stub: ChatStub) -> None:
    await page.get_by_role("button", name="More").click()
    await page.get_by_label("Language").select_option("pt")
    await expect(page.get_by_role("button", name="Falar com uma pessoa")).to_be_visible()
    await expect(page.get_by_placeholder("Escreva uma mensagem")).to_be_visible()
    await expect(page.locator("html")).to_have_attribute("lang", "pt-BR")
    await stub.until(lambda: bool(stub.posted))
    assert (stub.posted[0]["name"], stub.posted[0]["value"]) == ("zoe.lang", "pt")
    await page.reload()
    await expect(page.get_by_role("button", name="Falar com uma pessoa")).to_be_visible()


async def test_end_and_clear_leaves_nothing_and_a_new_one_can_begin(page: Page, stub: ChatStub) -> None:
    await write(page, "My phone is gone")
    await expect(bubbles(page)).to_have_count(1)
    await page.get_by_role("button", name="More").click()
    await page.get_by_role("button", name="End and clear").click()
    await page.get_by_role("dialog").get_by_role("button", name="End and clear").click()
    await expect(page.get_by_text("ended and cleared")).to_be_visible()
    assert stub.posted[-1]["name"] == "zoe.end"
    assert set(await kept(page)) == {"lang", "touched"}
    await expect(page.locator(".z-item")).to_have_count(0)
    await page.get_by_role("button", name="Start a new conversation").click()
    await expect(log(page)).to_contain_text(GREETING)
    assert len(stub.conversations) == 2


async def test_a_topic_in_the_address_offers_and_sends_nothing_by_itself(
    browser: Browser, origin: str, stub: ChatStub
) -> None:
    async with opened(browser, f"{origin}/chat?topic=reset") as page:
        await expect(log(page)).to_contain_text(GREETING)
        offer = page.get_by_role("button", name="I lost or changed my phone")
        await expect(offer).to_be_visible()
        assert stub.posted == []
        await offer.click()
        await expect(bubbles(page)).to_have_text(["I lost or changed my phone and can’t get a code"])
        await expect(offer).to_be_hidden()


async def test_typing_and_loading_are_shown_until_something_is_said(page: Page, stub: ChatStub) -> None:
    stub.tell("zoe.loading", True)
    await expect(page.locator(".z-typing")).to_be_visible()
    stub.say("I'm starting, a few seconds.", zoe={"kind": "system"})
    await expect(log(page).locator(".z-line")).to_have_text("I'm starting, a few seconds.")
    stub.add(stub.newest, {"type": "typing", "from": {"id": "zoe", "name": "Zoe", "role": "bot"}})
    await expect(page.locator(".z-typing")).to_be_visible()
    stub.say("Here I am")
    await expect(page.locator(".z-typing")).to_be_hidden()


async def test_the_step_line_marks_the_current_step(page: Page, stub: ChatStub) -> None:
    stub.say("1: e-mail · Step 2 of 3: password · 3: your OK", zoe={"kind": "steps"})
    await expect(log(page).locator("[aria-current=step]")).to_have_text("Step 2 of 3: password")


async def test_on_a_foreign_page_only_the_launcher_lives(browser: Browser, origin: str, stub: ChatStub) -> None:
    async with served(host_app(origin), "127.0.0.1") as host, opened(browser, host) as page:
        await page.get_by_role("button", name="Chat with Zoe").click()
        frame = page.frame_locator("zoe-chat iframe")
        await expect(frame.get_by_role("log")).to_contain_text(GREETING)
        await expect(frame.get_by_role("textbox")).to_be_focused()
        assert stub.token_requests[0][0] == "site=shop"
        assert await page.evaluate("sessionStorage.length + localStorage.length") == 0
        await page.keyboard.press("Escape")
        await expect(page.locator("zoe-chat iframe")).to_be_hidden()
        launcher = page.get_by_role("button", name="Chat with Zoe")
        await expect(launcher).to_be_focused()
        stub.say("Still here?")
        await expect(page.get_by_role("button", name="1 unread")).to_be_visible()
        await launcher.click()
        await expect(frame.get_by_text("Still here?")).to_be_visible()


@pytest.mark.parametrize(
    "options", [DESKTOP, PHONE, PHONE | {"color_scheme": "dark"}], ids=["desktop", "phone", "dark"]
)
async def test_axe_finds_nothing(browser: Browser, origin: str, stub: ChatStub, options: dict[str, Any]) -> None:
    async with opened(browser, f"{origin}/chat", reduced_motion="reduce", bypass_csp=True, **options) as page:
        await expect(log(page)).to_contain_text(GREETING)
        await write(page, "My phone is gone")
        await stub.until(lambda: bool(stub.newest.sockets))
        stub.say("Step 1 of 3: e-mail · 2: password · 3: your OK", zoe={"kind": "steps"})
        stub.tell("zoe.state", {"state": "agent", "agent": "Sofia", "position": None})
        stub.write_as_agent("Sofia", "Hello")
        stub.say("Type the code", attachments=[CONFIRMATION], zoe={"kind": "ask_code", "secret": True})
        await expect(page.get_by_role("button", name="Keep it")).to_be_visible()
        await page.get_by_role("button", name="More").click()
        found = await Axe().run(page, options={"resultTypes": ["violations"]})
        assert found.violations_count == 0, found.generate_report()


@pytest.mark.parametrize("width", [320, 390, 768])
async def test_nothing_sticks_out_sideways(browser: Browser, origin: str, stub: ChatStub, width: int) -> None:
    async with opened(browser, f"{origin}/chat", viewport={"width": width, "height": 640}) as page:
        await expect(log(page)).to_contain_text(GREETING)
        await write(page, "w" * 200)
        await stub.until(lambda: bool(stub.newest.sockets))
        stub.say("Text form", attachments=[CONFIRMATION])
        await expect(page.get_by_role("button", name="Keep it")).to_be_visible()
        assert await page.evaluate("document.documentElement.scrollWidth") <= width
        assert await page.locator(".z-scroller").evaluate("box => box.scrollWidth - box.clientWidth") == 0


def test_launcher_and_chat_are_under_25_kb_with_gzip() -> None:
    files = load_widget(WIDGET)
    on_opening = {name for name in files if not name.startswith("strings-")} | {"strings-en.js"}
    assert sum(len(files[name].gzipped) for name in on_opening) < 25_000


def test_a_served_file_has_the_lines_of_its_source_and_no_comment() -> None:
    for name, file in load_widget(WIDGET).items():
        source = Path(WIDGET, name).read_text(encoding="utf-8")
        served_text = file.body.decode()
        assert served_text.count("\n") == source.count("\n")
        assert "/*" not in served_text


def test_no_markup_string_reaches_the_page() -> None:
    for path in WIDGET.glob("*.js"):
        source = path.read_text(encoding="utf-8")
        for way in (
            "innerHTML",
            "outerHTML",
            "insertAdjacentHTML",
            "document.write",
            "eval(",
            "new Function",
            "DOMParser",
        ):
            assert way not in source, f"{way} in {path.name}"


async def test_a_message_typed_while_the_chat_is_still_opening_waits_for_it(
    browser: Browser, stub: ChatStub, origin: str
) -> None:
    context = await browser.new_context(**DESKTOP)
    page = await context.new_page()
    held: list[Any] = []

    async def hold(route: Any) -> None:
        held.append(route)

    await page.route("**/chat/token", hold)
    await page.goto(f"{origin}/chat")
    await page.locator("#zoe-chat textarea").fill("are you there")
    await page.locator("#zoe-chat textarea").press("Enter")
    await expect(page.get_by_role("log")).to_contain_text("are you there")
    await held[0].continue_()
    await expect(page.get_by_role("log")).to_contain_text(GREETING)
    await expect(page.get_by_text("Not sent")).to_have_count(0)
    assert [activity["text"] for activity in stub.posted if activity.get("text")] == ["are you there"]
    await context.close()
