"""Passwords and passphrases in the words of people who type them where they should not, and what only sounds so."""

import pytest

from bot.incoming_text import clean
from bot.redaction import MASK, Awaited, Found, redact

# What is typed, and what must not be left of it.
ANNOUNCED = [
    ("my password is correct horse battery staple", "horse battery"),
    ("My password is: correct horse battery staple", "correct horse"),
    ("my password was blue garden house", "garden"),
    ("Hi! my password is sunny yellow duck. Can you log me in?", "yellow"),
    ("My password is the blue house 77", "blue house"),
    ("my password's correct horse battery", "horse"),
    ("the password for my account is green tall trees", "tall trees"),
    ("the password that I use is three little birds", "little"),
    ("the password to get in is open sesame seeds", "sesame"),
    ("password: correct horse", "horse"),
    ("Password = my dog rex", "rex"),
    ("password:\nmy dog rex", "rex"),
    ("password -> tall green trees", "tall"),
    ("password - tall purple trees", "purple"),
    ("pass: tall green trees", "tall"),
    ("pwd: hunter2", "hunter"),
    ("passphrase: correct horse battery staple", "battery"),
    ("my pass phrase is correct horse battery staple", "battery"),
    ("my PIN is 1234", "1234"),
    ("my pin: 0007", "0007"),
    ("here is my password: rex the dog", "rex"),
    ("here's my password correct horse battery staple", "battery"),
    ("my password is hunter2!", "hunter2!"),
    ("my password is +55 11 98765-4321", "98765"),
    ("my password is ana@acme.example 77", "acme"),
    ("my password is correct horse 482913", "horse"),
    ("correct horse battery staple is my password", "battery"),
    ("rex77 is my password", "rex77"),
    ("I use purple monkey dishwasher as my password", "monkey"),
    ('my password "purple monkey dishwasher" does not work', "monkey"),
    ("my p\u200bassword is correct horse battery", "horse"),
    ("ｍｙ ｐａｓｓｗｏｒｄ ｉｓ ｃｏｒｒｅｃｔ ｈｏｒｓｅ", "ｈｏｒｓｅ"),
    ("MY PASSWORD IS CORRECT HORSE BATTERY", "HORSE"),
    ("my pasword is tall green trees", "green"),
    ("the code for login is alpha bravo 77", "alpha"),
    ("my login code is 48291", "48291"),
    ("recovery code: tall green trees", "green"),
    ("senha: minha casa azul 77", "casa azul"),
    ("minha senha é minha casa azul", "casa"),
    ("Minha senha é: gato preto dorme", "preto"),
    ("a senha da minha conta é gato preto dorme", "preto"),
    ("a senha que eu uso é cachorro feliz", "cachorro"),
    ("senha = cachorro feliz", "cachorro"),
    ("minha senha era flor do campo azul", "flor"),
    ("senha minha casa azul 77", "casa"),
    ("minha senha e gatinho77", "gatinho"),
    ("gato preto dorme é a minha senha", "preto"),
    ("uso gato preto dorme como senha", "preto"),
    ("aqui está minha senha: gato preto", "preto"),
    ("segue a senha gato preto dorme", "preto"),
    ("a palavra-passe é gato preto", "preto"),
    ("frase secreta: gato preto dorme", "preto"),
    ("o código de acesso é gato 77 preto", "gato"),
    ("código para entrar: 48 29 1", "48 29"),
    ("mi contraseña es caballo correcto batería", "caballo"),
    ("mi contrasen\u0303a es caballo verde", "caballo"),
    ("mi contrasena es caballo verde", "caballo"),
    ("contraseña: el perro de mi tía", "perro"),
    ("la contraseña de mi cuenta es perro verde", "perro"),
    ("la contraseña que uso es perro verde", "perro"),
    ("mi clave es perro verde", "perro"),
    ("clave: perro verde 9", "perro"),
    ("perro verde salta es mi contraseña", "perro"),
    ("uso perro verde como contraseña", "perro"),
    ("aquí va mi contraseña perro verde salta", "perro"),
    ("el código de acceso es perro 77", "perro"),
    ("mi contraseña era perro verde, ¿qué hago?", "perro"),
]

# Typed while Zoe waits for the password on its page.
ANSWERS = [
    "correct horse battery staple",
    "minha casa azul 77",
    "sunshine",
    "Gatinho",
    "hunter2",
    "gato preto dorme tarde feliz",
    "caballo verde salta",
    "the blue house by the river",
    "Rex the dog eats tacos",
    "flamengo",
    "84051212",
    "open sesame seeds purple",
    "phone battery horse staple",
    "teamomucho",
    "correct, horse, battery",
    "correct-horse-battery-staple",
    "correcthorsebatterystaple",
    "tigre tigre leao",
    "sunshine?",
    "senha minha casa azul",
]

