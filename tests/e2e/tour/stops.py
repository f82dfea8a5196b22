"""The places that the tour of all pages comes to, and who stands there."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from http.cookies import SimpleCookie
from typing import Any

from sqlalchemy import update

from auth_backend.accounts.models import User
from auth_backend.client_facts import ClientFacts
from auth_backend.login.models import SessionLevel
from auth_backend.login.sessions import create_session
from tests.integration.auth.resets.world import Browser, World

FIREFOX_AT_HOME = ClientFacts(ip="192.0.2.1", user_agent="Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0", browser=None)


@dataclass(frozen=True)
class Stop:
    """A page in one of its states: opened at `path` with the cookies of `browser`.

    With `form`, that form of the page is sent with `typed` in it, and what comes then is the stop.
    """

    name: str
    browser: Browser
    path: str
    form: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)
    status: int = 200


@dataclass
class Tour:
    """A world whose people all speak one language."""

    world: World
    lang: str

    async def begin(self) -> None:
        """Sets everybody's language."""
        async with self.world.services.sessions.begin() as session:
            await session.execute(update(User).values(language=self.lang))

    def guest(self) -> Browser:
        """A browser of nobody's, in the tour's language."""
        browser = self.world.browser()
        browser.client.session.cookie_jar.update_cookies({"zoe_lang": self.lang}, browser.client.make_url("/"))
        return browser

    async def signed_in(
        self, name: str, level: SessionLevel = SessionLevel.FULL, *, browser: Browser | None = None, **more: Any
    ) -> Browser:
        """Somebody with a session of a level; a `full` one is fresh enough for every change.

        A second passes before it: a step-up ends a hold or a dispute only when it is newer than what was reported.
        """
        self.world.clock.advance(timedelta(seconds=1))
        browser, now = browser or self.guest(), self.world.clock()
        if level is SessionLevel.FULL:
            more = {"second_step": "app", "stepped_up_at": now, **more}
        async with self.world.services.sessions.begin() as session:
            user = await session.get(User, self.world.ids[name])
            assert user is not None
            _, token = await create_session(session, user, level, FIREFOX_AT_HOME, now=now, **more)
        browser.client.session.cookie_jar.update_cookies({"zoe_session": token}, browser.client.make_url("/"))
        return browser


type Scene = Callable[[Tour], AsyncIterator[Stop]]
"""A part of the tour in a world of its own; each stop is looked at before the scene goes on."""


def cookies_of(browser: Browser) -> list[dict[str, Any]]:
    """The browser's cookies as Playwright takes them."""
    url = browser.client.make_url("/")
    return [
        {"name": morsel.key, "value": morsel.value, "domain": url.host, "path": morsel["path"] or "/"}
        for morsel in browser.client.session.cookie_jar
        if morsel.value
    ]


def bring_back(browser: Browser, cookies: Sequence[Mapping[str, Any]]) -> None:
    """Gives the browser what Chromium was given meanwhile."""
    jar = browser.client.session.cookie_jar
    for cookie in cookies:
        morsel: SimpleCookie = SimpleCookie()
        morsel[cookie["name"]] = cookie["value"]
        morsel[cookie["name"]]["path"] = cookie["path"]
        jar.update_cookies(morsel, browser.client.make_url(cookie["path"]))
