"""2 and 3: proofs are what was seen, moves are the diagram's, an execution rests on what was seen and still holds."""

from datetime import datetime, timedelta
from typing import Any

from tests.integration.auth.stateful.rows import Snapshot
from tests.integration.auth.stateful.witness import Doing, Seen, Witness

PROVABLE = {"proving", "ready"}
SAID_YES = {"awaiting_owner", "confirmed", "scheduled"}
ENDED = {"refused", "expired", "cancelled", "disputed"}
REACHABLE: dict[str, set[str]] = {
    "proving": {"ready", *SAID_YES, "executed", *ENDED},
    "ready": {*SAID_YES, "executed", *ENDED},
    "awaiting_owner": {"confirmed", "scheduled", "executed", *ENDED},
    "confirmed": {"executed", "scheduled", *ENDED},
    "scheduled": {"executed", "refused", "cancelled", "disputed"},
    "executed": {"enrolled", "undone", "disputed"},
    "enrolled": {"undone", "disputed"},
    "disputed": {"undone"},
}
"""Where a reset may stand after one act, by where it stood."""
WAITS = timedelta(hours=24)


def check_resets(before: Snapshot, after: Snapshot, act: Doing, witness: Witness) -> None:
    """Proofs, moves, executions, undoing, and how many."""
    for proof_id, proof in after.proofs.items():
        if proof_id not in before.proofs:
            _check_proof(after, proof, act)
    for reset in after.resets.values():
        old = before.resets.get(reset.id)
        was = old.state.value if old is not None else None
        if was is not None and was != reset.state:
            assert reset.state in REACHABLE.get(was, set()), f"2: a reset went from {was} to {reset.state}"
        if old is not None and old.executed_at is not None:
            assert reset.executed_at == old.executed_at, "2: a reset was executed twice"
        elif reset.executed_at is not None:
            _check_execution(before, after, reset, was, witness)
        if reset.state == "undone" and was != "undone":
            _check_undone(before, after, reset, act)
    _check_numbers(after)


def _check_proof(after: Snapshot, proof: Any, act: Doing) -> None:
    reset = after.resets[proof.reset_id]
    assert proof.kind in act.may_prove, f"3: the proof {proof.kind} was given in: {act.what}"
    assert reset.conversation_id == act.chat, f"3: the proof {proof.kind} was given to another chat's reset"


def _check_execution(before: Snapshot, after: Snapshot, reset: Any, was: str | None, witness: Witness) -> None:
    seen, name = witness.resets.get(reset.id), witness.name_of(reset.target_id)
    assert seen is not None, "2: a reset was executed that nobody proved"
    assert seen.person == name, "3: a reset hit somebody else than its prover"
    assert was in {None, "confirmed", "scheduled", "ready", "awaiting_owner"}, f"2: a reset was executed from {was}"
    _check_proofs(seen, reset)
    _check_facts(before, reset, seen)
    confirmed = seen.approved_at or seen.yes_at
    assert confirmed is not None
    waited = after.at - confirmed
    if seen.must_wait:
        assert waited >= WAITS, f"2: a reset that had to wait was executed after {waited}"
    if was == "scheduled" and before.resets[reset.id].put_off_at is not None:
        assert waited >= 2 * WAITS, "2: a reset that was put off was executed too early"
    _check_stripped(after, reset)


def _check_proofs(seen: Seen, reset: Any) -> None:
    assert seen.email_at is not None, "2: executed without the mailed code"
    assert seen.password_at is not None, "2: executed without the password"
    assert seen.yes_at is not None, "2: executed without the yes"
    if not seen.by_owner:
        assert seen.yes_at < seen.email_at + timedelta(minutes=30), "2: the proofs were too old at the yes"
    member = seen.owner != reset.target_id
    assert not member or seen.by_owner or seen.approved_at is not None, "2: a member's reset without the owner"


def _check_facts(before: Snapshot, reset: Any, seen: Seen) -> None:
    user = before.users[reset.target_id]
    assert user.password_hash == seen.password_hash, "2: executed though the password was changed since its proof"
    assert user.email == seen.email, "2: executed though the address was changed"
    assert before.live(user.id) == seen.live, "2: executed though the factors were changed since the yes"
    assert before.account_of(user.id).owner_id == seen.owner, "2: executed though the owner was changed since the yes"


def _check_stripped(after: Snapshot, reset: Any) -> None:
    user = after.users[reset.target_id]
    mine = lambda rows: [row for row in rows.values() if row.user_id == user.id]  # noqa: E731
    assert user.state == "must_enrol", "1: a reset left its user enrolled"
    assert all(row.ended_at is not None for row in mine(after.sessions)), "1: a session survived a reset"
    assert all(row.ended_at is not None for row in mine(after.devices)), "1: a remembered device survived a reset"
    assert all(row.ended_at is not None for row in mine(after.codes)), "3: a code survived a reset"
    assert all(row.status != "live" for row in mine(after.recovery_codes)), "2: a recovery code survived a reset"


def _check_undone(before: Snapshot, after: Snapshot, reset: Any, act: Doing) -> None:
    assert act.undo or act.what == "operator undo old", f"2: a reset was undone in: {act.what}"
    user_id = reset.target_id
    assert not before.live(user_id) & after.live(user_id), "2: what was enrolled since a reset outlived its undo"
    assert after.users[user_id].state == "enrolled", "2: an undo restored nothing"
    mine = [row for row in after.sessions.values() if row.user_id == user_id]
    assert all(row.ended_at is not None for row in mine), "1: a session survived an undo"


def _check_numbers(after: Snapshot) -> None:
    for user_id in after.users:
        mine = [reset for reset in after.resets.values() if reset.target_id == user_id]
        assert sum(r.state in PROVABLE and r.proving_until > after.at for r in mine) <= 1, "3: two resets are proven"
        done: list[datetime] = sorted(reset.executed_at for reset in mine if reset.executed_at is not None)
        for first, third in zip(done, done[2:], strict=False):
            assert third - first >= timedelta(days=30), "2: a third reset within 30 days"