READABLE = [
    "I forgot my password and lost my phone",
    "I forgot my password, please help",
    "my password is wrong",
    "my password is not working anymore",
    "my password is wrong and I lost my phone yesterday",
    "my password is correct but the code never comes",
    "my password is very old",
    "my password is expired, what now?",
    "my password was changed by somebody else",
    "the password is case sensitive?",
    "my password is at home in my notebook",
    "what is my password?",
    "is my password safe?",
    "this is my password problem",
    "where is my password",
    "the problem is my password",
    "the password for my account is wrong",
    "I typed my password and my phone is broken",
    "password reset please",
    "I lost the password for my account",
    "wrong password",
    "password: forgotten",
    "password: I don't remember",
    "my password is the same as before",
    "how long is a password? 15 characters?",
    "the password is 15 characters long",
    "I changed my password 3 days ago",
    'the system says "wrong password" every time',
    "my code is wrong",
    "the code is not arriving",
    "the login code is not arriving",
    "I never got the verification code",
    "the country code is 55",
    "I can't use my password as a code",
    "esqueci minha senha",
    "esqueci minha senha e perdi o celular",
    "esqueci minha senha e meu celular quebrou",
    "minha senha está errada",
    "minha senha é nova",
    "minha senha não funciona",
    "a senha não é aceita",
    "a senha é a mesma de sempre",
    "minha senha foi trocada ontem",
    "qual é a minha senha?",
    "o problema é a minha senha",
    "senha errada",
    "senha: não lembro",
    "não sei minha senha, e agora?",
    "quero trocar minha senha",
    "o código de acesso não chega",
    "olvidé mi contraseña y perdí el móvil",
    "mi contraseña es incorrecta",
    "mi contraseña no funciona",
    "mi contraseña es la misma de siempre",
    "la contraseña que tengo es vieja",
    "¿cuál es mi contraseña?",
    "contraseña: no la recuerdo",
    "contraseña incorrecta",
    "el problema es mi contraseña",
    "quiero cambiar mi contraseña",
    "mi clave es incorrecta y el código no llega",
    "el código de verificación no llega",
    "the pin on the map is here",
    "I need a new password for 2 people",
]

TALK = [
    "where is the button?",
    "wait",
    "ok",
    "done",
    "it does not open",
    "I can't find the button",
    "nothing happens when I press it",
    "the page is blank",
    "I forgot it",
    "one moment please",
    "please send the link again",
    "I want to talk to a person",
    "cancel",
    "stop this",
    "my phone is broken",
    "I typed it already, what now?",
    "is this safe?",
    "why do you need my password?",
    "I don't remember my password",
    "thank you very much",
    "hahahaha",
    "👍👍👍👍👍👍",
    "my address is ana@acme.example",
    "ana@acme.example",
    "+55 11 98765-4321",
    "cadê o botão?",
    "espera",
    "pronto",
    "só um minuto",
    "não abre",
    "não consigo abrir a página",
    "a página não carrega",
    "já digitei a senha",
    "esqueci minha senha",
    "não lembro a senha",
    "quero falar com uma pessoa",
    "meu celular quebrou",
    "obrigada pela ajuda",
    "o que eu faço agora?",
    "kkkkkkkk",
    "é seguro?",
    "¿dónde está el botón?",
    "espera un momento",
    "listo",
    "no se abre",
    "no encuentro el botón",
    "la página está en blanco",
    "ya la escribí",
    "olvidé mi contraseña",
    "no recuerdo mi contraseña",
    "quiero hablar con una persona",
    "perdí mi teléfono",
    "gracias por la ayuda",
    "¿qué hago ahora?",
    "dale, gracias",
    "jajajaja",
    "¿es seguro?",
]


def _typed(text: str) -> str:
    return clean(text)


def test_the_tables_are_long_enough() -> None:
    assert len(ANNOUNCED) + len(ANSWERS) >= 60
    assert len(READABLE) >= 60


@pytest.mark.parametrize(("typed", "secret"), ANNOUNCED)
@pytest.mark.parametrize("awaited", [Awaited.NOTHING, Awaited.CODE, Awaited.PASSWORD])
def test_what_follows_an_announced_password_is_hidden(typed: str, secret: str, awaited: Awaited) -> None:
    redacted = redact(_typed(typed), awaited)
    assert secret.lower() not in redacted.text.lower()
    assert MASK in redacted.text
    assert Found.PASSWORD in redacted.found


@pytest.mark.parametrize("typed", READABLE)
@pytest.mark.parametrize("awaited", [Awaited.NOTHING, Awaited.CODE, Awaited.PASSWORD])
def test_ordinary_sentences_about_passwords_stay_readable(typed: str, awaited: Awaited) -> None:
    assert redact(_typed(typed), awaited).text == _typed(typed)


@pytest.mark.parametrize("typed", ANSWERS)
def test_an_answer_that_may_be_the_awaited_password_is_hidden_whole(typed: str) -> None:
    redacted = redact(_typed(typed), Awaited.PASSWORD)
    assert redacted.text.replace("senha ", "").strip("?") == MASK
    assert Found.PASSWORD in redacted.found


@pytest.mark.parametrize("typed", TALK)
def test_talk_stays_readable_while_the_password_is_awaited(typed: str) -> None:
    redacted = redact(_typed(typed), Awaited.PASSWORD)
    assert redacted.text == _typed(typed)


@pytest.mark.parametrize("typed", [typed for typed, _ in ANNOUNCED])
def test_hiding_again_changes_nothing(typed: str) -> None:
    """The turn's text is redacted once more before it goes to the dialogue."""
    once = redact(_typed(typed)).text
    assert redact(once).text == once


def test_the_rest_of_the_message_stays() -> None:
    assert (
        redact("Hi! my password is sunny yellow duck. Can you help?").text == f"Hi! my password is {MASK} Can you help?"
    )
    assert redact("minha senha é gato preto, me ajuda").text == f"minha senha é {MASK} me ajuda"


def test_a_code_beside_an_announced_password_is_still_handed_in() -> None:
    redacted = redact("my password is tall trees 482913", Awaited.CODE)
    assert (redacted.code, redacted.text) == ("482913", f"my password is {MASK}")


def test_an_announced_login_code_is_a_code() -> None:
    redacted = redact("the code for login is 482 913, thanks", Awaited.CODE)
    assert (redacted.code, redacted.text) == ("482913", f"the code for login is {MASK}, thanks")
    assert redacted.found == {Found.CODE}
