"""Which state a reset may move to, from the proven code to its end: pure."""

from auth_backend.resets.models import ResetState as S

NEXT: dict[S, frozenset[S]] = {
    S.PROVING: frozenset({S.READY, S.REFUSED, S.EXPIRED, S.CANCELLED, S.DISPUTED}),
    S.READY: frozenset({S.CONFIRMED, S.AWAITING_OWNER, S.REFUSED, S.EXPIRED, S.CANCELLED, S.DISPUTED}),
    S.AWAITING_OWNER: frozenset({S.CONFIRMED, S.REFUSED, S.EXPIRED, S.CANCELLED, S.DISPUTED}),
    S.CONFIRMED: frozenset({S.EXECUTED, S.SCHEDULED, S.REFUSED, S.EXPIRED, S.CANCELLED, S.DISPUTED}),
    S.SCHEDULED: frozenset({S.EXECUTED, S.REFUSED, S.CANCELLED, S.DISPUTED}),
    S.EXECUTED: frozenset({S.ENROLLED, S.UNDONE, S.DISPUTED}),
    S.ENROLLED: frozenset({S.UNDONE, S.DISPUTED}),
    S.DISPUTED: frozenset({S.UNDONE}),
    S.REFUSED: frozenset(),
    S.EXPIRED: frozenset(),
    S.CANCELLED: frozenset(),
    S.UNDONE: frozenset(),
}

PROVABLE = frozenset({S.PROVING, S.READY})
"""A later proven claim supersedes these; they end with the proving phase."""
CONFIRMED_NOT_DONE = frozenset({S.CONFIRMED, S.SCHEDULED})
SAID_YES = CONFIRMED_NOT_DONE | {S.AWAITING_OWNER}
"""Their requester's yes was given; stopping one of them is told by mail."""
CANCELLABLE = PROVABLE | SAID_YES
DONE = frozenset({S.EXECUTED, S.ENROLLED, S.UNDONE})
"""The factors were revoked once; asking again changes nothing."""
FINAL = frozenset(state for state, following in NEXT.items() if not following)


def may_move(state: S, to: S) -> bool:
    """Whether the diagram has that arrow."""
    return to in NEXT[state]
