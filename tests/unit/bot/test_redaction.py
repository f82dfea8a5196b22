"""The corpus of things people type around codes and passwords."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.redaction import MASK, Awaited, Found, redact

CODES = [
    ("123456", "••••••"),
    ("my code is 482913", "my code is ••••••"),
    ("482 913", "••••••"),
    ("482-913.", "••••••."),
    ("4 8 2 9 1 3", "••••••"),
    ("4-8-2-9-1-3", "••••••"),
    ("４８２９１３", "••••••"),
    ("٤٨٢٩١٣", "••••••"),
    ("①②③④⑤⑥", "••••••"),
    ("4\u200b8\u200b2\u200b9\u200b1\u200b3", "••••••"),
    ("482\u00a0913", "••••••"),
    ("482–913", "••••••"),
    ("482.913", "••••••"),
    ("o código é 482913, obrigado", "o código é ••••••, obrigado"),
    ("código:482913", "código:••••••"),
    ("try 2: 482913", "try 2: ••••••"),
    ("482\n913", "••••••"),
    ("482913 2026", "•••••• 2026"),
    ("482913 for 2026-11-24", "•••••• for 2026-11-24"),
    ("my number 11987654321, code 482913", "my number 11987654321, code ••••••"),
    ("48 29 13", "••••••"),
    ("4, 8, 2, 9, 1, 3", "••••••"),
    ("it is 4.8.2.9.1.3 I think", "it is •••••• I think"),
    ("the code is 482.913 ok", "the code is •••••• ok"),
    ("o código: 482/913", "o código: ••••••"),
    ("４８２ ９１３", "••••••"),
    ("four eight two nine one three", "••••••"),
    ("Four, eight, two, nine, one, three", "••••••"),
    ("the mail says four-eight-two-nine-one-three ok", "the mail says •••••• ok"),
    ("four 8 two 9 one 3", "••••••"),
    ("forty-eight twenty-nine thirteen", "••••••"),
    ("four eighty-two nine thirteen", "••••••"),
    ("four hundred eighty-two, nine hundred and thirteen", "••••••"),
    ("quatro oito dois nove um três", "••••••"),
    ("é quatro, oito, dois, nove, um, três", "é ••••••"),
    ("quarenta e oito vinte e nove treze", "••••••"),
    ("cuatro ocho dos nueve uno tres", "••••••"),
    ("dice cuatro ocho dos nueve uno tres", "dice ••••••"),
    ("cuatrocientos ochenta y dos novecientos trece", "••••••"),
]

NO_CODES = [
    "+55 11 98765-4321",
    "11 98765 4321",
    "(11) 98765-4321",
    "my number is 5511987654321",
    "order 1234567",
    "pedido 20240001234",
    "12345",
    "ana123456@acme.example",
    "call me at 14:09",
    "01310-100",
    "2fa and 3 phones",
    "order 4829131",
    "2026-11-24",
    "24/11/2026",
    "24.11.2026",
    "it costs R$ 123.456,00",
    "123.456 reais",
    "US$ 123.456",
    "1.234.567",
    "192.168.1.1",
    "+55 119876 54321",
    "(202) 555-0143",
    "four eight two nine one three seven",
    "um celular e dois aparelhos",
    "I have two phones and one app",
    "tengo dos teléfonos y una aplicación",
]

ORDINARY = [
    "ya volví",
    "he vuelto",
    "ya regresé",
    "I lost my phone yesterday and now I can't get in",
    "perdi meu celular, e agora?",
    "se me cayó el móvil al río",
    "kkkkkk",
    "hmmmmm",
    "pls sms",
    "rhythm",
    "well-known two-step auto-login",
    "my password is wrong",
    "minha senha está errada",
    "minha senha é nova",
    "esqueci minha senha e perdi o celular",
    "olvidé mi contraseña y perdí el móvil",
    "is my password safe?",
    "I forgot my password please help",
    "wi-fi/4G não funciona",
    "don't-know",
    "Google Authenticator",
    "Ana Maria, CEO/founder of X-Corp.",
    "ana@acme.example",
    "joao.silva+2fa@empresa.com.br",
    "https://help.example/articles/two-factor",
    "✅👨‍👩‍👧 ok!",
    "7F3K",
    "third-party",
    "sexta-feira",
    "terca-feira",
    "PLS SMS",
    "sms vlw tks",
]

PASSWORDS = [
    ("Tr0ub4dor&3", "••••••"),
    ("it is Tr0ub4dor&3 I think", "it is •••••• I think"),
    ("my password is hunter2", "my password is ••••••"),
    ("my password is sunshine", "my password is ••••••"),
    ("password: abc", "password: ••••••"),
    ("minha senha é Gatinho2024!", "minha senha é ••••••"),
    ("mi contraseña es perro1234", "mi contraseña es ••••••"),
    ("senha gatinho77", "senha ••••••"),
    ("gatinho2024", "••••••"),
]

OTHER_SECRETS = [
    ("BCD-FGH", "••••••", Found.RETURN_CODE),
    ("it says bcd-fgh", "it says ••••••", Found.RETURN_CODE),
    ("BCDFGH", "••••••", Found.RETURN_CODE),
    ("ＢＣＤ－ＦＧＨ", "••••••", Found.RETURN_CODE),
    ("B C D F G H", "••••••", Found.RETURN_CODE),
    ("it says b-c-d-f-g-h", "it says ••••••", Found.RETURN_CODE),
    ("bcd fgh", "••••••", Found.RETURN_CODE),
    ("ab3d-9fgh", "••••••", Found.RECOVERY_CODE),
    ("ab3d9-fgh2k", "••••••", Found.RECOVERY_CODE),
    ("abcde-fghjk", "••••••", Found.RECOVERY_CODE),
    ("it is ab3d9-fghjk-mnpqr I think", "it is •••••• I think", Found.RECOVERY_CODE),
    ("ab3d9 fghjk mnpqr", "••••••", Found.RECOVERY_CODE),
    ("ab3d9fghjkmnpqr", "••••••", Found.RECOVERY_CODE),
    ("AB3D-9FGH-JK2M-PQ4R", "••••••", Found.RECOVERY_CODE),
    ("abcde-fghij-klmno-pqrst", "••••••", Found.RECOVERY_CODE),
    ("ab3d 9fgh jk2m pq4r", "••••••", Found.RECOVERY_CODE),
    ("AB3D9FGHJK2MPQ4R", "••••••", Found.RECOVERY_CODE),
    ("https://zoe.example/verify/Zx81kQp02mNvB7cD", "https://zoe.example/verify/••••••", Found.RECOVERY_CODE),
]


@pytest.mark.parametrize(("typed", "kept"), CODES)
@pytest.mark.parametrize("awaited", list(Awaited))
def test_a_code_is_hidden_whatever_is_awaited(typed: str, kept: str, awaited: Awaited) -> None:
    redacted = redact(typed, awaited)
    assert redacted.text == kept
    assert redacted.found == {Found.CODE}


@pytest.mark.parametrize(("typed", "kept"), [pair for pair in CODES if pair[0] not in {"123456", "①②③④⑤⑥"}])
def test_the_one_code_is_handed_in(typed: str, kept: str) -> None:
    redacted = redact(typed, Awaited.CODE)
    assert (redacted.code_kind, redacted.code) == (Found.CODE, "482913")


@pytest.mark.parametrize("typed", NO_CODES)
@pytest.mark.parametrize("awaited", [Awaited.NOTHING, Awaited.CODE])
def test_longer_numbers_and_addresses_are_no_codes(typed: str, awaited: Awaited) -> None:
    assert redact(typed, awaited).text == typed


@pytest.mark.parametrize("typed", ORDINARY)
@pytest.mark.parametrize("awaited", [Awaited.NOTHING, Awaited.CODE])
def test_ordinary_messages_stay_as_they_are(typed: str, awaited: Awaited) -> None:
    redacted = redact(typed, awaited)
    assert redacted.text == typed
    assert redacted.code is None


@pytest.mark.parametrize(("typed", "kept"), PASSWORDS)
@pytest.mark.parametrize("awaited", list(Awaited))
def test_answers_that_look_like_a_password_are_hidden(typed: str, kept: str, awaited: Awaited) -> None:
    assert redact(typed, awaited).text == kept


@pytest.mark.parametrize(("typed", "kept", "kind"), OTHER_SECRETS)
@pytest.mark.parametrize("awaited", list(Awaited))
def test_return_and_recovery_codes_are_hidden(typed: str, kept: str, kind: Found, awaited: Awaited) -> None:
    redacted = redact(typed, awaited)
    assert redacted.text == kept
    assert redacted.found == {kind}


@pytest.mark.parametrize("typed", ["BCD-FGH", "bcdfgh", "bcd fgh", "b c d f g h", "b-c-d-f-g-h", "BCD–FGH"])
def test_a_return_code_is_handed_in_while_one_is_awaited(typed: str) -> None:
    redacted = redact(typed, Awaited.RETURN_CODE)
    assert (redacted.code_kind, redacted.code) == (Found.RETURN_CODE, "BCDFGH")
    assert redacted.text == MASK


@pytest.mark.parametrize("typed", ["123456 654321", "123456 or 654321?", "123 456 654 321"])
def test_of_two_codes_none_is_handed_in_and_both_are_hidden(typed: str) -> None:
    redacted = redact(typed, Awaited.CODE)
    assert redacted.code is None
    assert not any(character.isdigit() for character in redacted.text)


def test_nothing_is_handed_in_before_anything_was_asked_for() -> None:
    assert redact("123456").code is None


def test_a_code_never_shows_in_a_log_line() -> None:
    assert "123456" not in repr(redact("123456", Awaited.CODE))


@given(st.text(max_size=80), st.integers(0, 999_999), st.text(max_size=80), st.sampled_from(list(Awaited)))
def test_a_code_between_any_words_is_hidden(before: str, number: int, after: str, awaited: Awaited) -> None:
    code = f"{number:06}"
    before = "".join(character for character in before if not character.isnumeric() and character not in "@+")
    after = "".join(character for character in after if not character.isnumeric() and character != "@")
    assert code not in redact(f"{before} {code} {after}", awaited).text


@given(st.text(max_size=200), st.sampled_from(list(Awaited)))
def test_redaction_is_stable(text: str, awaited: Awaited) -> None:
    once = redact(text, awaited).text
    assert redact(once, awaited).text == once


RUNS = [
    *"_-0A.:@/ ",
    "0 ",
    "one ",
    "b c ",
    "my password is ",
    "password that i ",
    "is my password ",
    "i use it as ",
    'senha "',
    "a, ",
    "pass:",
    "0.0",
    "abcd ",
    "wrong and ",
]


@pytest.mark.parametrize("piece", RUNS)
@pytest.mark.parametrize("awaited", [Awaited.NOTHING, Awaited.CODE, Awaited.PASSWORD])
def test_a_long_run_of_anything_is_judged_at_once(piece: str, awaited: Awaited) -> None:
    """4,000 characters are the most that a message may have; a quadratic pattern takes over a second on them."""
    started = time.process_time()
    redact((piece * 4000)[:4000], awaited)
    assert time.process_time() - started < 0.3
