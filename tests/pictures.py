"""`python -m tests.pictures`: the pictures under docs/pictures/, of a real Zoe and of stops of the tour.

Each is a PNG with a palette, of at most 60 KB.
"""

import asyncio
import io
import tempfile
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright

from tests.conftest import CHROMIUM
from tests.e2e.conftest import ARGUMENTS
from tests.e2e.tour.arriving import SCENES, arrive, chromium_page, migrate, scene_in
from tests.support.owner_in_browser import Chat, Owner, Programs
from tests.support.running_zoe import RunningZoe

PICTURES = Path(__file__).resolve().parents[1] / "docs" / "pictures"
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1000, "height": 720}
MAX_BYTES = 60_000
STATES = {
    "en": {"security": "security", "event-waits": "this-was-not-me", "activity": "sign-in-activity"},
    "pt": {"enrol-app": "authenticator-app-pt", "was-it-you": "reset-waits-pt"},
    "es": {"codes": "recovery-codes-phone-es", "enrol-method": "method-phone-es"},
}
"""Stops of the tour and the names of their pictures; phones in the dark."""


def main() -> None:
    """Walks through the story once in each of two languages and takes a picture where a reader wants one."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as scratch,
        RunningZoe(Path(scratch) / "zoe") as zoe,
        sync_playwright() as driver,
    ):
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        programs = Programs("oathtool", "zbarimg")
        english = Owner(zoe, browser, "ana@acme.example", "en", programs, Path(scratch))
        english.page.set_viewport_size(DESKTOP)
        english.page.goto(f"{zoe.url}/")
        _take(english, "help-centre")
        _reset_until_confirmation(english, "Lost or changed your phone", "my phone fell in the river", "Reset it")
        Chat(english.page).sees_button("Remove and start over")
        _take(english, "chat-confirmation")
        Chat(english.page).press("Remove and start over")
        Chat(english.page).hears("Gone")
        _take(english, "chat-done")
        _phone_in_spanish(zoe, browser, programs, Path(scratch))
        browser.close()
    asyncio.run(_take_states())


def _reset_until_confirmation(owner: Owner, link: str, story: str, button: str) -> None:
    owner.sign_in()
    owner.activate()
    owner.enrol_app()
    owner.sign_out()
    owner.sign_in()
    _take(owner, f"second-step-{owner.lang}")
    owner.page.get_by_role("link", name=link).click()
    chat = Chat(owner.page)
    chat.say(story)
    known = len(owner.zoe.mails(owner.email))
    chat.press(button)
    chat.say(owner.zoe.next_code(owner.email, known))


def _phone_in_spanish(zoe: RunningZoe, browser: Browser, programs: Programs, scratch: Path) -> None:
    spanish = Owner(zoe, browser, "carla@globex.example", "es", programs, scratch)
    spanish.page.emulate_media(color_scheme="dark")
    spanish.page.set_viewport_size(PHONE)
    _reset_until_confirmation(
        spanish, "Perdí o cambié el teléfono", "perdí mi celular y no puedo entrar", "Restablecerlo"
    )
    Chat(spanish.page).sees_button("Eliminar y empezar de nuevo")
    _take(spanish, "chat-phone-es")


async def _take_states() -> None:
    """Goes on the tour in each language and takes a picture at the stops that are named."""
    with tempfile.TemporaryDirectory() as scratch:
        migrated = Path(scratch) / "migrated.sqlite3"
        await migrate(f"sqlite:///{migrated}")
        async with chromium_page(CHROMIUM) as page:
            for lang, names in STATES.items():
                for scene in SCENES:
                    async with scene_in(scene, lang, Path(scratch) / f"{scene.__name__}-{lang}", migrated) as (
                        _,
                        stops,
                    ):
                        async for stop in stops:
                            await arrive(page, stop)
                            if stop.name in names:
                                phone = "phone" in names[stop.name]
                                await page.set_viewport_size(PHONE if phone else DESKTOP)
                                await page.emulate_media(color_scheme="dark" if phone else "light")
                                _keep(names[stop.name], await page.screenshot(animations="disabled"))


def _take(owner: Owner, name: str) -> None:
    _keep(name, owner.page.screenshot(animations="disabled"))


def _keep(name: str, png: bytes) -> None:
    """Stores a picture with 128 colours. Raises ValueError for one that is too large all the same."""
    kept = io.BytesIO()
    Image.open(io.BytesIO(png)).convert("RGB").quantize(128).save(kept, "PNG", optimize=True)
    if len(kept.getvalue()) > MAX_BYTES:
        raise ValueError(f"{name}: {len(kept.getvalue())} bytes")
    (PICTURES / f"{name}.png").write_bytes(kept.getvalue())


if __name__ == "__main__":
    main()
