"""Methods, reasons, addresses, numbers and codes, where they are in the text."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.entities import find_all


def found(text: str) -> set[tuple[str, str]]:
    return {(span.entity, span.value) for span in find_all(text)}


@pytest.mark.parametrize(
    ("text", "entity", "value"),
    [
        ("my code is 123456", "code", "123456"),
        ("123 456 please", "code", "123456"),
        ("1 2 3 4 5 6", "code", "123456"),
        ("é 123-456", "code", "123456"),
        ("código １２３４５６", "code", "123456"),
        ("it says ••••••", "code", "••••••"),
        ("ana@acme.com.", "email", "ana@acme.com"),
        ("meu email é joão.silva+zoe@empresa.com.br", "email", "joão.silva+zoe@empresa.com.br"),
        ("+55 11 98765-4321", "phone", "+5511987654321"),
        ("meu número é (11) 98765-4321", "phone", "+5511987654321"),
        ("call +34 612 345 678", "phone", "+34612345678"),
        ("google authenticator", "method", "app"),
        ("prefiro o aplicativo", "method", "app"),
        ("con la aplicación", "method", "app"),
        ("by text message", "method", "sms"),
        ("mensaje de texto", "method", "sms"),
        ("por e-mail", "method", "email"),
        ("al correo electrónico", "method", "email"),
        ("a backup code", "method", "recovery_code"),
        ("códigos de recuperação", "method", "recovery_code"),
        ("códigos de respaldo", "method", "recovery_code"),
        ("i lost my phone", "reason", "lost_device"),
        ("my phone fell in the river", "reason", "lost_device"),
        ("roubaram meu celular", "reason", "lost_device"),
        ("se me rompió el móvil", "reason", "lost_device"),
        ("comprei um celular novo", "reason", "new_phone"),
        ("bought a new phone", "reason", "new_phone"),
        ("cambié de teléfono", "reason", "new_phone"),
        ("troquei de número", "reason", "new_number"),
        ("i have a new number", "reason", "new_number"),
        ("nuevo número", "reason", "new_number"),
        ("i deleted the authenticator app", "reason", "app_deleted"),
        ("apaguei o aplicativo", "reason", "app_deleted"),
        ("borré la app", "reason", "app_deleted"),
        ("the codes never arrive", "reason", "no_codes"),
        ("não recebo o código", "reason", "no_codes"),
        ("no me llega el sms", "reason", "no_codes"),
        ("switch from sms to app", "reason", "switch"),
        ("mudar do sms para o app", "reason", "switch"),
        ("cambiar del sms a la app", "reason", "switch"),
    ],
)
def test_found(text: str, entity: str, value: str) -> None:
    assert (entity, value) in found(text)


@pytest.mark.parametrize("text", ["hello", "order 123456789012345", "12 34", "in 2024", "a whatsapp campaign", "••"])
def test_nothing_found(text: str) -> None:
    assert found(text) == set()


def test_positions_are_those_of_the_text_as_typed() -> None:
    text = "Olá! É o código 123-456 de ana@acme.com"
    assert {text[span.start : span.end] for span in find_all(text)} == {"123-456", "ana@acme.com"}


@given(st.text(max_size=300))
def test_any_text_is_survived_and_spans_lie_inside(text: str) -> None:
    for span in find_all(text):
        assert 0 <= span.start < span.end <= len(text)


@pytest.mark.parametrize("unit", ["a", "1", "a.", "1 ", "perdi meu ", "phone ", "@", "+1(", "code never "])
def test_long_repetitive_texts_cost_little(unit: str) -> None:
    text = (unit * 4000)[:4000]
    started = time.process_time()
    find_all(text)
    assert time.process_time() - started < 2.0
