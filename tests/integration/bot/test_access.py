"""Tokens: whose conversation, how long, from where; and what a page needs to get one."""

from datetime import timedelta
from typing import Any

import pytest

from bot.identifiers import token_hash
from bot.models import Site
from tests.support.chat_server import BASE, START, Chat, Visit, running_chat

SITE = "https://shop.example"


async def _site(chat: Chat) -> None:
    async with chat.bot.database.write() as session:
        session.add(
            Site(
                public_key="shop",
                name="Shop",
                origins=[SITE],
                secret_hash=token_hash("site-secret"),
                created_at=START,
                disabled_at=None,
            )
        )


async def _chat_token(
    chat: Chat, headers: dict[str, str] | None = None, query: str = "", **body: Any
) -> tuple[int, Any]:
    url = chat.url("/chat/token") + query
    async with chat.http.post(url, json=body, headers=headers or {}) as response:
        return response.status, {**await response.json(), "set-cookie": response.headers.get("Set-Cookie", "")}


async def test_a_token_opens_its_own_conversation_only(database_url: str) -> None:
    async with running_chat(database_url) as chat:
        mine, theirs = await chat.open(), await chat.open()
        thief = Visit(chat, mine.token, theirs.conversation)
        assert (await thief.post(text="hello"))[0] == 403
        path = f"/conversations/{theirs.conversation}"
        for call in (f"{path}/activities", path):
            assert (await thief.call("GET", call))[0] == 403
        assert (await theirs.activities())[-1]["text"] == "heard: /EXTERNAL_welcome"


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer  ", "Basic abc", "Bearer nonsense", "bearer \u00e9\u00e9"])
async def test_without_a_token_nothing_opens(sqlite_url: str, header: str) -> None:
    async with running_chat(sqlite_url) as chat:
        visit = await chat.open()
        for method, path in (
            ("POST", "/conversations"),
            ("POST", "/tokens/refresh"),
            ("POST", "/tokens/generate"),
            ("GET", f"/conversations/{visit.conversation}"),
            ("GET", f"/conversations/{visit.conversation}/activities"),
            ("GET", "/session/getsessionid"),
        ):
            async with chat.http.request(method, chat.url(BASE + path), headers={"Authorization": header}) as response:
                assert response.status in {401, 403}, path


async def test_a_token_ends_after_thirty_minutes_and_a_refreshed_one_goes_on(database_url: str) -> None:
    async with running_chat(database_url) as chat:
        visit = await chat.open()
        chat.clock.advance(timedelta(minutes=20))
        status, answer = await visit.call("POST", "/tokens/refresh")
        assert (status, answer["expires_in"], answer["conversationId"]) == (200, 1800, visit.conversation)
        chat.clock.advance(timedelta(minutes=15))
        assert (await visit.post(text="hello"))[0] == 403
        assert (await Visit(chat, answer["token"], visit.conversation).post(text="hello"))[0] == 200


async def test_a_deleted_conversation_is_404(database_url: str) -> None:
    async with running_chat(database_url) as chat:
        visit = await chat.open()
        async with chat.bot.database.write() as session:
            from bot.models import Conversation

            (await session.get_one(Conversation, visit.conversation)).deleted_at = START
        assert (await visit.call("GET", f"/conversations/{visit.conversation}/activities"))[0] == 404
        assert (await visit.post(text="hello"))[0] == 404


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "http://localhost:8080.evil.example"},
    ],
)
async def test_a_foreign_page_gets_no_token(sqlite_url: str, headers: dict[str, str]) -> None:
    async with running_chat(sqlite_url) as chat:
        assert (await _chat_token(chat, headers))[0] == 403
        assert chat.backend.registered == []


async def test_zoes_own_page_gets_a_token_with_the_sessions_standing(sqlite_url: str) -> None:
    async with running_chat(sqlite_url) as chat:
        headers = {
            "Origin": "http://localhost:8080",
            "Sec-Fetch-Site": "same-origin",
            "Cookie": "zoe_session=s1; zoe_browser=b1",
        }
        status, answer = await _chat_token(chat, headers, lang="pt")
        assert status == 200
        assert (answer["lang"], answer["resumed"], answer["set-cookie"]) == ("pt", False, "")
        registered = chat.backend.registered[0]
        assert (registered["session_token"], registered["browser_token"], registered["channel"]) == ("s1", "b1", "web")


async def test_a_new_browser_gets_its_cookie(sqlite_url: str) -> None:
    async with running_chat(sqlite_url) as chat:
        _, answer = await _chat_token(chat)
        cookie = answer["set-cookie"]
        assert cookie.startswith("zoe_browser=browser-1;")
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie


