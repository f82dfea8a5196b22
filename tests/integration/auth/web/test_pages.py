"""What every page has: language, headers, form tokens, errors people can read; help, preferences, members."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from auth_backend.accounts.models import EnrolmentState, User
from auth_backend.client_facts import ClientFacts
from auth_backend.help.models import ArticleFeedback
from auth_backend.login.cookies import SESSION
from auth_backend.login.models import SessionLevel
from auth_backend.login.sessions import create_session
from auth_backend.services import Services
from httpkit.clock import OffsetClock
from tests.support.auth_world import Browser, add_people, auth_services, open_browser

FACTS = ClientFacts(ip="192.0.2.1", user_agent="test", browser=None)


async def sign_in_fully(services: Services, browser: Browser, user_id: str) -> None:
    """A full session without the second step's pages."""
    async with services.sessions.begin() as session:
        user = await session.get(User, user_id)
        assert user is not None
        _row, token = await create_session(session, user, SessionLevel.FULL, FACTS, now=services.now())
    browser.client.session.cookie_jar.update_cookies({SESSION: token}, browser.client.make_url("/"))


@pytest.mark.parametrize(
    ("path", "accept", "expected"),
    [
        ("/", "", "en"),
        ("/", "pt-BR,pt;q=0.9,en;q=0.8", "pt-BR"),
        ("/", "fr, es-MX;q=0.7, en;q=0.3", "es"),
        ("/", "de, fr", "en"),
        ("/?lang=es", "pt-BR", "es"),
        ("/?lang=xx", "pt-BR", "pt-BR"),
        ("/nothing-here", "es", "es"),
    ],
)
async def test_language_is_asked_for_or_accepted(browser: Browser, path: str, accept: str, expected: str) -> None:
    response = await browser.get(path, **{"Accept-Language": accept})
    assert f'<html lang="{expected}">' in browser.page
    assert response.headers["Content-Language"] == expected


async def test_a_language_that_was_asked_for_stays_with_the_browser(browser: Browser) -> None:
    await browser.get("/?lang=pt", **{"Accept-Language": "en"})
    await browser.get("/login", **{"Accept-Language": "en"})
    assert "<h1>Entrar</h1>" in browser.page


async def test_the_profile_decides_for_who_is_signed_in_and_can_be_changed(
    services: Services, browser: Browser
) -> None:
    people = await add_people(services)
    await browser.sign_in("bruno@acme.example")
    await browser.get("/account/preferences", **{"Accept-Language": "en"})
    assert '<html lang="pt-BR">' in browser.page
    response = await browser.submit("/account/preferences/language", language="es", back="/help/x?lang=pt&a=1")
    assert response.headers["Location"] == "/help/x?a=1"
    await browser.get("/account/preferences")
    assert '<html lang="es">' in browser.page
    await browser.get("/account/preferences?lang=en")
    assert '<html lang="en">' in browser.page
    async with services.sessions.begin() as session:
        user = await session.get(User, people.member)
        assert user is not None
        assert user.language == "es"


async def test_an_unknown_profile_language_is_not_stored(services: Services, browser: Browser) -> None:
    await add_people(services)
    await browser.sign_in("ana@acme.example")
    await browser.get("/account/preferences")
    response = await browser.submit("/account/preferences/language", language="xx", back="//evil.example")
    assert response.headers["Location"] == "/account/preferences"


async def test_headers_of_every_answer(browser: Browser) -> None:
    for path in ("/", "/login", "/nothing-here", "/account/preferences", "/static/zoe.css"):
        response = await browser.get(path)
        policy = response.headers["Content-Security-Policy"]
        assert "'unsafe-inline'" not in policy
        assert "frame-ancestors 'none'" in policy
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert "Strict-Transport-Security" not in response.headers
    assert (await browser.get("/login")).headers["Cache-Control"] == "no-store"


async def test_pages_hold_no_inline_script_style_or_handler(browser: Browser) -> None:
    for path in ("/", "/login", "/help/two-factor-authentication", "/?q=sms"):
        await browser.get(path)
        assert not re.search(r"<style|style=|<script(?![^>]*src=)|\son[a-z]+=", browser.page)


async def test_production_has_hsts_and_host_cookies(sqlite_url: str, clock: OffsetClock) -> None:
    async with (
        auth_services(sqlite_url, clock, dev=False, public_url="https://zoe.example") as services,
        open_browser(services) as browser,
    ):
        response = await browser.get("/login")
        assert response.headers["Strict-Transport-Security"].startswith("max-age=")
        set_cookies = response.headers.getall("Set-Cookie")
        assert {cookie.partition("=")[0] for cookie in set_cookies} == {"__Host-zoe_csrf", "__Host-zoe_browser"}
        for cookie in set_cookies:
            assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
            assert "Domain" not in cookie


async def test_static_files_are_kept_under_their_fingerprint_only(browser: Browser) -> None:
    await browser.get("/")
    found = re.search(r'href="(/static/zoe\.css\?v=[0-9a-f]{12})"', browser.page)
    assert found
    assert "immutable" in (await browser.get(found.group(1))).headers["Cache-Control"]
    assert (await browser.get("/static/zoe.css")).headers["Cache-Control"] == "no-cache"
    assert (await browser.get("/static/../app.py")).status == 404


