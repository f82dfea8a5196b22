"""Every page in every state, in three languages: axe-core, width, light and dark, keyboard, language, console."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Page

from auth_backend.pages import PACKAGE, environment
from tests.e2e.tour.arriving import SCENES, arrive, chromium_page, scene_in
from tests.e2e.tour.looks import DESKTOP, Console, look, look_closely
from tests.e2e.tour.scenes_account import limited
from tests.e2e.tour.stops import Scene

pytestmark = pytest.mark.browser
CLOSELY = "pt"
"""The language with the longest words: in it colours and the way of the Tab key, the same in all, are looked at too."""


@pytest.mark.slow
@pytest.mark.timeout(400)
@pytest.mark.parametrize("lang", ["en", "pt", "es"])
async def test_every_page(chromium: str, migrated: Path, tmp_path: Path, lang: str) -> None:
    cache = environment(lang).cache
    assert cache is not None
    cache.clear()
    wrong: list[str] = []
    titles: dict[str, set[str]] = {}
    async with chromium_page(chromium) as page:
        for scene in SCENES:
            wrong += await visit(scene, lang, page, tmp_path / scene.__name__, migrated, titles)
    wrong += [f"one title, several pages: {title} {sorted(at)}" for title, at in titles.items() if len(at) > 1]
    wrong += [f"never shown: {name}" for name in sorted(templates() - {name for _, name in cache})]
    assert not wrong, "\n".join(wrong)


@pytest.mark.timeout(60)
@pytest.mark.parametrize("lang", ["en", "pt", "es"])
async def test_the_first_page_of_an_account(chromium: str, migrated: Path, tmp_path: Path, lang: str) -> None:
    async with chromium_page(chromium) as page:
        wrong = await visit(limited, lang, page, tmp_path / lang, migrated, {})
    assert not wrong, "\n".join(wrong)


async def visit(
    scene: Scene, lang: str, page: Page, folder: Path, migrated: Path, titles: dict[str, set[str]]
) -> list[str]:
    """What is wrong at the scene's stops.

    Notes at which addresses a title was seen: a replacement's pages are enrolment's, and a failure's title is its own.
    """
    wrong: list[str] = []
    console = Console()
    console.watch(page)
    async with scene_in(scene, lang, folder, migrated) as (_, stops):
        async for stop in stops:
            await page.set_viewport_size(DESKTOP)
            status = await arrive(page, stop)
            found = [f"status {status}"] if status != stop.status else []
            found += await look(page, lang)
            found += await look_closely(page) if lang == CLOSELY else []
            if status < 400:
                place = urlsplit(page.url).path.replace("/account/security/replace", "/enrol")
                titles.setdefault(await page.title(), set()).add(place)
            wrong += [f"{stop.name}: {line}" for line in (*found, *console.taken())]
    return wrong


def templates() -> set[str]:
    """Every page there is, and its parts; mails are looked at elsewhere, the frame of the chat with the chat."""
    folder = PACKAGE / "templates"
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*.html")}
    return {name for name in found if not name.startswith("mails/")} - {"shell.html"}
