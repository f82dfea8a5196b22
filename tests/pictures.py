"""`python -m tests.pictures`: the pictures under docs/pictures/, taken from a real Zoe with demo people."""

import tempfile
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tests.conftest import CHROMIUM
from tests.e2e.conftest import ARGUMENTS
from tests.support.owner_in_browser import Chat, Owner, Programs
from tests.support.running_zoe import RunningZoe

PICTURES = Path(__file__).resolve().parents[1] / "docs" / "pictures"
PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1100, "height": 800}


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


def _take(owner: Owner, name: str) -> None:
    owner.page.screenshot(path=PICTURES / f"{name}.png", animations="disabled")


if __name__ == "__main__":
    main()