@pytest.mark.parametrize("token", ["", "wrong", "é"])
async def test_a_form_without_its_token_changes_nothing(services: Services, browser: Browser, token: str) -> None:
    await add_people(services)
    await browser.get("/login")
    response = await browser.submit("/login", email="ana@acme.example", password="x", csrf=token)
    assert response.status == 403
    await browser.sign_in("ana@acme.example")
    await browser.get("/account/preferences")
    assert (await browser.submit("/sign-out/everywhere", csrf=token)).status == 403
    assert (await browser.get("/account/preferences")).status == 200


async def test_the_token_of_one_browser_is_worth_nothing_in_another(services: Services, browser: Browser) -> None:
    await add_people(services)
    async with open_browser(services) as other:
        await other.get("/login")
        token = re.search(r'name="csrf" value="([^"]*)"', other.page)
        assert token
        await browser.get("/login")
        response = await browser.submit("/login", email="a@b.example", password="x", csrf=token.group(1))
    assert response.status == 403


@pytest.mark.parametrize("more", [{}, {"Authorization": "Basic Zm9vOmJhcg=="}])
async def test_a_form_from_a_foreign_page_is_refused_even_with_its_token(
    services: Services, more: dict[str, str]
) -> None:
    async with open_browser(services, **{"Sec-Fetch-Site": "cross-site"}, **more) as browser:
        await browser.get("/login")
        assert (await browser.submit("/login", email="a@b.example", password="x")).status == 403


async def test_bodies_that_are_no_form_are_refused(services: Services, browser: Browser) -> None:
    await browser.get("/login")
    for kind, body, status in (
        ("text/plain", b"csrf=x", 415),
        ("multipart/form-data; boundary=x", b"--x--", 415),
        ("application/x-www-form-urlencoded", b"csrf=%ff", 400),
        ("application/x-www-form-urlencoded", b"email=%00", 400),
        ("application/x-www-form-urlencoded", b"a=b&" * 20_000, 413),
        ("application/json", b"{", 415),
    ):
        response = await browser.client.post("/login", data=body, headers={"Content-Type": kind})
        assert response.status == status, kind


async def test_errors_are_pages_for_people_and_json_for_programs(browser: Browser) -> None:
    response = await browser.get("/nothing-here", Accept="text/html")
    assert (response.status, response.content_type) == (404, "text/html")
    assert 'href="/chat?lang=en"' in browser.page
    response = await browser.get("/v3/nothing-here", Accept="*/*")
    assert (response.status, (await response.json())["error"]) == (404, "not_found")


@pytest.mark.parametrize(
    ("lang", "query", "section"),
    [
        ("en", "lost my phone", "reset"),
        ("en", "qr code", "app"),
        ("pt", "perdi o celular", "reset"),
        ("pt", "codigo por e-mail", "email"),
        ("es", "numero en uso", "sms"),
        ("es", "botón desactivado", "activate"),
    ],
)
async def test_search_finds_the_section_that_answers(browser: Browser, lang: str, query: str, section: str) -> None:
    await browser.get(f"/?lang={lang}&q={query}")
    links = re.findall(r'<a href="/help/two-factor-authentication#([a-z-]+)"', browser.page)
    assert section in links[:2]


async def test_a_search_shows_what_was_typed_as_text(browser: Browser) -> None:
    await browser.get("/?q=%3Cscript%3Ealert(1)%3C/script%3E")
    assert "<script>alert" not in browser.page
    assert "&lt;script&gt;" in browser.page


@pytest.mark.parametrize("lang", ["en", "pt", "es"])
async def test_the_article_has_its_sections_in_each_language(browser: Browser, lang: str) -> None:
    await browser.get(f"/help/two-factor-authentication?lang={lang}")
    sections = re.findall(r'<section id="([a-z-]+)"', browser.page)
    assert sections == ["how-it-works", "activate", "app", "sms", "email", "reset", "always-on"]
    assert "14" in browser.page


async def test_feedback_is_counted_without_a_name(services: Services, browser: Browser) -> None:
    path = "/help/two-factor-authentication"
    await browser.get(path)
    response = await browser.submit(f"{path}/feedback", helpful="no")
    assert response.headers["Location"] == f"{path}?thanks=no#feedback"
    await browser.get(f"{path}?thanks=no")
    assert 'role="status"' in browser.page
    async with services.sessions.begin() as session:
        [row] = await session.scalars(select(ArticleFeedback))
    assert (row.article, row.helpful) == ("two-factor-authentication", False)
    await browser.get(path)
    assert (await browser.submit(f"{path}/feedback", helpful="maybe")).status == 400
    await browser.get(path)
    assert (await browser.submit("/help/other/feedback", helpful="yes")).status == 404


async def test_members_are_masked_for_who_is_not_the_owner(services: Services, browser: Browser) -> None:
    people = await add_people(services, state=EnrolmentState.ENROLLED)
    await sign_in_fully(services, browser, people.owner)
    await browser.get("/account/members")
    assert "bruno@acme.example" in browser.page
    await sign_in_fully(services, browser, people.member)
    await browser.get("/account/members?lang=en")
    assert "a••@acme.example" in browser.page
    assert "ana@acme.example" not in browser.page
    assert browser.page.count("Two-factor on") == 1


async def test_the_moved_clock_shows_on_every_page(browser: Browser, clock: OffsetClock) -> None:
    await browser.get("/")
    assert "clock-banner" not in browser.page
    clock.advance(timedelta(days=1))
    await browser.get("/")
    assert "clock-banner" in browser.page
