"""The frame that the chat server's pages get over the internal port."""

import pytest
from aiohttp.test_utils import TestClient, TestServer

from auth_backend.app import create_internal_app
from auth_backend.login.cookies import SESSION
from auth_backend.services import Services
from tests.support.auth_world import ACTIONS_TOKEN, BOT_TOKEN, Browser, add_people


async def get_shell(
    services: Services, query: str, token: str = BOT_TOKEN, **headers: str
) -> tuple[int, dict[str, str]]:
    async with TestClient(TestServer(create_internal_app(services))) as client:
        response = await client.get(f"/internal/shell?{query}", headers={"Authorization": f"Bearer {token}", **headers})
        return response.status, await response.json()


async def test_the_frame_has_places_for_head_and_content_and_no_chat_button_on_the_chat(services: Services) -> None:
    status, body = await get_shell(services, "path=/chat&title=Chat", **{"X-Accept-Language": "pt-BR"})
    assert (status, body["lang"]) == (200, "pt")
    assert body["html"].count("<!--zoe:head-->") == body["html"].count("<!--zoe:main-->") == 1
    assert "<title>Chat · Zoe</title>" in body["html"]
    assert "chat-button" not in body["html"]


async def test_the_frame_knows_who_is_signed_in(services: Services, browser: Browser) -> None:
    await add_people(services)
    await browser.sign_in("bruno@acme.example")
    _, body = await get_shell(services, "path=/chat", **{"X-Zoe-Session": browser.cookie(SESSION) or ""})
    assert body["lang"] == "pt"
    assert "bruno@acme.example" in body["html"]


async def test_a_title_is_text(services: Services) -> None:
    _, body = await get_shell(services, "path=/chat&title=%3Cscript%3E")
    assert "<script>" not in body["html"]


@pytest.mark.parametrize(("token", "status"), [(ACTIONS_TOKEN, 403), ("", 401), ("wrong", 401)])
async def test_only_bot_gets_it(services: Services, token: str, status: int) -> None:
    assert (await get_shell(services, "path=/", token))[0] == status
