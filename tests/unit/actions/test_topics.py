"""Guesses after a misunderstanding, and which requests are near."""

import pytest

from actions.topics import TITLES, guesses, is_near


def test_guesses_are_the_likeliest_topics_that_can_be_offered() -> None:
    offered = guesses(["nlu_fallback", "greet", "resend_code", "faq_sms_setup", "out_of_scope", "faq_activate"], "en")
    assert [button["payload"] for button in offered] == ["/resend_code", "/faq_sms_setup", "/faq_activate"]


def test_guesses_are_filled_up_and_never_doubled() -> None:
    offered = guesses(["capabilities"], "pt")
    assert [button["payload"] for button in offered] == ["/capabilities", "/reset_2fa", "/faq_code_not_working"]


@pytest.mark.parametrize("lang", ["en", "pt", "es"])
def test_every_title_exists_and_fits_a_button(lang: str) -> None:
    assert all(0 < len(titles[lang]) <= 30 for titles in TITLES.values())


@pytest.mark.parametrize(
    "text", ["where is my invoice", "quero ver minha fatura", "¿cuánto cuesta el plan?", "Integração com WhatsApp"]
)
def test_near_requests(text: str) -> None:
    assert is_near(text)


@pytest.mark.parametrize("text", ["tell me a joke", "vai chover amanhã?", "¿quién ganó el partido?", ""])
def test_far_requests(text: str) -> None:
    assert not is_near(text)
