"""Every moment at every stage, in three languages: words that work alone, and nothing that the facts don't allow."""

import re
from datetime import UTC, datetime, timedelta
from string import Formatter
from typing import Any, get_args

import pytest

from bot.auth_client import ConfirmationCard
from bot.facts import Claim, Facts, Proofs, Refusal, Removed, Reset, Stage
from bot.languages import LANGS, Lang
from bot.moments.context import Context
from bot.moments.render import MOMENTS, render
from bot.moments.times import countdown, day_and_time, minutes
from bot.moments.wording import WORDING
from bot.replies import Confirm, Open, Say

NOW = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)
STAGES: tuple[Stage, ...] = get_args(Stage.__value__)
REFUSALS: tuple[Refusal, ...] = get_args(Refusal.__value__)
CLAIM = Claim(
    address="ana@acme.example",
    sent_at=NOW,
    expires_at=NOW + timedelta(minutes=10),
    resend_at=NOW + timedelta(seconds=48),
    attempts_left=3,
)
RESET = Reset(
    reference="7F3K",
    removes=(
        Removed(kind="sms", label="ending in 88"),
        Removed(kind="recovery_codes", count=7),
        Removed(kind="devices", count=1),
    ),
    told=("a••@acme.example",),
)


def _context(lang: Lang = "en", now: datetime = NOW, **facts: Any) -> Context:
    known = Facts(**{"claim": CLAIM, "reset": RESET, "proofs": Proofs(), **facts})
    card = ConfirmationCard(facts=known, nonce="secret-nonce", expires_at=now + timedelta(minutes=10))
    return Context(known, lang, now, "https://zoe.example", "https://zoe.example/verify/x", card)


def test_the_three_languages_say_the_same_things() -> None:
    def blanks(text: str) -> set[str]:
        return {name for _, name, _, _ in Formatter().parse(text) if name}

    english = WORDING["en"]
    for lang in LANGS:
        assert WORDING[lang].keys() == english.keys()
        for name, text in WORDING[lang].items():
            assert blanks(text) == blanks(english[name]), (lang, name)


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("name", sorted(MOMENTS))
@pytest.mark.parametrize("stage", STAGES)
def test_every_moment_speaks_at_every_stage(name: str, stage: Stage, lang: Lang) -> None:
    for result in (None, "accepted", "wrong", "spent", "expired", "throttled"):
        for reply in render(name, _context(lang, stage=stage, last_code=result)):
            assert reply.text.strip()
            assert "{" not in reply.text
            assert "secret-nonce" not in reply.text
            assert reply.lang == lang


@pytest.mark.parametrize("lang", LANGS)
@pytest.mark.parametrize("refusal", REFUSALS)
def test_every_refusal_leads_on_without_an_exclamation_mark(refusal: Refusal, lang: Lang) -> None:
    (reply,) = render("outcome", _context(lang, stage="refused", refusal=refusal))
    assert "!" not in reply.text
    assert reply.buttons or refusal == "desk_user"


def test_ask_code_counts_down_to_sending_again() -> None:
    (reply,) = render("ask_code", _context(stage="code"))
    assert reply.text.startswith("If ana@acme.example is the address you sign in with")
    assert "10 minutes" in reply.text
    assert reply.buttons[0].title == "Send again in 0:48"
    assert reply.secret


def test_after_two_minutes_the_ways_out_are_named() -> None:
    (reply,) = render("ask_code", _context(now=NOW + timedelta(minutes=2), stage="code"))
    assert "spam" in reply.text
    assert [button.title for button in reply.buttons] == ["Send again", "Other address", "A person"]


def test_the_same_words_before_both_proofs_whoever_it_is() -> None:
    owner = render("ask_code", _context(stage="code"))
    nobody = render("ask_code", _context(stage="code", reset=None))
    assert owner == nobody


@pytest.mark.parametrize(("left", "words"), [(3, "3 tries left"), (1, "1 try left")])
def test_a_wrong_code(left: int, words: str) -> None:
    claim = CLAIM.model_copy(update={"attempts_left": left})
    (reply,) = render("code_result", _context(stage="code", claim=claim, last_code="wrong"))
    assert words in reply.text


