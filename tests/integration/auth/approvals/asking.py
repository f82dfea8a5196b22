"""What members and owners do in these tests."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from auth_backend.accounts.models import User
from auth_backend.approvals.models import OwnerRequest
from auth_backend.client_facts import ClientFacts
from auth_backend.login.models import SessionLevel
from auth_backend.login.sessions import create_session
from tests.integration.auth.resets.world import BRUNO, Browser, Chat, World


async def signed_in(world: World, name: str, *, stepped_up: bool = True, shown_since: Any = None) -> Browser:
    """A browser in which somebody is signed in with their second factor, just shown or a while ago."""
    browser = world.browser()
    now = world.clock()
    async with world.services.sessions.begin() as session:
        user = await session.get(User, world.ids[name])
        assert user is not None
        _, token = await create_session(
            session,
            user,
            SessionLevel.FULL,
            ClientFacts("192.0.2.1", "x", None),
            now=now,
            second_step="sms",
            stepped_up_at=now if stepped_up else None,
            shown_since=shown_since,
        )
    browser.client.session.cookie_jar.update_cookies({"zoe_session": token})
    return browser


async def member_at_the_question(world: World, *, known: bool = True) -> Chat:
    """Both proofs of somebody who isn't the owner, a minute after whatever was before: codes leave once a minute."""
    world.clock.advance(timedelta(seconds=61))
    browser = world.browser()
    if known:
        await world.know(browser, "bruno")
    chat = await world.chat(browser=browser)
    await chat.to_ready(browser, "bruno", BRUNO)
    return chat


async def ask(chat: Chat, *, reason: str = "lost_device", nonce: str | None = None) -> Any:
    """The press on [Ask the owner]."""
    nonce = nonce or (await chat.card())["nonce"]
    body = {"nonce": nonce, "reason": reason, "activity_id": f"act-{next(chat.world.numbers)}"}
    return await chat.tell("owner-requests", body)


async def asked(world: World, *, known: bool = True) -> Chat:
    """Bruno's request waits for Ana."""
    chat = await member_at_the_question(world, known=known)
    assert (await ask(chat))["outcome"] == "recorded"
    return chat


async def newest_request(world: World) -> OwnerRequest:
    """The request that was made last."""
    async with world.services.sessions.begin() as session:
        query = select(OwnerRequest).order_by(OwnerRequest.asked_at.desc())
        request = (await session.scalars(query)).first()
    assert request is not None
    return request


async def decide(world: World, browser: Browser, what: str, *, request_id: str | None = None) -> str:
    """The owner presses a button; returns the query of the page that follows."""
    request_id = request_id or (await newest_request(world)).id
    await browser.get("/account/requests")
    response = await browser.post(f"/account/requests/{request_id}/{what}")
    return response.url.path_qs
