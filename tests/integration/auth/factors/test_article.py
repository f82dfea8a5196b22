"""The article's rules on the pages, as somebody meets them in three languages (docs/article.md names all tests)."""

import re

import pytest

from auth_backend.accounts.models import EnrolmentState, User
from auth_backend.help.models import ArticleFeedback
from auth_backend.login.models import LoginSession, SessionLevel
from tests.integration.auth.factors.ways import ANA, enrol_app, to_methods
from tests.support.auth_site import Page, Site, Visitor, key_on

LANGUAGES = ("en", "pt", "es")


@pytest.fixture
def database_url(sqlite_url: str) -> str:
    """Nothing here depends on the kind of database."""
    return sqlite_url


async def main_of(visitor: Visitor, path: str, lang: str) -> str:
    """The page's own content in a language."""
    page = await visitor.open(f"{path}?lang={lang}")
    assert page.status == 200, (path, page.status)
    return page.html.partition("<main")[2].partition("</main>")[0]


async def test_a1_first_the_password_then_a_code(site: Site) -> None:
    """The password opens the second step and nothing else; the code opens the rest."""
    await site.user(ANA, account=await site.account())
    key = await enrol_app(site, await site.visitor())
    visitor = await site.visitor()
    assert (await visitor.sign_in(ANA)).path == "/login/second-step"
    assert (await visitor.open("/account/security")).path == "/login/second-step"
    words = {"en": ("authenticator app", "text message"), "pt": ("autenticador", "SMS"), "es": ("autenticación", "SMS")}
    for lang in LANGUAGES:
        content = await main_of(visitor, "/login/second-step", lang)
        assert all(word in content for word in words[lang]), lang
    assert (await visitor.submit("/login/second-step", code=site.totp(key))).path == "/"
    assert (await visitor.open("/account/security")).path == "/account/security"


async def test_a2_from_the_profile_menu_to_the_choice_of_a_method(site: Site) -> None:
    """Profile menu → Account Preferences → Security → instructions → Activate → sign in again → app or SMS."""
    await site.user(ANA, account=await site.account())
    visitor = await site.visitor()
    await visitor.sign_in(ANA)
    words = {
        "en": ("Account Preferences", "Security", "Two-Factor Authentication", "Activate"),
        "pt": ("Preferências da conta", "Segurança", "Autenticação em dois fatores", "Ativar"),
        "es": ("Preferencias de la cuenta", "Seguridad", "Autenticación en dos pasos", "Activar"),
    }
    for lang, (preferences, security, title, activate) in words.items():
        home = await visitor.open(f"/?lang={lang}")
        menu = home.html.partition("<header")[2].partition("</header>")[0]
        assert re.search(rf'<a class="menu-item" href="/account/preferences">.*?{preferences}</a>', menu, re.DOTALL)
        assert f'<a href="/account/security">{security}</a>' in await main_of(visitor, "/account/preferences", lang)
        tab = await main_of(visitor, "/account/security", lang)
        assert title in tab
        assert len(re.findall("<li>", tab.partition('<ol class="instructions">')[2].partition("</ol>")[0])) >= 4
        assert re.search(rf'action="/account/security/activate">.*?{activate}</button>', tab, re.DOTALL)
    page = await visitor.submit("/account/security/activate")
    assert page.path == "/login"
    assert not await site.rows(LoginSession, LoginSession.ended_at.is_(None))
    await visitor.sign_in(ANA)
    await visitor.submit("/enrol/mail", code=await site.code_for(ANA))
    for lang, similar in {"en": "or similar", "pt": "ou similar", "es": "o similar"}.items():
        content = await main_of(visitor, "/enrol", lang)
        assert f"Google Authenticator {similar}" in content
        assert set(re.findall(r'name="method" value="(\w+)"', content)) == {"app", "sms"}


async def test_a3_the_button_is_disabled_and_says_why_and_what_to_do(site: Site) -> None:
    """It can be reached by keyboard, is described by the reason, and leads to nothing; beside it is the way to Zoe."""
    await site.user(ANA, account=await site.account())
    visitor = await site.visitor()
    await enrol_app(site, visitor)
    why = {
        "en": "On, by authenticator app. To change or reset it, ask Zoe.",
        "pt": "Ativada, por aplicativo autenticador.",
        "es": "Activada, por aplicación de autenticación.",
    }
    for lang in LANGUAGES:
        tab = await main_of(visitor, "/account/security", lang)
        button = re.search(r'<button class="button" type="button" aria-disabled="true" aria-describedby="(\S+)">', tab)
        assert button, lang
        said = re.search(rf'id="{button[1]}">([^<]+)</p>', tab)
        assert said, lang
        assert said[1].startswith(why[lang]), said[1]
        assert 'href="/chat?topic=reset"' in tab
        assert "/account/security/activate" not in tab


async def test_a4_the_qr_code_a_key_by_hand_and_a_list_of_apps(site: Site) -> None:
    """Install, scan or type the key, type the code, Continue."""
    await site.user(ANA, account=await site.account())
    visitor = await site.visitor()
    await to_methods(site, visitor)
    await visitor.submit("/enrol/method", method="app")
    keys = set()
    for lang, go_on in {"en": "Continue", "pt": "Continuar", "es": "Continuar"}.items():
        content = await main_of(visitor, "/enrol/app", lang)
        keys.add(key_on(visitor.page))
        assert "<svg" in content
        assert {"Google Authenticator", "Microsoft Authenticator", "Aegis"} <= set(
            re.findall(r"<li>([^<]+)</li>", content)
        )
        assert f'type="submit">{go_on}</button>' in content
    (key,) = keys
    assert (await visitor.submit("/enrol/app", code=site.totp(key))).path == "/account/security/recovery-codes"


