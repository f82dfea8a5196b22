"""Typing slips and missing accents are mended to words of the examples, and to nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu.chat_spelling import written_out
from nlu.spelling import Spelling

TEXTS = ["perdí mi teléfono", "el teléfono", "telefono roto", "reset my phone", "my phone", "phone lost", "reset"] * 2


@pytest.fixture(scope="module")
def spelling() -> Spelling:
    return Spelling.learn(TEXTS)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("my phnoe", "my phone"),
        ("my phne", "my phone"),
        ("my phonee", "my phone"),
        ("my phome", "my phone"),
        ("telfono", "teléfono"),
        ("lots", "lots"),  # "lost" is seen twice only
        ("phone", "phone"),
        ("pho", "pho"),
        ("zebra 🦓", "zebra 🦓"),
    ],
)
def test_one_slip_is_mended(spelling: Spelling, typed: str, meant: str) -> None:
    assert spelling.mend(typed) == meant


def test_accents_come_back(spelling: Spelling) -> None:
    assert spelling.accented("mi telefono, my phone") == "mi teléfono, my phone"


def test_saved_and_loaded_it_is_the_same(spelling: Spelling, tmp_path: Path) -> None:
    spelling.save(tmp_path / "words.json")
    assert Spelling.load(tmp_path / "words.json").mend("telfono") == "teléfono"


@given(st.text(max_size=100))
def test_any_text_survives(text: str) -> None:
    Spelling.learn(TEXTS).mend(text)
    written_out(text)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("vc pq n entra", "você porque não entra"), ("xq no", "porque no"), ("plz u", "please you"), ("i'd", "i'd")],
)
def test_abbreviations_are_written_out(typed: str, meant: str) -> None:
    assert written_out(typed) == meant
