"""What an account owner does in a browser, in words; the codes come from programs that know nothing of Zoe."""

import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from tests.support.running_zoe import PASSWORD, RunningZoe

STEP_MS = 20_000


@dataclass(frozen=True)
class Programs:
    """Independent implementations: `oathtool` computes TOTP codes, `zbarimg` reads QR images."""

    oathtool: str
    zbarimg: str

    def totp(self, secret: str, at: str) -> str:
        """The code of a Base32 secret at a time that `date` understands."""
        return _output([self.oathtool, "--totp", "--base32", f"--now={at}", secret])

    def read_qr(self, picture: Path) -> str:
        """What a QR image says."""
        return _output([self.zbarimg, "--quiet", "--raw", str(picture)])


@dataclass
class Owner:
    """One person with one browser."""

    zoe: RunningZoe
    browser: Browser
    email: str
    lang: str
    programs: Programs
    scratch: Path
    context: BrowserContext = field(init=False)
    page: Page = field(init=False)
    secret: str = ""

    def __post_init__(self) -> None:
        self.context = self.browser.new_context(locale={"pt": "pt-BR"}.get(self.lang, self.lang))
        self.context.set_default_timeout(STEP_MS)
        self.page = self.context.new_page()

    def sign_in(self) -> None:
        """The password page, wherever it leads."""
        self.page.goto(f"{self.zoe.url}/login?lang={self.lang}")
        self.type_password()

    def type_password(self) -> None:
        """E-mail and password on the page that is open."""
        self.page.fill("[name=email]", self.email)
        self.page.fill("[name=password]", PASSWORD)
        self.page.press("[name=password]", "Enter")
        self.page.wait_for_url(lambda url: "/login?" not in url and not url.endswith("/login"))

    def activate(self) -> None:
        """Security tab → Activate; leads to the login page, then to enrolment."""
        self.page.goto(f"{self.zoe.url}/account/security")
        self.page.locator("form[action='/account/security/activate'] button").first.click()
        self.page.wait_for_url("**/login**")
        self.sign_in_for_enrolment()

    def sign_in_for_enrolment(self) -> None:
        """Signs in and types the mailed code that stands before enrolment."""
        known = len(self.zoe.mails(self.email))
        self.type_password()
        self.page.wait_for_url("**/enrol**")
        self.submit_code(self.zoe.next_code(self.email, known))

    def enrol_app(self) -> str:
        """Chooses the app, scans the QR code from the screen, types the first code. Returns the Base32 secret."""
        self.page.locator("[value=app]").check(force=True)
        self.page.locator("main button[type=submit]").first.click()
        self.page.wait_for_url("**/enrol/app**")
        picture = self.scratch / f"qr-{self.lang}.png"
        self.page.screenshot(path=picture, full_page=True)
        uri = self.programs.read_qr(picture)
        found = re.search(r"[?&]secret=([A-Z2-7]+)", uri)
        assert uri.startswith("otpauth://totp/"), uri
        assert found, uri
        self.secret = found[1]
        self.submit_code(self.totp(self.secret))
        self.page.wait_for_url("**/account/security**")
        return self.secret

    def totp(self, secret: str) -> str:
        """What an app with that secret shows at Zoe's present time."""
        return self.programs.totp(secret, at=self.zoe.advance(0))

    def sign_out(self) -> None:
        """Ends the session."""
        self.page.goto(f"{self.zoe.url}/account/security")
        with self.page.expect_navigation():
            self.page.locator("header form[action='/sign-out'] button").evaluate("button => button.click()")

    def submit_code(self, code: str) -> None:
        """Types a code into the page's field and sends it."""
        self.page.fill("main [name=code]", code)
        with self.page.expect_navigation():
            self.page.press("main [name=code]", "Enter")


@dataclass
class Chat:
    """The chat page, as its customer sees it."""

    page: Page

    @property
    def log(self) -> Locator:
        """Everything that was said."""
        return self.page.get_by_role("log")

    def say(self, text: str) -> None:
        """Types and sends."""
        box = self.page.locator("#zoe-chat textarea")
        box.fill(text)
        box.press("Enter")

    def press(self, name: str) -> None:
        """Presses the newest button of that name."""
        self.page.get_by_role("button", name=name, exact=True).last.click()

    def sees_button(self, name: str) -> None:
        """Waits until a button of that name is there."""
        expect(self.page.get_by_role("button", name=name, exact=True).last).to_be_visible(timeout=STEP_MS)

    def hears(self, *parts: str) -> None:
        """Waits until the log holds each of `parts`."""
        for part in parts:
            expect(self.log).to_contain_text(part, timeout=STEP_MS)


def _output(command: list[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=30).stdout.strip()  # noqa: S603