async def test_a8_try_another_method_then_email(site: Site) -> None:
    """At the identity check, in words that people find."""
    await site.user(ANA, account=await site.account())
    await enrol_app(site, await site.visitor())
    visitor = await site.visitor()
    await visitor.sign_in(ANA)
    for lang, (another, by_mail) in {
        "en": ("Try another method", "E-mail"),
        "pt": ("Tentar outro método", "E-mail"),
        "es": ("Probar otro método", "Correo"),
    }.items():
        step = await visitor.open(f"/login/second-step?lang={lang}")
        assert re.search(rf'<a href="/login/methods">{another}</a>', step.html), lang
        methods = await main_of(visitor, "/login/methods", lang)
        assert re.search(rf'action="/login/methods">.*?{by_mail}', methods, re.DOTALL), lang
    await visitor.submit("/login/methods")
    assert (await visitor.submit("/login/methods", code=await site.code_for(ANA))).path == "/"


async def test_a11_nothing_switches_it_off(site: Site) -> None:
    """No page of somebody signed in has a form that leaves them without a factor, and no session outlives the need."""
    await site.user(ANA, account=await site.account())
    visitor = await site.visitor()
    await enrol_app(site, visitor)
    await visitor.open("/account/security")
    removing = [link for link in re.findall(r'(?:href|action)="([^"]+)"', visitor.page.html) if "remove" in link]
    assert removing == []
    for path in ("/account/security/activate", "/account/security/remove", "/account/security/app/remove"):
        await visitor.open("/account/security")
        await visitor.post(path, csrf=visitor.csrf)
    (user,) = await site.rows(User)
    assert user.state is EnrolmentState.ENROLLED
    async with site.services.sessions.begin() as session:
        held = await session.get(User, user.id)
        assert held is not None
        held.state = EnrolmentState.MUST_ENROL
    assert (await visitor.open("/account/security")).path == "/login"
    await visitor.sign_in(ANA)
    live = await site.rows(LoginSession, LoginSession.ended_at.is_(None))
    assert {row.level for row in live if row.level is not SessionLevel.FULL} == {SessionLevel.ENROLMENT}
    for path in ("/account/security", "/account/members", "/account/preferences", "/login/second-step"):
        assert (await visitor.open(path)).path == "/enrol", path


async def test_a12_search_sections_and_feedback(site: Site) -> None:
    """`How may we help you?`, the article cut into sections, and whether it helped."""
    visitor = await site.visitor()
    for lang, (asks, query, doubts, thanks) in {
        "en": ("How may we help you?", "lost phone", "Did this article solve your doubts?", "Thank you"),
        "pt": ("Como podemos ajudar?", "perdi o celular", "Este artigo tirou suas dúvidas?", "Obrigad"),
        "es": ("¿Cómo podemos ayudarte?", "perdí el móvil", "¿Este artículo resolvió tus dudas?", "Gracias"),
    }.items():
        home = await main_of(visitor, "/", lang)
        assert asks in home
        assert len(re.findall(r'data-topic="[a-z-]+" data-title=', home)) >= 7
        assert "data-recent" in home
        found = await visitor.open(f"/?q={query}&lang={lang}")
        assert re.search(r'href="/help/two-factor-authentication#reset"', found.html), lang
        article = await main_of(visitor, "/help/two-factor-authentication", lang)
        assert len(re.findall(r"<section id=", article)) >= 7
        assert doubts in article
        page = await visitor.submit("/help/two-factor-authentication/feedback", helpful="yes")
        assert thanks in page, lang
    assert [row.language for row in await site.rows(ArticleFeedback)] == list(LANGUAGES)


async def test_a12_a_chat_button_on_each_page(site: Site) -> None:
    """Before, during and after the sign-in, and on pages that aren't there.

    Not where codes stand on the screen, and where a proof is typed: nothing there is for a chat.
    """
    await site.user(ANA, account=await site.account())
    visitor = await site.visitor()

    def has_button(page: Page) -> bool:
        return '<a class="chat-button" href="/chat?lang=' in page.html

    public = ("/", "/?q=sms", "/help/two-factor-authentication", "/login", "/login/forgot", "/not-me", "/nothing-here")
    for path in public:
        assert has_button(await visitor.open(path)), path
    await visitor.sign_in(ANA)
    for path in ("/account/preferences", "/account/security"):
        assert has_button(await visitor.open(path)), path
    await visitor.submit("/account/security/activate")
    await visitor.sign_in(ANA)
    assert has_button(visitor.page)
    await visitor.submit("/enrol/mail", code=await site.code_for(ANA))
    assert has_button(visitor.page)
    assert has_button(await visitor.open("/enrol/sms"))
    await visitor.open("/enrol")
    await visitor.submit("/enrol/method", method="app")
    assert has_button(visitor.page)
    await visitor.submit("/enrol/app", code=site.totp(key_on(visitor.page)))
    assert visitor.page.path == "/account/security/recovery-codes"
    assert not has_button(visitor.page)
    await visitor.submit("/account/security/recovery-codes", put_away="yes")
    for path in ("/account/members", "/account/requests", "/account/security/passkeys", "/account/security/replace"):
        assert has_button(await visitor.open(path)), path
    await visitor.submit("/sign-out")
    await visitor.sign_in(ANA)
    for path in ("/login/second-step", "/login/methods", "/login/recovery-code"):
        assert has_button(await visitor.open(path)), path
