"""A small Rasa project: five intents, three languages, one custom action."""

from __future__ import annotations

import shutil
from pathlib import Path

from nlu.project import Project

ROOT = Path(__file__).resolve().parents[3]

EXAMPLES = {
    "en": {
        "greet": ["hello", "hi there", "good morning", "hey zoe", "good evening to you"],
        "reset_2fa": [
            "i lost my phone and cannot sign in",
            "my phone was stolen, reset my two factor please",
            "please reset the authenticator of my account",
            "i deleted the authenticator app",
            "locked out because the old phone broke",
        ],
        "thanks": ["thank you", "thanks a lot", "many thanks for the help", "thx", "that was kind, thanks"],
        "deny": ["no", "no thanks", "not that one", "nope, i would rather not", "do not do it"],
        "out_of_scope": ["what is the weather like", "tell me a joke", "who won the match", "buy bread", "sing a song"],
    },
    "pt": {
        "greet": ["olá", "oi, tudo bem?", "bom dia", "boa noite", "oi zoe"],
        "reset_2fa": [
            "perdi meu celular e não consigo entrar",
            "roubaram meu celular, quero resetar a verificação",
            "quero redefinir o autenticador da conta",
            "apaguei o aplicativo autenticador",
            "meu aparelho quebrou e fiquei sem acesso",
        ],
        "thanks": ["obrigado", "muito obrigada", "valeu mesmo", "agradeço a ajuda", "obrigado pela atenção"],
        "deny": ["não", "não quero", "agora não", "nem pensar", "isso não"],
        "out_of_scope": ["como está o tempo hoje", "conta uma piada", "quem ganhou o jogo", "receita de bolo", "canta"],
    },
    "es": {
        "greet": ["hola", "buenos días", "buenas tardes", "hola zoe, qué tal", "buenas noches"],
        "reset_2fa": [
            "perdí mi móvil y no puedo entrar",
            "me robaron el teléfono, necesito restablecer la verificación",
            "quiero restablecer el autenticador de la cuenta",
            "borré la aplicación de autenticación",
            "se rompió mi teléfono y quedé sin acceso",
        ],
        "thanks": ["gracias", "muchas gracias", "mil gracias por la ayuda", "te lo agradezco", "gracias por todo"],
        "deny": ["no", "no quiero", "ahora no", "eso no", "para nada"],
        "out_of_scope": [
            "qué tiempo hace hoy",
            "cuéntame un chiste",
            "quién ganó el partido",
            "receta de pan",
            "canta",
        ],
    },
}

DOMAIN = """
version: "3.1"
intents: [greet, reset_2fa, thanks, deny, out_of_scope, start_reset, EXTERNAL_probe]
entities:
  - language: {influence_conversation: false}
  - method: {influence_conversation: false}
  - reason: {influence_conversation: false}
slots:
  language: {type: text, influence_conversation: false, mappings: [{type: from_entity, entity: language}]}
responses:
  utter_greet:
    - text: "Olá, sou a Zoe."
      condition: [{type: slot, name: language, value: pt}]
      buttons: [{title: "Redefinir", payload: /start_reset}]
    - text: "Hello, I am Zoe."
      buttons: [{title: "Reset", payload: /start_reset}]
  utter_default: [{text: "Sorry?"}]
actions: [action_count]
session_config: {session_expiration_time: 60, carry_over_slots_to_new_session: true}
"""

RULES = """
version: "3.1"
rules:
  - rule: a greeting is returned
    steps: [{intent: greet}, {action: utter_greet}]
  - rule: the button starts
    steps: [{intent: start_reset}, {action: action_count}]
  - rule: the probe goes through an action
    steps: [{intent: EXTERNAL_probe}, {action: action_count}]
  - rule: unclear
    steps: [{intent: nlu_fallback}, {action: utter_default}]
"""


def make(folder: Path) -> Project:
    """Writes the project below `folder`; its configuration and endpoints are the real ones."""
    for name in ("config.yml", "endpoints.yml"):
        shutil.copy(ROOT / name, folder / name)
    (folder / "domain.yml").write_text(DOMAIN, encoding="utf-8")
    rules = folder / "nlu" / "data" / "rules"
    rules.mkdir(parents=True)
    (rules / "tiny.yml").write_text(RULES, encoding="utf-8")
    for language, intents in EXAMPLES.items():
        place = folder / "nlu" / "data" / "nlu" / language
        place.mkdir(parents=True)
        (place / "tiny.yml").write_text(_nlu(intents), encoding="utf-8")
    return Project(root=folder, model_dir=folder / "models")


def _nlu(intents: dict[str, list[str]]) -> str:
    lines = ['version: "3.1"', "nlu:"]
    for intent, examples in intents.items():
        lines += [f"  - intent: {intent}", "    examples: |", *(f"      - {text}" for text in examples)]
    return "\n".join(lines) + "\n"
