"""Buttons to Zoe's own pages; the dialogue names a page, the address is made here."""

from bot.languages import Lang
from bot.moments.wording import say
from bot.replies import Open, Reply

PATHS = {
    "login": "/login",
    "security": "/account/security",
    "help": "/",
    "members": "/account/members",
    "login_methods": "/login/methods",
    "not_me": "/not-me",
}


def page_button(page: str, title: str | None, lang: Lang, public_url: str) -> Open | None:
    """A button to `page`, None when there is no such page."""
    path = PATHS.get(page)
    if path is None:
        return None
    return Open((title or say(lang, f"page_{page}"))[:80], f"{public_url}{path}")


def page(name: str, title: str | None, lang: Lang, public_url: str) -> list[Reply]:
    """The button with a line that works alone; nothing for an unknown page."""
    button = page_button(name, title, lang, public_url)
    return [] if button is None else [Reply(say(lang, "here_is"), lang, buttons=(button,))]
