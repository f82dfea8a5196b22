"""One token, one power: what the link of one page carries is worth nothing on any other."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from auth_backend.accounts.models import OwnerChange, User
from auth_backend.codes.models import OneTimeCode
from auth_backend.crypto import token_hash
from auth_backend.factors.models import Factor
from auth_backend.login.models import LoginSession
from auth_backend.resets.models import Claim, Proof, Reset, ResetLink
from auth_backend.resets.not_me.models import ToldEvent, UndoTry
from auth_backend.sign_in_data.models import FormerAddress
from httpkit.clock import OffsetClock
from tests.integration.auth.resets.repudiation_world import scheduled
from tests.integration.auth.resets.world import ANA, BRUNO, CARLA, PASSWORDS, World, close_world, make_world

LINK = re.compile(r"http://localhost:8080/(resets|not-me|undo|report)/([A-Za-z0-9_-]{32,})")
PAGES = {
    "zoe_verify": ("/verify/", "/verify/"),
    "zoe_verify_yes": ("/verify/", "/verify/yes"),
    "zoe_status": ("/resets/status", "/resets/cancel"),
    "zoe_cancel": ("/resets/cancel", "/resets/cancel"),
    "zoe_undo": ("/undo/", "/undo/"),
    "zoe_undo_try": ("/undo/code", "/undo/code"),
    "zoe_not_me": ("/not-me/event", "/not-me/event"),
    "zoe_report": ("/report/", "/report/"),
    "zoe_owner_dispute": ("/owner-dispute/", "/owner-dispute/"),
    "zoe_email_dispute": ("/email-dispute/", "/email-dispute/"),
    "zoe_forgot": ("/login/forgot", "/login/forgot/password"),
    "zoe_session": ("/login", "/account/security/reset/stop"),
}
"""Cookie → where its page is, and where the page's button leads."""
ONES_OWN = {
    "zoe_verify": {"verify"},
    "zoe_cancel": {"resets"},
    "zoe_undo": {"undo"},
    "zoe_not_me": {"not-me"},
    "zoe_report": {"report"},
    "zoe_owner_dispute": {"owner-dispute"},
    "zoe_email_dispute": {"email-dispute"},
}
"""Cookie → the links whose tokens it is for; the two of `/resets/` are told apart elsewhere (test_links_and_cancel)."""
HELD: tuple[type[Any], ...] = (
    *(Reset, ResetLink, Proof, Claim, ToldEvent, UndoTry, OneTimeCode),
    *(OwnerChange, FormerAddress, User, Factor, LoginSession),
)


@pytest.fixture
async def world(sqlite_url: str, clock: OffsetClock) -> AsyncIterator[World]:
    """The resets' world, on SQLite alone."""
    world = await make_world(sqlite_url, clock)
    yield world
    await close_world(world)


async def standing(world: World) -> list[tuple[object, ...]]:
    """Every row that a link can change."""
    async with world.services.sessions.begin() as session:
        return [
            tuple(row)
            for model in HELD
            for row in (await session.execute(model.__table__.select().order_by(*model.__table__.primary_key))).all()
        ]


async def every_link(world: World) -> dict[str, set[str]]:
    """A waiting reset, an executed one, one that is being proven, and a changed owner: page → tokens."""
    await scheduled(world)
    browser = world.browser()
    await world.know(browser, "carla")
    chat = await world.chat(browser=browser)
    await chat.to_ready(browser, "carla", CARLA)
    await chat.confirm(nonce=(await chat.card())["nonce"])
    assert (await chat.execute())["outcome"] == "executed"
    proving = await world.chat()
    await proving.prove_email(BRUNO)
    found: dict[str, set[str]] = {"verify": {(await proving.verify_url()).rpartition("/")[2]}}
    other = await world.chat()
    world.clock.advance(timedelta(minutes=2))
    await other.claim(BRUNO)
    for to in (ANA, BRUNO, CARLA):
        for mail in await world.mails(to):
            for page, token in LINK.findall(mail.text):
                found.setdefault(page, set()).add(token)
    dispute, email_dispute = "d" * 43, "e" * 43
    async with world.services.sessions.begin() as session:
        session.add(
            OwnerChange(
                account_id=world.ids["acme"],
                former_id=world.ids["bruno"],
                owner_id=world.ids["ana"],
                actor=f"user:{world.ids['bruno']}",
                epoch=0,
                dispute_token=token_hash(dispute),
                at=world.clock(),
            )
        )
        session.add(
            FormerAddress(
                user_id=world.ids["ana"],
                address="ana@former.example",
                at=world.clock(),
                reference="ABCDEF",
                dispute_token=token_hash(email_dispute),
            )
        )
    return {**found, "owner-dispute": {dispute}, "email-dispute": {email_dispute}}


async def test_no_token_opens_another_page(world: World) -> None:
    """Each page is shown each foreign token as its cookie and its button pressed, with password and code in the form;
    nothing moves.
    """
    links = await every_link(world)
    assert set(links) == {"verify", "resets", "not-me", "undo", "report", "owner-dispute", "email-dispute"}
    before = await standing(world)
    for cookie, (page, button) in PAGES.items():
        for kind, tokens in links.items():
            if kind in ONES_OWN.get(cookie, set()):
                continue
            for token in sorted(tokens):
                thief = world.browser()
                thief.client.session.cookie_jar.update_cookies({cookie: token}, thief.client.make_url(page))
                await thief.client.get(page)
                await thief.get("/login", status=200)
                fields = {"password": PASSWORDS["ana"], "new_password": "eleven quiet lamps", "code": "123456"}
                await thief.post(button, fields, status=0)
                assert await standing(world) == before, (cookie, kind)
    for token in links["owner-dispute"]:
        judge = world.browser()
        await judge.get(f"/owner-dispute/{token}")
        await judge.post("/owner-dispute/")
    assert await standing(world) != before, "its own page does open with it"


async def test_a_link_works_under_its_own_path_only(world: World) -> None:
    """The token of one page in the address of another one: that page is gone, and nothing moves."""
    links = await every_link(world)
    before = await standing(world)
    for path in ("verify", "undo", "report", "not-me", "owner-dispute", "email-dispute"):
        for kind, tokens in links.items():
            for token in tokens if kind != path else ():
                reader = world.browser()
                answer = await reader.client.get(f"/{path}/{token}")
                text = await answer.text()
                assert answer.status == 410, (path, kind)
                assert token not in text
    assert await standing(world) == before
