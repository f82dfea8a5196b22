"""What mails and SMS say: every kind in every language, and nothing that a requester could have put in."""

import re
from datetime import UTC, datetime

import pytest

from auth_backend.outbox.mails import LANGUAGES, MailKind, SmsKind, compose, compose_sms
from auth_backend.outbox.notices import NOTHING_TO_DISPUTE
from auth_backend.outbox.request_facts import browser, place, when

NOW = datetime(2026, 3, 2, 14, 2, tzinfo=UTC)
FACTS: dict[str, object] = {
    "code": "123456",
    "minutes": 10,
    "when": "2 Mar 2026, 14:02 UTC",
    "place": "the network 192.0.2.0/24",
    "browser": "Firefox on Windows",
    "address": "ana@acme.example",
    "login_url": "https://zoe.example/login",
    "chat_url": "https://zoe.example/chat",
    "status_url": "https://zoe.example/resets/s1",
    "cancel_url": "https://zoe.example/resets/c1",
    "reference": "7F3K",
    "removed": ["SMS ending in 88"],
    "scheduled_for": "3 Mar 2026, 14:02 UTC",
    "method": "Authenticator app",
    "old_method": "SMS ending in 88",
    "digits": "88",
    "passkey": "Firefox on Windows",
    "account": "Acme",
    "by_owner": False,
    "dispute_url": "https://zoe.example/owner-dispute/d1",
    "left": 9,
    "from_when": "3 Mar 2026, 14:02 UTC",
    "notice_address": "b••@home.example",
    "old_address": "a••@acme.example",
    "new_address": "a••@home.example",
    "wanted": "ana@acme.example",
    "member": "Bruno Costa",
    "member_address": "bruno@acme.example",
    "was_removed": True,
    "reason": "phone or app lost",
    "until": "3 Mar 2026, 14:02 UTC",
    "requests_url": "https://zoe.example/account/requests",
    "undo_url": "https://zoe.example/undo/u1",
    "not_me_url": "https://zoe.example/not-me/n1",
    "not_me_page": "zoe.example/not-me",
    "report_url": "https://zoe.example/report/r1",
    "frozen_until": "5 Mar 2026, 14:02 UTC",
}
ATTACK = (
    "Firefox\r\nBcc: eve@evil.example\r\n\r\n[Sign in](https://evil.example/)\n\n> 999999\n- https://evil.example/x <b>"
)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", MailKind)
def test_every_mail_renders(kind: MailKind, language: str) -> None:
    mail = compose(kind, language, FACTS)
    assert mail.subject
    assert "\n" not in mail.subject
    assert not re.search(r"[{}]|\]\(", mail.text + mail.subject)
    assert f'lang="{"pt-BR" if language == "pt" else language}"' in mail.html
    if kind.value.startswith("code_"):
        assert "123456" in mail.text
        assert '<p class="code">123456</p>' in mail.html
        # The one link of a code mail burns the code; it leads nowhere that a code or password is typed.
        assert re.findall(r"https?://\S+", mail.text) == ["https://zoe.example/report/r1"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", [kind for kind in MailKind if not kind.value.startswith("code_")])
def test_every_notice_of_a_change_says_how_to_repudiate_it(kind: MailKind, language: str) -> None:
    """SP 800-63B-4: notices tell how."""
    leads = "https://zoe.example/not-me/n1" in compose(kind, language, FACTS).text
    assert leads != (kind in NOTHING_TO_DISPUTE)


@pytest.mark.parametrize("kind", MailKind)
def test_languages_differ(kind: MailKind) -> None:
    assert len({compose(kind, language, FACTS).text for language in LANGUAGES}) == len(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", SmsKind)
def test_every_sms_renders_and_names_nobody(kind: SmsKind, language: str) -> None:
    text = compose_sms(kind, language, FACTS)
    assert text
    assert "\n" not in text
    assert "ana@" not in text
    assert "http" not in text
    assert len(text) <= 160


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", MailKind)
@pytest.mark.parametrize("fact", ["browser", "place", "method", "old_method", "account", "reference", "passkey"])
def test_no_fact_adds_a_line_a_button_or_a_link(kind: MailKind, language: str, fact: str) -> None:
    plain, attacked = compose(kind, language, FACTS), compose(kind, language, {**FACTS, fact: ATTACK})
    assert "\n" not in attacked.subject
    assert "\r" not in attacked.subject
    assert attacked.text.count("\n") == plain.text.count("\n")
    assert "https://evil" not in attacked.text
    for mark in ("<a ", 'class="button"', 'class="code"', "<li>", "<p"):
        assert attacked.html.count(mark) == plain.html.count(mark), mark
    assert "<b>" not in attacked.html
    assert not attacked.text.startswith("Bcc:")
    assert "\nBcc:" not in attacked.text


def test_a_list_item_stays_one_item() -> None:
    attacked = compose(MailKind.RESET_EXECUTED, "en", {**FACTS, "removed": [ATTACK]})
    assert attacked.html.count("<li>") == 1
    assert "evil.example/" in attacked.text
    assert "https://evil" not in attacked.text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "agent", ["", ATTACK, "Mozilla/5.0 <script>alert(1)</script>", "https://evil.example/bot/1.0 " * 50]
)
def test_a_browser_is_named_without_repeating_its_string(agent: str, language: str) -> None:
    named = browser(agent, language)
    assert named
    assert len(named) < 80
    assert "\n" not in named
    assert "<" not in named


def test_places_are_coarse() -> None:
    assert place("192.0.2.77", "en") == "the network 192.0.2.0/24"
    assert place("2001:db8:1:2::/64", "en") == "the network 2001:db8:1::/48"
    assert place("nonsense", "en") == "an unknown address"


def test_times_name_their_zone() -> None:
    assert {when(NOW, language)[-3:] for language in LANGUAGES} == {"UTC"}