def test_a_spent_code_offers_a_new_one() -> None:
    claim = CLAIM.model_copy(update={"spent": True, "attempts_left": 0})
    (reply,) = render("code_result", _context(stage="code", claim=claim, last_code="wrong"))
    assert reply.buttons[0] == Say("New code", "/resend_code")


def test_the_password_is_asked_for_on_a_page() -> None:
    (reply,) = render("ask_password", _context(stage="password"))
    assert reply.buttons == (Open("Enter password", "https://zoe.example/verify/x"),)


@pytest.mark.parametrize(
    ("lang", "removed"),
    [
        ("en", "SMS ending in 88, 7 recovery codes and 1 remembered device"),
        ("pt", "SMS com final 88, 7 códigos de recuperação e 1 aparelho lembrado"),
        ("es", "SMS terminado en 88, 7 códigos de recuperación y 1 dispositivo recordado"),
    ],
)
def test_the_card_names_what_goes(lang: Lang, removed: str) -> None:
    (reply,) = render("ask_confirmation", _context(lang, stage="ready"))
    assert reply.card is not None
    assert reply.card.rows[0][1] == removed
    assert removed in reply.text
    assert isinstance(reply.buttons[0], Confirm)
    assert "secret-nonce" not in repr(reply)


def test_no_card_without_a_nonce() -> None:
    context = _context(stage="code")
    without = Context(context.facts, "en", NOW, context.public_url, None, ConfirmationCard(facts=context.facts))
    assert render("ask_confirmation", without) == []


def test_a_scheduled_reset_says_when_and_never_why() -> None:
    reset = RESET.model_copy(update={"scheduled_for": NOW + timedelta(days=1)})
    (reply,) = render("outcome", _context(stage="scheduled", reset=reset))
    assert "Fri 2 Jan, 12:00 UTC" in reply.text
    assert not re.search("risk|browser|owner changed|password changed", reply.text)


@pytest.mark.parametrize(
    ("stage", "line"),
    [
        ("code", "Step 1 of 3: e-mail · 2: password · 3: your OK"),
        ("password", "1: e-mail · Step 2 of 3: password · 3: your OK"),
        ("ready", "1: e-mail · 2: password · Step 3 of 3: your OK"),
    ],
)
def test_the_step_line_marks_where_we_are(stage: Stage, line: str) -> None:
    assert render("steps", _context(stage=stage))[0].text == line


def test_what_people_typed_is_never_a_format() -> None:
    claim = CLAIM.model_copy(update={"address": "{0.__class__}@x.example"})
    (reply,) = render("ask_code", _context(stage="code", claim=claim))
    assert "{0.__class__}@x.example" in reply.text


def test_times() -> None:
    assert countdown(NOW + timedelta(seconds=61), NOW) == "1:01"
    assert countdown(NOW - timedelta(seconds=5), NOW) == "0:00"
    assert minutes("en", timedelta(seconds=30)) == "1 minute"
    assert minutes("pt", timedelta(minutes=9, seconds=1)) == "10 minutos"
    assert day_and_time("es", NOW) == "jue 1 ene, 12:00 UTC"


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("en", "New method active. All set."),
        ("pt", "Novo método ativo. Tudo certo."),
        ("es", "Método nuevo activo. Todo listo."),
    ],
)
def test_a_new_method_ends_the_story(lang: Lang, words: str) -> None:
    reset = RESET.model_copy(update={"executed_at": NOW, "enrolled": True})
    (reply,) = render("outcome", _context(lang, stage="executed", reset=reset))
    assert (reply.text, reply.buttons) == (words, ())


@pytest.mark.parametrize("lang", LANGS)
def test_on_foreign_sites_the_yes_is_on_the_page(lang: Lang) -> None:
    """No card, no nonce, no button that could be pressed by whoever owns the page around the chat."""
    facts = _context(lang, stage="ready").facts
    context = Context(facts, lang, NOW, "https://zoe.example", None, ConfirmationCard(facts=facts, outcome="on_page"))
    (reply,) = render("ask_confirmation", context)
    assert reply.text == WORDING[lang]["confirm_on_page"]
    assert not reply.buttons
    assert reply.card is None
