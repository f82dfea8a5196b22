"""Status and cancel: pages by their own links, and in the chat."""

import re
from datetime import timedelta

from auth_backend.accounts.queries import lock_user
from auth_backend.factors.models import Factor, FactorStatus
from auth_backend.resets.executing.schedule import run_due
from auth_backend.resets.models import Reset, ResetState
from auth_backend.resets.service import note_enrolled
from tests.integration.auth.resets.world import ANA, BRUNO, Browser, Chat, World

LINK = re.compile(r"http://localhost:8080(/resets/[A-Za-z0-9_-]+)")


async def scheduled(world: World) -> tuple[Chat, Browser, str, str]:
    """A waiting reset; its links: cancel, status."""
    browser = world.browser()
    chat = await world.chat(browser=browser)
    await chat.to_confirmed(browser)
    mail = (await world.mails(ANA, "notice:reset_scheduled"))[0]
    cancel, status = LINK.findall(mail.text)
    return chat, world.browser(), cancel, status


async def test_cancel_by_its_link(world: World) -> None:
    chat, reader, cancel, _ = await scheduled(world)
    response = await reader.get(cancel)
    assert str(response.url.path) == "/resets/cancel"
    assert (await world.one(Reset)).state is ResetState.SCHEDULED
    await reader.post("/resets/cancel")
    assert "The reset is stopped" in reader.page
    assert await chat.stage() == "cancelled"
    assert (chat.id, "reset_changed") in await world.events()
    assert len(await world.mails(ANA, "notice:reset_cancelled")) == 1
    world.clock.advance(timedelta(hours=25))
    assert (await run_due(world.services)).executed == 0
    assert (await world.one(Factor, Factor.user_id == world.ids["ana"])).status is FactorStatus.LIVE


async def test_status_link_cancels_nothing(lite: World) -> None:
    chat, reader, cancel, status = await scheduled(lite)
    response = await reader.get(status)
    assert str(response.url.path) == "/resets/status"
    assert '<form method="post" action="/resets' not in reader.page
    await reader.get("/resets/cancel", status=410)
    assert await chat.stage() == "scheduled"
    other = lite.browser()
    await other.get(cancel)
    await other.get("/resets/status", status=410)


async def test_opening_the_cancel_link_changes_nothing(lite: World) -> None:
    chat, reader, cancel, status = await scheduled(lite)
    before = await lite.tags()
    for _ in range(3):
        await reader.get(cancel)
        await reader.get(status)
        await reader.client.head(cancel)
    assert await lite.tags() == before
    await reader.get(cancel)
    await reader.post("/resets/cancel", csrf=False, status=403)
    assert await chat.stage() == "scheduled"


async def test_too_late(lite: World) -> None:
    chat, reader, cancel, status = await scheduled(lite)
    lite.clock.advance(timedelta(hours=24))
    await run_due(lite.services)
    await reader.get(cancel)
    assert "Too late to cancel" in reader.page
    await reader.get(status)
    assert "It was carried out" in reader.page
    assert (await chat.act("POST", "reset/cancel"))["outcome"] == "too_late"


async def test_made_up_link(lite: World) -> None:
    reader = lite.browser()
    await reader.get("/resets/" + "x" * 43, status=410)
    await reader.get("/verify/" + "x" * 43, status=410)
    await reader.get("/verify/", status=410)


async def test_pages_speak_three_languages(lite: World) -> None:
    _, reader, cancel, _ = await scheduled(lite)
    await reader.get(f"{cancel}?lang=pt")
    assert "Cancelar a redefinição?" in reader.page
    await reader.get("/resets/cancel?lang=es")
    assert "¿Cancelar el restablecimiento?" in reader.page


async def test_cancel_in_the_chat_while_the_proof_is_fresh(lite: World) -> None:
    chat, *_ = await scheduled(lite)
    assert (await chat.act("POST", "reset/cancel"))["outcome"] == "cancelled"
    assert (await chat.act("POST", "reset/cancel"))["outcome"] == "nothing_open"


async def test_cancel_in_the_chat_needs_a_fresh_proof(lite: World) -> None:
    chat, *_ = await scheduled(lite)
    lite.clock.advance(timedelta(hours=2))
    assert (await chat.act("POST", "reset/cancel"))["outcome"] == "need_proof"
    other = await lite.chat()
    assert (await other.act("POST", "reset/cancel"))["outcome"] == "nothing_open"
    await other.prove_email(BRUNO)
    await other.act("POST", "reset/cancel")
    assert await chat.stage() == "scheduled"
    third = await lite.chat()
    await third.prove_email(ANA)
    assert (await third.act("POST", "reset/cancel"))["outcome"] == "cancelled"
    assert await chat.stage() == "cancelled"
    assert (chat.id, "reset_changed") in await lite.events()


async def test_cancel_a_claim(lite: World) -> None:
    chat = await lite.chat()
    assert (await chat.act("POST", "reset/cancel"))["outcome"] == "nothing_open"
    await chat.claim()
    code = await lite.mailed_code(ANA)
    assert (await chat.act("POST", "reset/cancel"))["outcome"] == "cancelled"
    assert (await chat.code(code))["outcome"] == "not_awaited"
    assert await chat.stage() == "cancelled"


async def test_later_proven_claim_supersedes(lite: World) -> None:
    browser = lite.browser()
    first = await lite.chat(browser=browser)
    await first.to_ready(browser)
    nonce = (await first.card())["nonce"]
    lite.clock.advance(timedelta(minutes=1))
    second = await lite.chat()
    await second.prove_email()
    assert await first.stage() == "expired"
    assert (await first.confirm(nonce=nonce))["outcome"] in {"expired", "not_recorded"}
    assert (first.id, "reset_changed") in await lite.events()


async def test_enrolment_is_told(lite: World) -> None:
    browser = lite.browser()
    await lite.know(browser, "ana")
    chat = await lite.chat(browser=browser)
    await chat.to_confirmed(browser)
    executed = await chat.execute()
    assert executed["facts"]["reset"]["enrolled"] is False
    async with lite.services.sessions.begin() as session:
        user = await lock_user(session, lite.ids["ana"])
        assert user is not None
        await note_enrolled(session, lite.services, user, now=lite.clock())
        await note_enrolled(session, lite.services, user, now=lite.clock())
    assert (await lite.one(Reset)).state is ResetState.ENROLLED
    assert (await lite.events()).count((chat.id, "enrolled")) == 1
    assert (await chat.act("GET", "facts"))["reset"]["enrolled"] is True
    assert (await chat.execute())["outcome"] == "executed"


async def test_status_in_the_chat(lite: World) -> None:
    chat, *_ = await scheduled(lite)
    lite.clock.advance(timedelta(minutes=2))
    await chat.claim(BRUNO)
    assert (await chat.act("GET", "reset/status"))["stage"] == "scheduled"
    assert (await chat.act("GET", "facts"))["stage"] == "code"
    other = await lite.chat()
    assert (await other.act("GET", "reset/status"))["stage"] == "none"
