"""The states of a conversation and the moves between them. Pure: no clock, no database.

bot ─▶ queued ─▶ agent ─▶ bot | closed      queued ─▶ bot      bot ─▶ closed      closed ─▶ queued
"""

from enum import StrEnum


class State(StrEnum):
    """Who answers: Zoe, nobody yet, a person, nobody any more."""

    BOT = "bot"
    QUEUED = "queued"
    AGENT = "agent"
    CLOSED = "closed"


MOVES: dict[State, frozenset[State]] = {
    State.BOT: frozenset({State.QUEUED, State.CLOSED}),
    State.QUEUED: frozenset({State.AGENT, State.BOT}),
    State.AGENT: frozenset({State.BOT, State.CLOSED}),
    State.CLOSED: frozenset({State.QUEUED}),
}


def may_move(current: State, wanted: State) -> bool:
    """Whether a conversation may go from `current` to `wanted`."""
    return wanted in MOVES[current]


def sources(wanted: State) -> frozenset[State]:
    """The states from which `wanted` can be reached: the condition of the UPDATE that moves a conversation."""
    return frozenset(state for state, targets in MOVES.items() if wanted in targets)


def human_in_charge(state: State) -> bool:
    """Whether messages go to the desk and Zoe is silent."""
    return state in {State.QUEUED, State.AGENT}
