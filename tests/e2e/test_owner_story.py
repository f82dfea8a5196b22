"""The main job, whole, in three languages: activate, lose the phone, tell Zoe, prove, confirm, enrol anew."""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.support.owner_in_browser import Chat, Owner, Programs
from tests.support.running_zoe import PASSWORD, RunningZoe, wait_for

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


@dataclass(frozen=True)
class Words:
    """What one owner reads and says."""

    lang: str
    email: str
    lost_phone: str
    story: str
    reset_it: str
    code_on_its_way: str
    question: str
    answer: str
    remove: str
    gone: str


STORIES = [
    Words(
        lang="en",
        email="ana@acme.example",
        lost_phone="Lost or changed your phone",
        story="hi, my phone fell in the river yesterday and now i cant get in",
        reset_it="Reset it",
        code_on_its_way="6-digit code is on its way",
        question="which authenticator apps can i use afterwards?",
        answer="Google Authenticator",
        remove="Remove and start over",
        gone="Gone: authenticator app",
    ),
    Words(
        lang="pt",
        email="joana@moinho.example",
        lost_phone="Perdi ou troquei o celular",
        story="oi, perdi meu celular ontem e não consigo mais entrar na conta",
        reset_it="Redefinir",
        code_on_its_way="6 dígitos",
        question="quais aplicativos autenticadores posso usar depois?",
        answer="Google Authenticator",
        remove="Remover e recomeçar",
        gone="Saiu: aplicativo autenticador",
    ),
    Words(
        lang="es",
        email="carla@globex.example",
        lost_phone="Perdí o cambié el teléfono",
        story="hola, me robaron el celular y no puedo entrar a mi cuenta",
        reset_it="Restablecerlo",
        code_on_its_way="6 dígitos",
        question="¿qué aplicaciones de autenticación puedo usar después?",
        answer="Google Authenticator",
        remove="Eliminar y empezar de nuevo",
        gone="Eliminado: aplicación de autenticación",
    ),
]


@pytest.mark.parametrize("words", STORIES, ids=lambda words: words.lang)
def test_owner_resets_the_second_factor_in_the_chat(
    zoe: RunningZoe, sync_browser: Browser, programs: Programs, tmp_path: Path, words: Words
) -> None:
    if words.lang == "pt":
        make_owner(zoe, words.email, "Moinho", "Joana Prado", "pt")
    owner = Owner(zoe, sync_browser, words.email, words.lang, programs, tmp_path)
    owner.sign_in()
    owner.activate()
    old_secret = owner.enrol_app()
    owner.sign_out()

    owner.sign_in()
    owner.page.get_by_role("link", name=re.compile(re.escape(words.lost_phone), re.IGNORECASE)).click()
    chat = Chat(owner.page)
    chat.say(words.story)
    known = len(zoe.mails(words.email))
    chat.press(words.reset_it)
    chat.hears(words.code_on_its_way)
    chat.say(words.question)
    chat.hears(words.answer)
    chat.say(zoe.next_code(words.email, known))
    chat.sees_button(words.remove)
    known = len(zoe.mails(words.email))
    chat.press(words.remove)
    chat.hears(words.gone)
    expect(chat.log).to_contain_text("••••••")

    notice = owner_notice(zoe, words.email, known)
    assert not re.search(r"/verify/", notice)
    owner.page.goto(f"{zoe.url}/login?lang={words.lang}")
    owner.sign_in_for_enrolment()
    new_secret = owner.enrol_app()
    assert new_secret != old_secret
    owner.sign_out()

    owner.sign_in()
    owner.submit_code(owner.totp(old_secret))
    expect(owner.page).to_have_url(re.compile("second-step"))
    zoe.advance(60)  # the step of the code that confirmed the enrolment is burnt
    owner.submit_code(owner.totp(new_secret))
    owner.page.wait_for_url(lambda url: "/login" not in url)
    assert zoe.run("audit", "verify").startswith("ok ")


def make_owner(zoe: RunningZoe, email: str, account: str, name: str, lang: str) -> None:
    """An account with an owner, made as an operator does it."""
    zoe.run("admin", "create-account", account)
    zoe.run(
        "admin", "create-user", email, "--account", account, "--name", name, "--language", lang, stdin=PASSWORD + "\n"
    )
    zoe.run("admin", "set-owner", account, email)


def owner_notice(zoe: RunningZoe, email: str, known: int) -> str:
    """The notice of an executed reset, once it has been sent."""
    mails = wait_for(lambda: (found := zoe.mails(email))[: len(found) - known], "the notice")
    return mails[0]["text"]