async def test_a_held_token_resumes_unless_the_session_changed(sqlite_url: str) -> None:
    async with running_chat(sqlite_url) as chat:
        _, first = await _chat_token(chat, {"Cookie": "zoe_session=s1"})
        _, same = await _chat_token(chat, {"Cookie": "zoe_session=s1"}, token=first["token"])
        _, other = await _chat_token(chat, {"Cookie": "zoe_session=s2"}, token=first["token"])
        _, gone = await _chat_token(chat, token=first["token"])
        assert (same["conversationId"], same["resumed"]) == (first["conversationId"], True)
        assert other["conversationId"] != first["conversationId"]
        assert gone["conversationId"] != first["conversationId"]


async def test_an_expired_token_leads_back_only_its_own_browser(sqlite_url: str) -> None:
    async with running_chat(sqlite_url) as chat:
        _, first = await _chat_token(chat, {"Cookie": "zoe_browser=b1"})
        chat.clock.advance(timedelta(hours=2))
        _, stranger = await _chat_token(chat, {"Cookie": "zoe_browser=b2"}, token=first["token"])
        _, back = await _chat_token(chat, {"Cookie": "zoe_browser=b1"}, token=first["token"])
        assert stranger["conversationId"] != first["conversationId"]
        assert back["conversationId"] == first["conversationId"]
        chat.clock.advance(timedelta(hours=24))
        _, late = await _chat_token(chat, {"Cookie": "zoe_browser=b1"}, token=first["token"])
        assert late["conversationId"] != first["conversationId"]


async def test_a_chat_on_a_foreign_site_is_anonymous_whatever_cookies_travel(sqlite_url: str) -> None:
    async with running_chat(sqlite_url) as chat:
        await _site(chat)
        status, answer = await _chat_token(chat, {"Cookie": "zoe_session=s1; zoe_browser=b1"}, "?site=shop")
        registered = chat.backend.registered[0]
        assert (status, answer["set-cookie"]) == (200, "")
        assert (registered["channel"], registered["session_token"], registered["browser_token"]) == (
            "embed",
            None,
            None,
        )
        assert (await _chat_token(chat, {}, "?site=unknown"))[0] == 403


async def test_a_language_chosen_on_zoes_pages_is_the_chats(sqlite_url: str) -> None:
    async with running_chat(sqlite_url) as chat:
        for cookie, lang in (("zoe_lang=es", "es"), ("zoe_lang=xx", "pt"), ("other=es", "pt")):
            headers = {"Cookie": cookie, "Accept-Language": "pt-BR"}
            async with chat.http.post(chat.url("/chat/token"), json={}, headers=headers) as answer:
                assert (await answer.json())["lang"] == lang, cookie


async def test_only_a_registered_sites_origins_may_frame_the_chat(sqlite_url: str) -> None:
    async with running_chat(sqlite_url) as chat:
        await _site(chat)
        for query, ancestors in (
            ("?site=shop", SITE),
            ("?site=other", "'none'"),
            ("", "'none'"),
            ("?site=%22%3E", "'none'"),
        ):
            async with chat.http.get(chat.url("/chat" + query)) as page:
                policy = page.headers["Content-Security-Policy"]
                assert policy.endswith(f"frame-ancestors {ancestors}"), query
                assert 'id="zoe-chat"' in await page.text()


async def test_a_sites_secret_makes_tokens_for_its_own_origins(database_url: str) -> None:
    async with running_chat(database_url) as chat:
        await _site(chat)
        secret = Visit(chat, "site-secret", "")
        body = {"user": {"id": "dl_customer-7"}, "trustedOrigins": [SITE]}
        status, answer = await secret.call("POST", "/tokens/generate", json=body)
        assert status == 200
        visit = Visit(chat, answer["token"], answer["conversationId"])
        assert (await visit.call("POST", "/conversations", headers={"Origin": SITE}))[0] == 201
        assert (await visit.call("POST", "/conversations", headers={"Origin": "https://evil.example"}))[0] == 403
        foreign = {"trustedOrigins": ["https://evil.example"]}
        assert (await secret.call("POST", "/tokens/generate", json=foreign))[0] == 400
        assert (await secret.call("POST", "/conversations"))[0] == 201


async def test_answers_may_be_read_by_registered_sites_only(sqlite_url: str) -> None:
    async with running_chat(sqlite_url) as chat:
        await _site(chat)
        visit = await chat.open()
        url = chat.url(f"{BASE}/conversations/{visit.conversation}/activities")
        for origin, allowed in ((SITE, SITE), ("https://evil.example", None)):
            async with chat.http.options(url, headers={"Origin": origin}) as preflight:
                assert preflight.headers.get("Access-Control-Allow-Origin") == allowed
                assert "x-ms-bot-agent" in preflight.headers["Access-Control-Allow-Headers"]
            async with chat.http.get(url, headers={"Origin": origin}) as refused:
                assert (refused.status, refused.headers.get("Access-Control-Allow-Origin")) == (401, allowed)
