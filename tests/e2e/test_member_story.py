"""A member lost the phone: Zoe has the owner asked, the owner approves on a page, the chat tells, the member enrols."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.test_owner_story import make_owner
from tests.support.owner_in_browser import Chat, Owner, Programs
from tests.support.running_zoe import PASSWORD, RunningZoe

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(300)]
OWNER, MEMBER = "olga@workshop.example", "marta@workshop.example"


def test_member_asks_owner_approves_member_enrols_anew(
    zoe: RunningZoe, sync_browser: Browser, programs: Programs, tmp_path: Path
) -> None:
    make_owner(zoe, OWNER, "Workshop", "Olga Reis", "en")
    created = ("admin", "create-user", MEMBER, "--account", "Workshop", "--name", "Marta Sousa", "--language", "en")
    zoe.run(*created, stdin=PASSWORD + "\n")
    owner = Owner(zoe, sync_browser, OWNER, "en", programs, tmp_path)
    member = Owner(zoe, sync_browser, MEMBER, "en", programs, tmp_path)
    for person in (owner, member):
        person.sign_in()
        person.activate()
        person.enrol_app()
    old_secret = member.secret
    member.sign_out()

    member.sign_in()
    member.page.get_by_role("link", name=re.compile("Lost or changed your phone", re.IGNORECASE)).click()
    chat = Chat(member.page)
    chat.say("hi, i lost my phone and can't get in")
    known = len(zoe.mails(MEMBER))
    chat.press("Reset it")
    chat.hears("6-digit code is on its way")
    chat.say(zoe.next_code(MEMBER, known))
    chat.sees_button("Ask the owner")
    chat.say("yes")
    chat.hears("Back to your reset")
    chat.sees_button("Ask the owner")
    chat.press("Ask the owner")
    chat.hears("Asked. The owner has until")

    owner.page.goto(f"{zoe.url}/account/members")
    owner.page.get_by_role("link", name="Look at it").click()
    expect(owner.page.locator("main")).to_contain_text("Marta Sousa asks you")
    owner.page.get_by_role("button", name="Approve the reset").click()
    expect(owner.page.locator("main")).to_contain_text("Approved.")

    chat.hears("Gone: authenticator app")
    member.page.goto(f"{zoe.url}/login?lang=en")
    member.sign_in_for_enrolment()
    assert member.enrol_app() != old_secret
    assert zoe.run("audit", "verify").startswith("ok ")
