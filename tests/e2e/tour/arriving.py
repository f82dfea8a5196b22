"""How a stop of the tour is reached in Chromium."""

import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Page, async_playwright

from auth_backend.database import upgrade
from dbkit.engines import create_engine
from httpkit.clock import OffsetClock
from tests.conftest import START
from tests.e2e.conftest import ARGUMENTS
from tests.e2e.tour.scenes_account import enrolment, limited, members, signed_in
from tests.e2e.tour.scenes_anybody import anybody, forgotten_password, second_step
from tests.e2e.tour.scenes_email import email_changed
from tests.e2e.tour.scenes_resets import (
    asked_owner,
    disputed,
    owner_changed,
    proofs,
    reports,
    undone,
    undone_by_sms,
    waiting,
)
from tests.e2e.tour.stops import Scene, Stop, Tour, bring_back, cookies_of
from tests.integration.auth.resets.world import close_world, make_world

SCENES: tuple[Scene, ...] = (
    *(anybody, second_step, forgotten_password, enrolment, limited, signed_in, members),
    *(proofs, reports, waiting, disputed, undone, undone_by_sms, owner_changed, asked_owner),
    email_changed,
)

_SEND = """({ action, typed }) => {
  const names = Object.keys(typed);
  const fits = (form) => form.getAttribute("action") === action && names.every((name) => form.elements[name]);
  const form = [...document.forms].filter(fits).sort((one, other) => one.elements.length - other.elements.length)[0];
  for (const [name, value] of Object.entries(typed)) {
    for (const one of form.querySelectorAll(`[name="${name}"]`)) {
      if (one.type === "radio" || one.type === "checkbox") one.checked = one.value === value;
      else one.value = value;
    }
  }
  form.submit();
}"""


async def migrate(url: str) -> None:
    """This release's tables in an empty database."""
    engine = create_engine(url)
    await upgrade(engine)
    await engine.dispose()


@asynccontextmanager
async def scene_in(
    scene: Scene, lang: str, folder: Path, migrated: Path
) -> AsyncIterator[tuple[Tour, AsyncIterator[Stop]]]:
    """A world of a scene's own, copied from a migrated database, and the scene's stops."""
    path = shutil.copyfile(migrated, folder.with_suffix(".sqlite3"))
    world = await make_world(f"sqlite+aiosqlite:///{path}", OffsetClock(base=lambda: START))
    try:
        tour = Tour(world, lang)
        await tour.begin()
        yield tour, scene(tour)
    finally:
        await close_world(world)


@asynccontextmanager
async def chromium_page(path: str) -> AsyncIterator[Page]:
    """A page of a fresh Chromium that sees things move as little as possible."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        context = await browser.new_context(color_scheme="light", reduced_motion="reduce", timezone_id="UTC")
        context.set_default_timeout(15_000)
        yield await context.new_page()
        await browser.close()


async def arrive(page: Page, stop: Stop) -> int:
    """Opens the stop with its browser's cookies, which it takes back afterwards. Returns the page's status."""
    await page.context.clear_cookies()
    await page.context.add_cookies(cookies_of(stop.browser))
    response = await page.goto(str(stop.browser.client.make_url(stop.path)))
    if stop.form:
        async with page.expect_navigation() as awaited:
            await page.evaluate(_SEND, {"action": stop.form, "typed": dict(stop.typed)})
        response = await awaited.value
    bring_back(stop.browser, await page.context.cookies())
    assert response is not None
    return response.status
