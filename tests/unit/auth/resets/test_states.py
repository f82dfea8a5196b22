"""The diagram of a reset: each allowed move, and no other."""

from auth_backend.resets.models import ResetState
from auth_backend.resets.states import CANCELLABLE, DONE, FINAL, NEXT, may_move


def test_every_state_has_its_arrows() -> None:
    assert set(NEXT) == set(ResetState)


def test_execution_is_reached_through_the_yes_only() -> None:
    before_execution = {state for state in ResetState if may_move(state, ResetState.EXECUTED)}
    assert before_execution == {ResetState.CONFIRMED, ResetState.SCHEDULED}
    before_yes = {state for state in ResetState if may_move(state, ResetState.CONFIRMED)}
    assert before_yes == {ResetState.READY, ResetState.AWAITING_OWNER}
    assert {state for state in ResetState if may_move(state, ResetState.AWAITING_OWNER)} == {ResetState.READY}
    assert {state for state in ResetState if may_move(state, ResetState.READY)} == {ResetState.PROVING}
    assert {state for state in ResetState if may_move(state, ResetState.SCHEDULED)} == {ResetState.CONFIRMED}


def test_what_ended_stays_ended() -> None:
    assert {ResetState.REFUSED, ResetState.EXPIRED, ResetState.CANCELLED, ResetState.UNDONE} == FINAL
    assert not CANCELLABLE & DONE
    assert all(not may_move(state, ResetState.CANCELLED) for state in DONE)
