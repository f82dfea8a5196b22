"""Topics and moves beyond the contract's intents."""

from pathlib import Path

import pytest
import yaml

from nlu.refinements import refined

NLU = Path(__file__).parents[3] / "nlu"


@pytest.mark.parametrize(
    ("intent", "text", "wanted"),
    [
        ("stop", "hold on a sec", "wait"),
        ("goodbye", "só um minutinho", "wait"),
        ("faq_email_alternative", "espera, estoy abriendo el correo", "wait"),
        ("out_of_scope", "que merda é essa", "anger"),
        ("bot_challenge", "eres una basura de bot", "anger"),
        ("out_of_scope", "I forgot my password", "about_password"),
        ("inform", "perdi meus códigos de recuperação", "about_recovery_codes"),
        ("faq_authenticator_apps", "can I use a passkey", "about_passkeys"),
        ("out_of_scope", "cómo cambio mi correo registrado", "about_email_change"),
        ("report_suspicious", "dá pra desfazer o reset", "about_undo"),
        ("reset_2fa", "un miembro de mi equipo perdió el teléfono", "about_members"),
    ],
)
def test_refined(intent: str, text: str, wanted: str) -> None:
    assert refined(intent, text) == wanted


@pytest.mark.parametrize(
    ("intent", "text"),
    [
        ("stop", "wait, stop all this"),
        ("stop", "never mind"),
        ("faq_after_reset", "wait, what happens after the reset"),
        ("cancel_reset", "espera, cancela o reset"),
        ("reset_2fa", "I lost my phone and my recovery codes"),
        ("reset_2fa", "the phone belonged to an employee who left and we can't enter"),
        ("cancel_reset", "undo the reset I asked for"),
        ("capabilities", "give me a list of what you handle"),
        ("human_handoff", "this is shit, get me a human"),
        ("report_suspicious", "somebody changed my password"),
        ("out_of_scope", "tell me a joke"),
    ],
)
def test_what_stays(intent: str, text: str) -> None:
    assert refined(intent, text) is None


def test_every_refinement_is_an_intent_that_is_reported_under_another_name() -> None:
    read = {
        name: yaml.safe_load((NLU / f"{name}.yml").read_text("utf-8")) for name in ("refinements", "contract_intents")
    }
    added = {each["intent"] for each in read["refinements"]} | {"wait", "two_questions"}
    assert added <= set(read["contract_intents"])
