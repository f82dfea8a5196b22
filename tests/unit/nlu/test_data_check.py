"""The project's own data is free of conflicts and leaks, and the check sees what it should see."""

from __future__ import annotations

from nlu.data_check import Example, check, read_examples, read_held_out


def kinds(*examples: Example, held_out: tuple[Example, ...] = ()) -> list[str]:
    return [found.kind for found in check(examples, held_out)]


def test_the_projects_data() -> None:
    found = list(check(read_examples(), read_held_out()))
    assert [f for f in found if f.kind in {"conflict", "leak", "duplicate"}] == []


def test_the_same_text_twice() -> None:
    first = Example("I lost my phone!", "reset_2fa", "en")
    assert kinds(first, Example("i lost my phone", "reset_2fa", "en")) == ["duplicate"]
    assert kinds(first, Example("i lost my phone", "out_of_scope", "en")) == ["conflict"]
    assert kinds(first, Example("i lost my phone", "out_of_scope", "pt")) == []


def test_nearly_the_same_text_under_two_intents() -> None:
    first = Example("i lost my phone yesterday evening", "reset_2fa", "en")
    assert kinds(first, Example("i lost my phones yesterday evening", "out_of_scope", "en")) == ["near"]


def test_a_held_out_row_in_the_training_data() -> None:
    row = Example("my phone fell into the lake", "reset_2fa", "en")
    assert kinds(row, held_out=(row,)) == ["leak"]
    assert kinds(Example("hola", "greet", "es"), held_out=(Example("hola", "greet", "es"),)) == []
