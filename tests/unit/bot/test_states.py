"""The moves between Zoe and people are exactly those of the design."""

from itertools import product

from bot.handoff.states import State, human_in_charge, may_move, sources

ALLOWED = {
    ("bot", "queued"),
    ("queued", "agent"),
    ("agent", "bot"),
    ("agent", "closed"),
    ("queued", "bot"),
    ("bot", "closed"),
    ("closed", "queued"),
}


def test_the_moves() -> None:
    assert {(a.value, b.value) for a, b in product(State, State) if may_move(a, b)} == ALLOWED


def test_sources_are_the_moves_read_backwards() -> None:
    for wanted in State:
        assert {(state.value, wanted.value) for state in sources(wanted)} == {
            move for move in ALLOWED if move[1] == wanted
        }


def test_zoe_is_silent_while_a_person_is_awaited_or_there() -> None:
    assert {state for state in State if human_in_charge(state)} == {State.QUEUED, State.AGENT}
