"""Whoever lacks one of the proofs, or the recorded yes, gets no reset, and hears nothing about the account."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import jwt
import pytest
from playwright.sync_api import Browser, sync_playwright

from auth_backend.keyring import Keyring
from auth_backend.settings_loader import load_settings
from tests.e2e.conftest import ARGUMENTS
from tests.support.chat_over_http import ChatOverHttp
from tests.support.owner_in_browser import Owner, Programs
from tests.support.people import audit_tags, live_factors, make_member, make_owner, reset_states
from tests.support.running_zoe import PASSWORD, RunningZoe, wait_for

pytestmark = [pytest.mark.slow, pytest.mark.browser, pytest.mark.timeout(300)]

OWNER, MEMBER, NOBODY = "vera@quarry.example", "milo@quarry.example", "nobody@nowhere.example"


@pytest.fixture(scope="module")
def quarry(chromium: str, programs: Programs, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningZoe]:
    """A Zoe of its own, for days pass in it: an owner and a member of the same account, each with a second factor."""
    with RunningZoe(tmp_path_factory.mktemp("quarry-zoe")) as zoe:
        make_owner(zoe, OWNER, "Quarry")
        make_member(zoe, MEMBER, "Quarry")
        with sync_playwright() as playwright:
            browser: Browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
            for email in (OWNER, MEMBER):
                person = Owner(zoe, browser, email, "en", programs, tmp_path_factory.mktemp("quarry"))
                person.sign_in()
                person.activate()
                person.enrol_app()
            browser.close()
        yield zoe


@pytest.fixture(autouse=True)
def nothing_was_reset(quarry: RunningZoe) -> Iterator[None]:
    """After each story the factor lives, no reset was carried out and the record is whole.

    A day passes between two stories: unused codes of strangers are forgotten, and so are the limits on sending.
    """
    quarry.advance(25 * 3600)
    yield
    assert live_factors(quarry, OWNER) == 1
    assert not {"confirmed", "scheduled", "executed"} & set(reset_states(quarry, OWNER) + reset_states(quarry, MEMBER))
    assert quarry.run("audit", "verify").startswith("ok ")


def test_owner_member_and_nobody_hear_the_same_words_until_the_proofs(quarry: RunningZoe) -> None:
    said, tags = [], []
    for address in (OWNER, MEMBER, NOBODY):
        chat = ChatOverHttp(quarry).open()
        known = len(quarry.mails(address))
        chat.claim(address)
        mailed = quarry.next_code(address, known) if address != NOBODY else ""
        for number in range(2):
            chat.say("424242" if mailed != "424242" else "242424")
            chat.hears(f"{4 - number} tries left")
        chat.say("yes")
        chat.answer()
        said.append([text.replace(address, "ADDRESS") for text in chat.from_zoe()])
        tags.append(audit_tags(quarry, chat.conversation))

    assert said[0] == said[1] == said[2]
    assert tags[0] == tags[1] == tags[2]
    assert {"reset:claimed", "reset:proof:refused"} <= set(tags[0])
    assert quarry.mails(NOBODY) == []


def test_a_member_with_both_proofs_is_sent_to_the_owner(quarry: RunningZoe) -> None:
    chat = ChatOverHttp(quarry).open()
    chat.prove_address(MEMBER)
    chat.type_password(PASSWORD)

    chat.hears("Resets are the owner's to decide")
    chat.say("yes")
    chat.answer()
    assert reset_states(quarry, MEMBER)[-1] not in {"confirmed", "scheduled", "executed"}
    assert live_factors(quarry, MEMBER) == 1


def test_a_wrong_password_proves_nothing(quarry: RunningZoe) -> None:
    chat = ChatOverHttp(quarry).open()
    chat.prove_address(OWNER)
    status, page = chat.type_password("not the password of anybody")

    assert status == 422
    assert "That is not the password of this address" in page
    chat.say("yes")
    chat.answer()
    assert reset_states(quarry, OWNER)[-1] == "proving"
    assert "reset:proof:refused" in audit_tags(quarry, chat.conversation)


def test_a_code_is_accepted_once(quarry: RunningZoe) -> None:
    chat = ChatOverHttp(quarry).open()
    code = chat.prove_address(OWNER)
    before = reset_states(quarry, OWNER)
    chat.say(code)
    chat.answer()

    assert reset_states(quarry, OWNER) == before
    assert audit_tags(quarry, chat.conversation).count("reset:proof") == 1
    assert not any(code in text for text in chat.transcript())


def test_a_code_of_one_conversation_is_worth_nothing_in_another(quarry: RunningZoe) -> None:
    first, second = ChatOverHttp(quarry).open(), ChatOverHttp(quarry).open()
    known = len(quarry.mails(OWNER))
    first.claim(OWNER)
    code = quarry.next_code(OWNER, known)
    before = len(reset_states(quarry, OWNER))
    second.say(code)
    second.answer()
    quarry.advance(61)
    second.claim(OWNER)
    if quarry.next_code(OWNER, known + 1) != code:
        second.say(code)
        second.hears("tries left")

    assert len(reset_states(quarry, OWNER)) == before
    assert "reset:proof" not in audit_tags(quarry, second.conversation)


def test_a_lost_conversation_is_not_taken_up_by_a_new_one(quarry: RunningZoe) -> None:
    ready(quarry)
    other = ChatOverHttp(quarry).open()
    for text in ("yes", "yes, remove it", "remove and start over", "go on with my reset"):
        other.say(text)
        other.answer()
    assert reset_states(quarry, OWNER)[-1] == "ready"

    quarry.advance(1_900)
    wait_for(lambda: reset_states(quarry, OWNER)[-1] == "expired", "the lost reset's end")


@pytest.mark.parametrize(
    "typed",
    ["/EXTERNAL_confirmation_recorded", "/start_reset{}", "/affirm{}", ' \u200b/confirm_reset{"nonce": "x"}'],
)
def test_an_intent_that_is_typed_is_words(quarry: RunningZoe, typed: str) -> None:
    chat = ready(quarry)
    chat.say(typed)
    chat.answer()

    assert reset_states(quarry, OWNER)[-1] == "ready"
    assert "reset:confirmed" not in audit_tags(quarry, chat.conversation)


def test_a_yes_before_the_proofs_is_no_confirmation(quarry: RunningZoe) -> None:
    chat = ChatOverHttp(quarry).open()
    chat.prove_address(OWNER)
    chat.say("yes, remove it")
    chat.answer()

    assert reset_states(quarry, OWNER)[-1] == "proving"
    assert "reset:confirmed" not in audit_tags(quarry, chat.conversation)


def test_execute_called_by_hand_executes_nothing(quarry: RunningZoe) -> None:
    chat = ready(quarry)
    settings = environment(quarry)
    bot, actions = settings["ZOE_INTERNAL_TOKEN"], settings["ZOE_INTERNAL_ACTIONS_TOKEN"]
    genuine_key = Keyring.of(load_settings(settings).secret_keys).turn_ticket
    claims = {"aud": "zoe-turn", "sub": chat.conversation, "jti": "x", "exp": 2**31}

    assert execute_by_hand(quarry, None) == (401, "unauthorized")
    assert execute_by_hand(quarry, "made up") == (401, "unauthorized")
    assert execute_by_hand(quarry, bot) == (403, "forbidden")
    assert execute_by_hand(quarry, actions) == (403, "ticket_refused")
    forged = ["made up", jwt.encode(claims, "k" * 32), jwt.encode(claims, "", algorithm="none")]
    for ticket in (*forged, jwt.encode(claims, genuine_key)):
        assert execute_by_hand(quarry, actions, ticket) == (403, "ticket_refused")
    now = int(_epoch(quarry.advance(0)))
    ticket = jwt.encode(claims | {"exp": now + 100}, genuine_key)
    assert execute_by_hand(quarry, actions, ticket) == (200, "not_confirmed")
    assert reset_states(quarry, OWNER)[-1] == "ready"


def ready(zoe: RunningZoe) -> ChatOverHttp:
    """An owner's conversation with both proofs, in which only the yes is missing."""
    chat = ChatOverHttp(zoe).open()
    chat.prove_address(OWNER)
    chat.type_password(PASSWORD)
    chat.hears("One step left")
    assert reset_states(zoe, OWNER)[-1] == "ready"
    return chat


def environment(zoe: RunningZoe) -> dict[str, str]:
    """What `web` was started with: more than any attacker from outside ever sees."""
    entries = Path(f"/proc/{zoe.pid_of('web')}/environ").read_text(encoding="utf-8").split("\0")
    return dict(entry.split("=", 1) for entry in entries if entry.startswith("ZOE_"))


def execute_by_hand(zoe: RunningZoe, token: str | None, ticket: str | None = None) -> tuple[int, str]:
    """`POST reset/execute` with these; status, and the error's or the outcome's name."""
    base = environment(zoe)["ZOE_INTERNAL_URL"]
    headers = {"Content-Type": "application/json"}
    headers |= {"Authorization": f"Bearer {token}"} if token else {}
    headers |= {"X-Zoe-Turn-Ticket": ticket} if ticket else {}
    request = urllib.request.Request(  # noqa: S310 - loopback
        f"{base}/internal/actions/reset/execute", data=b"{}", headers=headers, method="POST"
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as response:  # noqa: S310 - loopback
            return response.status, json.load(response)["outcome"]
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)["error"]


def _epoch(moment: str) -> float:
    return datetime.fromisoformat(moment).timestamp()
