"""The description of the API: complete, valid, and what both typed clients understand.

The answers are typed by hand in `bot` and in `actions`: here real answers of the real backend go through both clients,
and through the models that the description is made of.
"""

from typing import Any

import jsonschema
import pytest
from aiohttp import ClientSession

from actions.auth_client import AuthClient as ActionsClient
from actions.auth_client import Caller, Unreachable
from auth_backend.internal_api import answers
from auth_backend.internal_api.contract import INTERNAL, PUBLIC
from bot.auth_client import AuthClient as BotClient
from bot.auth_client import Visitor
from httpkit.openapi import served_routes
from tests.integration.auth.resets.world import ACTIONS, ANA, BRUNO, PASSWORDS, Chat, World
from tests.integration.auth.resets.world import INTERNAL as BOT


async def test_every_route_is_described_and_every_description_is_a_route(world: World) -> None:
    assert set(served_routes(world.internal.app)) == set(INTERNAL)
    public = set(served_routes(world.public.app))
    conditional = {("POST", "/sms/status/twilio"), ("POST", "/sms/status/zenvia")}
    assert set(PUBLIC) - conditional <= public


async def test_the_description_is_openapi_3_1_and_for_scope_bot_only(world: World) -> None:
    made = await world.bot("GET", "openapi.json")
    assert made["openapi"] == "3.1.0"
    await world.call("GET", "/internal/openapi.json", token=ACTIONS, status=403)
    await world.call("GET", "/internal/openapi.json", token="x", status=401)
    for schema in made["components"]["schemas"].values():
        jsonschema.Draft7Validator.check_schema(schema)
    references = set(_references(made))
    assert references <= {f"#/components/schemas/{name}" for name in made["components"]["schemas"]}
    assert {"post", "get"} >= {method for methods in made["paths"].values() for method in methods}


def _references(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [
            *([value["$ref"]] if "$ref" in value else []),
            *(r for item in value.values() for r in _references(item)),
        ]
    return [reference for item in value for reference in _references(item)] if isinstance(value, list) else []


STAGES = ("none", "code", "wrong", "password", "ready", "ask_owner", "confirmed", "executed", "cancelled")


async def bring(world: World, stage: str) -> Chat:
    """A conversation at one of the stages."""
    browser, name = world.browser(), "bruno" if stage == "ask_owner" else "ana"
    address = BRUNO if stage == "ask_owner" else ANA
    await world.know(browser, name)
    chat = await world.chat(browser=browser)
    if stage == "none":
        return chat
    await chat.claim(address)
    code = await world.mailed_code(address)
    if stage == "wrong":
        await chat.code(f"{(int(code) + 1) % 1_000_000:06d}")
    if stage in {"code", "wrong"}:
        return chat
    await chat.code(code)
    if stage == "password":
        return chat
    await browser.type_password(await chat.verify_url(), PASSWORDS[name])
    if stage in {"ready", "ask_owner"}:
        return chat
    if stage == "cancelled":
        await chat.act("POST", "reset/cancel")
        return chat
    await chat.confirm(nonce=(await chat.card())["nonce"])
    if stage == "executed":
        await chat.execute()
    return chat


@pytest.mark.parametrize("stage", STAGES)
async def test_both_clients_read_what_the_backend_says(world: World, stage: str) -> None:
    chat = await bring(world, stage)
    raw = await chat.facts()
    described = answers.Facts.model_validate(raw)
    assert described.stage == {"wrong": "code"}.get(stage, stage)
    base = str(world.internal.make_url("")).rstrip("/")
    async with ClientSession() as http:
        bot, actions = BotClient(http, base, BOT, 10.0), ActionsClient(http, base, ACTIONS)
        caller = Caller(world.ticket(chat.id))
        seen = await bot.facts(chat.id)
        assert (seen.stage, seen.standing) == (raw["stage"], raw["standing"])
        assert (seen.claim.address if seen.claim else None) == (raw["claim"]["address"] if raw["claim"] else None)
        assert (seen.reset.told if seen.reset else ()) == tuple(raw["reset"]["told"] if raw["reset"] else ())
        heard = await actions.get_facts(caller)
        assert not isinstance(heard, Unreachable)
        assert heard.stage == raw["stage"]

        card = await bot.confirmation_card(chat.id, "en")
        assert (card.nonce is not None) == (stage in {"ready", "ask_owner"})
        link = await bot.verify_link(chat.id, "en")
        assert (link.url is not None) == (stage == "password")
        judged = await bot.hand_in_code(chat.id, "000000", f"act-{stage}")
        assert judged.outcome in {"wrong", "spent", "not_awaited"}
        recorded = await bot.confirm(chat.id, f"yes-{stage}", nonce="not-a-nonce")
        assert recorded.outcome == "not_recorded"
        assert (await bot.standing(chat.id, None)).same_session
        assert (await bot.desk_panel(chat.id)).stage in {raw["stage"], "code"}
        assert isinstance((await bot.close_card(chat.id)).closed, bool)
        for answer in (
            await actions.get_status(caller),
            await actions.check_requester(caller),
            await actions.resend_code(caller, lang="pt"),
            await actions.request_human(caller, reason="lost_device"),
            await actions.execute_reset(caller),
            await actions.cancel_reset(caller),
            await actions.open_reset(caller, address=ANA, reason="lost_device", lang="es"),
        ):
            assert not isinstance(answer, Unreachable), answer


async def test_the_calls_that_have_no_conversation(world: World) -> None:
    base = str(world.internal.make_url("")).rstrip("/")
    async with ClientSession() as http:
        bot, actions = BotClient(http, base, BOT, 10.0), ActionsClient(http, base, ACTIONS)
        opened = await bot.register("c-new", "web", Visitor(None, None, "198.51.100.7", "Firefox"), "es")
        assert (opened.standing, opened.known) == ("anonymous", False)
        assert (await bot.shell("", "/chat", "Zoe", None, "en", "es")).lang == "es"
        assert (await bot.shell("pt", "/chat", "Zoe", None, "en", "es")).lang == "pt"
        assert "<!--zoe:main-->" in (await bot.shell("pt", "/chat", "Zoe", None, "pt-BR")).html
        assert (await bot.desk_agent("nobody's")).refused == "signed_out"
        assert await actions.is_alive()
