"""Passkeys with Chromium's virtual authenticator: add, sign in, step up, rename, remove; and what can go wrong."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, CDPSession, Page, expect

from tests.support.owner_in_browser import Owner, Programs
from tests.support.people import make_owner, rows
from tests.support.running_zoe import RunningZoe

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.timeout(300)]

PASSKEYS = "/account/security/passkeys"


@dataclass
class Device:
    """Chromium's authenticator, as if it were the laptop's own."""

    cdp: CDPSession
    id: str

    @classmethod
    def of(cls, page: Page) -> "Device":
        """A fresh one for this page."""
        cdp = page.context.new_cdp_session(page)
        cdp.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
            "isUserVerified": True,
            "automaticPresenceSimulation": True,
        }
        made = cdp.send("WebAuthn.addVirtualAuthenticator", {"options": options})
        return cls(cdp, made["authenticatorId"])

    def verify(self, verified: bool) -> None:
        """Whether finger or PIN fit from now on."""
        self.cdp.send("WebAuthn.setUserVerified", {"authenticatorId": self.id, "isUserVerified": verified})

    def set_counter(self, count: int) -> None:
        """Puts the counter of its one credential somewhere, as a copy's would stand."""
        (credential,) = self.cdp.send("WebAuthn.getCredentials", {"authenticatorId": self.id})["credentials"]
        self.cdp.send(
            "WebAuthn.removeCredential", {"authenticatorId": self.id, "credentialId": credential["credentialId"]}
        )
        self.cdp.send(
            "WebAuthn.addCredential", {"authenticatorId": self.id, "credential": {**credential, "signCount": count}}
        )


@pytest.fixture
def owner(zoe: RunningZoe, sync_browser: Browser, programs: Programs, tmp_path: Path) -> Iterator[Owner]:
    """Somebody with an app, signed in."""
    make_owner(zoe, "kim@lantern.example", "Lantern")
    kim = Owner(zoe, sync_browser, "kim@lantern.example", "en", programs, tmp_path)
    kim.sign_in()
    kim.activate()
    kim.enrol_app()
    yield kim
    kim.context.close()


def test_from_the_first_passkey_to_none(owner: Owner) -> None:
    zoe, page, device = owner.zoe, owner.page, Device.of(owner.page)
    open_passkeys(owner)
    page.get_by_label("Name").fill("Laptop")
    press(page, "Add a passkey", "**done=added")
    assert names(zoe) == ["Laptop"]
    clean(page)
    press_in_place(page, "Add a passkey")
    expect(page.get_by_text("This device holds one of your passkeys already.")).to_be_visible()

    owner.sign_out()
    owner.sign_in()
    clean(page)
    press(page, "Use a passkey", f"{zoe.url}/")
    owner.sign_out()
    owner.sign_in()
    page.get_by_role("link", name="Try another method").click()
    device.verify(False)
    press_in_place(page, "Use a passkey")
    expect(page.get_by_text("No passkey came.")).to_be_visible()
    device.verify(True)
    press(page, "Use a passkey", f"{zoe.url}/")

    zoe.advance(301)
    page.goto(zoe.url + PASSKEYS)
    page.wait_for_url("**/login/step-up**")
    clean(page)
    device.set_counter(1)
    press(page, "Use a passkey", "**/login/passkey")
    expect(page.get_by_role("alert")).to_contain_text("That passkey didn't work here")
    expect(page.get_by_role("button", name="Use a passkey")).to_be_focused()
    clean(page)
    device.set_counter(1000)
    press(page, "Use a passkey", f"**{PASSKEYS}")

    page.get_by_text("Change: Laptop").click()
    page.locator(".passkeys").get_by_label("Name").fill("Old laptop")
    page.locator(".passkeys").get_by_label("Name").press("Enter")
    page.wait_for_url("**done=renamed")
    assert names(zoe) == ["Old laptop"]
    page.get_by_text("Change: Old laptop").click()
    clean(page)
    press(page, "Remove this passkey", "**done=removed")
    assert names(zoe) == []
    assert any("passkey was removed" in mail["subject"] for mail in zoe.mails(owner.email))


def open_passkeys(owner: Owner) -> None:
    """The page behind the Security tab's button; with the app as step-up where it is asked."""
    owner.page.goto(owner.zoe.url + "/account/security")
    owner.page.get_by_role("link", name="Add a passkey").click()
    if "/login/step-up" in owner.page.url:
        owner.zoe.advance(31)
        owner.submit_code(owner.totp(owner.secret))
    owner.page.wait_for_url(f"**{PASSKEYS}")


def press(page: Page, name: str, reached: str) -> None:
    """Presses a button that leads on."""
    page.get_by_role("button", name=name).click()
    page.wait_for_url(reached)


def press_in_place(page: Page, name: str) -> None:
    """Presses a button and stays."""
    page.get_by_role("button", name=name).click()


def names(zoe: RunningZoe) -> list[str]:
    """The live passkeys' names."""
    query = (
        "SELECT auth_passkeys.name FROM auth_passkeys JOIN auth_factors ON auth_factors.id = factor_id "
        "JOIN auth_users ON auth_users.id = user_id WHERE auth_users.email = 'kim@lantern.example' AND status = 'live'"
    )
    return [name for (name,) in rows(zoe, query)]


def clean(page: Page) -> None:
    """axe finds nothing on the page as it stands."""
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
