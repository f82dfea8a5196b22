"""The language of a text, alone and with a conversation in mind."""

from __future__ import annotations

import pytest

from nlu.language_model import LanguageModel
from nlu.languages import decide, hinted


@pytest.fixture(scope="module")
def model() -> LanguageModel:
    """Trained on function words alone: no example of the project is needed."""
    return LanguageModel.fit([])


def judge(model: LanguageModel, text: str, conversation: str | None = None) -> str:
    letters = sum(map(str.isalpha, text))
    return decide(model.probabilities(text) if letters else {}, letters, conversation).language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("i cannot get into my account since yesterday", "en"),
        ("what is the weather like over there today", "en"),
        ("não consigo entrar na minha conta desde ontem", "pt"),
        ("vc pode me ajudar com o meu celular novo", "pt"),
        ("no puedo entrar en mi cuenta desde ayer", "es"),
        ("me puedes ayudar con mi teléfono nuevo por favor", "es"),
    ],
)
@pytest.mark.parametrize("conversation", [None, "en", "pt", "es"])
def test_a_sentence_speaks_for_itself(model: LanguageModel, text: str, language: str, conversation: str | None) -> None:
    assert judge(model, text, conversation) == language


@pytest.mark.parametrize("conversation", ["en", "pt", "es"])
@pytest.mark.parametrize("text", ["sms", "ok", "app", "no", "123456", "••••••", ""])
def test_a_short_text_stays_in_the_conversations_language(model: LanguageModel, text: str, conversation: str) -> None:
    assert judge(model, text, conversation) == conversation


def test_without_anything_to_go_by_the_default_is_taken(model: LanguageModel) -> None:
    assert judge(model, "123456") == "en"


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("joana@padaria.com.br", "pt"),
        ("+351 912 345 678", "pt"),
        ("+52 55 1234 5678", "es"),
        ("+1 (212) 555-0188", "en"),
        ("ana@acme.example", None),
        ("123456", None),
    ],
)
def test_data_alone_hints_at_a_country(text: str, language: str | None) -> None:
    assert hinted(text) == language
