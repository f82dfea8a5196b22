"""Where a message is cut into two questions, and when both halves are answered."""

import pytest

from nlu.two_questions import both_asked, cuts


@pytest.mark.parametrize(
    ("text", "halves"),
    [
        ("how do I turn it on? which apps work?", ("how do I turn it on?", "which apps work?")),
        ("como ativo isso e quais apps posso usar", ("como ativo isso", "quais apps posso usar")),
        ("¿cómo lo activo yo? ¿qué apps sirven?", ("¿cómo lo activo yo?", "¿qué apps sirven?")),
        ("el botón está gris, y ¿puedo desactivar todo?", ("el botón está gris, y", "¿puedo desactivar todo?")),
    ],
)
def test_a_cut(text: str, halves: tuple[str, str]) -> None:
    assert halves in cuts(text)


@pytest.mark.parametrize(
    "text",
    [
        "i type the number and it says expired",
        "vou em preferências e o botão aparece bloqueado",
        "entro a preferencias y el botón está gris",
        "hello? anybody",
        "ana@acme.example. thanks",
    ],
)
def test_one_story_is_not_cut(text: str) -> None:
    assert cuts(text) == []


def test_a_long_text_is_cut_at_four_places_at_most() -> None:
    assert len(cuts("one two three. " * 200)) == 4


def test_both_are_answered_when_they_are_sure_and_different() -> None:
    sure, doubtful = ("faq_activate", 0.9), ("faq_sms_setup", 0.4)
    other = ("faq_authenticator_apps", 0.8)
    assert both_asked([(sure, other)], 0.6) == ("faq_activate", "faq_authenticator_apps")
    assert both_asked([(sure, doubtful)], 0.6) is None
    assert both_asked([(sure, sure)], 0.6) is None
    assert both_asked([(sure, doubtful), (other, sure)], 0.6) == ("faq_authenticator_apps", "faq_activate")


@pytest.mark.parametrize(
    "intent", ["human_handoff", "cancel_reset", "resend_code", "reset_status", "affirm", "deny", "inform", "stop"]
)
def test_what_does_something_needs_the_whole_message(intent: str) -> None:
    assert both_asked([(("faq_activate", 0.9), (intent, 0.99))], 0.6) is None


def test_two_offers_are_one() -> None:
    assert both_asked([(("reset_2fa", 0.9), ("change_2fa_method", 0.9))], 0.6) is None
