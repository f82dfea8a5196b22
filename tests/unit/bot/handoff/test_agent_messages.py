"""What agents may not write: wishes for secrets in three languages, links that leave, links with a token."""

import pytest

from bot.handoff.agent_messages import Held, asks_for_secret, judge_message

PUBLIC = "https://zoe.example"

ASKING = [
    "Please send me the code you received",
    "What is your password?",
    "Which code did you get?",
    "can you tell me the 6 digits from the sms",
    "Type your passcode here",
    "I need your password to continue",
    "Code please",
    "Your password?",
    "don't worry, just give me the code",
    "Don't forget to send me your code",
    "p.a.s.s.w.o.r.d please",
    "send me the c0de",
    "Send me your pass\u200bword",
    "Me envia o código que chegou",
    "Qual é a sua senha?",
    "Você pode digitar sua senha aqui",
    "Preciso do código do SMS",
    "Me passa os seis dígitos, por favor",
    "Não se preocupe, me manda o código",
    "¿Cuál es tu contraseña?",
    "Envíame el código que recibiste",
    "Dime la clave",
    "Necesito tu contraseña",
    "Escríbeme los dígitos del SMS",
    "No te preocupes, pásame el código",
    "ＳＥＮＤ ＭＥ ＴＨＥ ＣＯＤＥ",
]
HARMLESS = [
    "Hello, I'm Sofia. How can I help?",
    "Nobody here will ever ask for your code or password.",
    "Never share your code with anyone.",
    "Do not tell anyone your password",
    "What country code does your phone have?",
    "Let me look at what happened.",
    "Which phone did you use before?",
    "Nunca compartilhe seu código com ninguém",
    "Não envie a sua senha para ninguém",
    "Qual é o código de área do telefone?",
    "Olá, em que posso ajudar?",
    "No compartas tu contraseña con nadie",
    "Nunca te pediremos el código",
    "¿Cuál es tu código postal?",
    "Zoe goes on with you now.",
]


@pytest.mark.parametrize("text", ASKING)
def test_a_message_that_asks_for_a_secret_is_held_back(text: str) -> None:
    assert judge_message(text, PUBLIC) is Held.ASKS_FOR_SECRET


@pytest.mark.parametrize("text", HARMLESS)
def test_ordinary_messages_pass(text: str) -> None:
    assert not asks_for_secret(text)
    assert judge_message(text, PUBLIC) is None


@pytest.mark.parametrize(
    "text",
    [
        "Look here: https://evil.example/login",
        "www.evil.example",
        "go to evil.com",
        "go to zoe.example.evil.com/login",
        "https://zoe.example@evil.example/",
        "http://zoe.example/ is not https",
        "//evil.example/x",
        "javascript:alert(1)",
        "https://zoe.example:8443/chat",
    ],
)
def test_links_to_other_hosts_are_held_back(text: str) -> None:
    assert judge_message(text, PUBLIC) is Held.FOREIGN_LINK


@pytest.mark.parametrize(
    "text",
    [
        "https://zoe.example/verify/abc",
        "https://zoe.example/resets/abc",
        "https://zoe.example/undo/abc",
        "https://zoe.example/%76erify/abc",
        "https://zoe.example//VERIFY/abc",
        "open /verify/abc",
    ],
)
def test_links_to_pages_with_a_token_are_held_back(text: str) -> None:
    assert judge_message(text, PUBLIC) is Held.TOKEN_LINK


@pytest.mark.parametrize(
    "text", ["https://zoe.example/account/security", "See zoe.example/help.", "Your mail ana@acme.com is fine"]
)
def test_links_to_our_own_pages_pass(text: str) -> None:
    assert judge_message(text, PUBLIC) is None


def test_length_and_emptiness() -> None:
    assert judge_message("a" * 4_000, PUBLIC) is None
    assert judge_message("a" * 4_001, PUBLIC) is Held.TOO_LONG
    assert judge_message("  \n", PUBLIC) is Held.EMPTY
