"""Topics that Zoe can offer by name when she did not understand, and words of the product's other departments."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

TITLES: dict[str, dict[str, str]] = {
    "reset_2fa": {"en": "I lost my phone or app", "pt": "Perdi o celular ou o app", "es": "Perdí el móvil o la app"},
    "change_2fa_method": {"en": "Change my method", "pt": "Trocar o método", "es": "Cambiar mi método"},
    "cancel_reset": {"en": "Cancel a reset", "pt": "Cancelar a redefinição", "es": "Cancelar un restablecimiento"},
    "reset_status": {"en": "Status of my reset", "pt": "Situação do pedido", "es": "Estado de mi solicitud"},
    "report_suspicious": {"en": "This wasn't me", "pt": "Não fui eu", "es": "No fui yo"},
    "resend_code": {"en": "No code arrives", "pt": "O código não chega", "es": "No llega el código"},
    "human_handoff": {"en": "Talk to a person", "pt": "Falar com uma pessoa", "es": "Hablar con una persona"},
    "capabilities": {"en": "What can you do?", "pt": "O que você faz?", "es": "¿Qué sabes hacer?"},
    "faq_what_is_2fa": {"en": "What is 2FA?", "pt": "O que são dois fatores?", "es": "¿Qué son los dos pasos?"},
    "faq_activate": {"en": "Turn on 2FA", "pt": "Ativar dois fatores", "es": "Activar los dos pasos"},
    "faq_button_disabled": {"en": "Button greyed out", "pt": "Botão desativado", "es": "Botón desactivado"},
    "faq_authenticator_setup": {"en": "Set up the app", "pt": "Configurar o app", "es": "Configurar la app"},
    "faq_authenticator_apps": {"en": "Which apps work?", "pt": "Quais apps servem?", "es": "¿Qué apps sirven?"},
    "faq_sms_setup": {"en": "Set up SMS", "pt": "Configurar SMS", "es": "Configurar SMS"},
    "faq_sms_number_taken": {"en": "Number already in use", "pt": "Número já em uso", "es": "Número ya en uso"},
    "faq_email_alternative": {"en": "Code by e-mail", "pt": "Código por e-mail", "es": "Código por correo"},
    "faq_code_frequency": {"en": "Why a code again?", "pt": "Por que pede de novo?", "es": "¿Por qué otra vez?"},
    "faq_code_not_working": {"en": "My code is refused", "pt": "O código não passa", "es": "No acepta el código"},
    "faq_disable_2fa": {"en": "Turn off 2FA", "pt": "Desativar dois fatores", "es": "Desactivar los dos pasos"},
    "faq_reset_requirements": {"en": "Who may ask?", "pt": "Quem pode pedir?", "es": "¿Quién puede pedirlo?"},
    "faq_after_reset": {"en": "After a reset", "pt": "Depois de redefinir", "es": "Tras restablecer"},
}
"""Button titles by intent and language."""

_USUAL = ("reset_2fa", "faq_code_not_working", "capabilities")

_NEAR = re.compile(
    r"\b(billing|invoice|payment|refund|price|pricing|plan|subscription|contract|credit card|discount|campaign|"
    r"broadcast|whatsapp|api|token|webhook|integration|chatbot|bot builder|flow|template|contacts?|import|csv|message|"
    r"deliver|user|member|account|report|dashboard|"
    r"cobranca|boleto|fatura|nota fiscal|pagamento|reembolso|preco|plano|assinatura|contrato|cartao|desconto|campanha|"
    r"disparo|integracao|fluxo|modelo|contato|importa|mensage[mn]|entrega|usuario|membro|conta|relatorio|painel|"
    r"factura|pago|precio|suscripcion|tarjeta|descuento|campana|difusion|integracion|flujo|plantilla|contacto|"
    r"mensaje|entrega|usuario|miembro|cuenta|informe)"
)

_WHAT_IF = re.compile(
    r"\b(what (?:would |will )?happens? if|what if|if i (?:were to )?cancel|o que acontece(?:ria)? se|e se eu|"
    r"se eu cancel|que (?:pasa|pasaria|sucede|ocurre) si|y si cancel|si (?:la |lo )?cancel)"
)


def is_what_if(text: str) -> bool:
    """Whether a text asks what would come of something, rather than for it."""
    return _WHAT_IF.search(_folded(text)) is not None


def is_near(text: str) -> bool:
    """Whether a text speaks of the product around two-factor authentication, rather than of the world."""
    return _NEAR.search(_folded(text)) is not None


def guesses(ranking: Sequence[str], lang: str, count: int = 3) -> list[dict[str, str]]:
    """Buttons for the `count` likeliest topics that can be offered by name, filled up with the usual ones."""
    chosen = dict.fromkeys([name for name in [*ranking, *_USUAL] if name in TITLES])
    return [{"title": TITLES[name][lang], "payload": f"/{name}"} for name in list(chosen)[:count]]


def _folded(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(character for character in decomposed if not unicodedata.combining(character))
