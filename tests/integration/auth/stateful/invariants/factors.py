"""2: how factors come and go; A7; what being enrolled means."""

from collections import Counter
from typing import Any

from tests.integration.auth.stateful.rows import Snapshot
from tests.integration.auth.stateful.witness import Doing, Witness

SUSPENDS = {"press not-me", "press email-dispute", "answer email", "undo"}


def check_factors(before: Snapshot, after: Snapshot, act: Doing, witness: Witness) -> None:
    """Every change of a factor has a lawful cause in this very act."""
    for factor_id, new in after.factors.items():
        old = before.factors.get(factor_id)
        was = old.status.value if old is not None else "absent"
        if was != new.status:
            _check_change(before, after, new, was, act, witness)
        if old is not None and old.last_step is not None:
            assert new.last_step >= old.last_step, "4: a burnt time step came back"
    for factor_id, old in before.factors.items():
        assert factor_id in after.factors or old.status == "pending", "2: a factor's row was deleted"
    _check_standing(after)


def _check_change(before: Snapshot, after: Snapshot, new: Any, was: str, act: Doing, witness: Witness) -> None:
    name = witness.name_of(new.user_id)
    match (was, new.status.value):
        case ("absent", "pending"):
            assert act.what == "choose", f"2: a factor was begun in: {act.what}"
        case ("absent", "live"):
            assert act.what.startswith("add passkey"), f"2: a factor was bound in: {act.what}"
            assert act.person == name, "3: somebody else got a passkey"
        case ("pending", "live"):
            assert act.what == "confirm", f"2: a factor was bound in: {act.what}"
            assert act.person == name, "3: somebody else got a factor"
        case ("live", "revoked"):
            assert _may_go(before, after, new, act, name), f"2: a factor of {name} was revoked in: {act.what}"
        case ("live", "suspended"):
            assert act.what in SUSPENDS, f"2: a factor was suspended in: {act.what}"
            assert before.factors[new.id].confirmed_at >= witness.begin, "2: a factor older than the event was touched"
        case ("revoked" | "suspended", "live"):
            assert act.undo or act.what.startswith("operator undo"), f"2: a factor came back in: {act.what}"
            assert act.person == name, "3: somebody else's factor came back"
        case ("suspended", "revoked"):
            by_reset = any(r.target_id == new.user_id for r in _executed_now(before, after))
            lawful = act.undo or act.operator or by_reset or _erased(after, new)
            assert lawful, f"2: a suspended factor was revoked in: {act.what}"
        case ("pending", "revoked"):
            pass
        case other:
            raise AssertionError(f"2: a factor went {other}")


def _may_go(before: Snapshot, after: Snapshot, factor: Any, act: Doing, name: str | None) -> bool:
    """By a reset that was executed now (`resets.py` judges that one), or in an act that may do it."""
    if factor.revoked_by_reset_id is not None:
        return any(reset.id == factor.revoked_by_reset_id for reset in _executed_now(before, after))
    return name in act.may_revoke or _erased(after, factor)


def _erased(after: Snapshot, factor: Any) -> bool:
    """Nothing is left of who was removed seven days ago."""
    return after.users[factor.user_id].erased_at is not None


def _executed_now(before: Snapshot, after: Snapshot) -> list[Any]:
    return [
        reset
        for reset in after.resets.values()
        if reset.executed_at is not None and ((old := before.resets.get(reset.id)) is None or old.executed_at is None)
    ]


def _check_standing(after: Snapshot) -> None:
    live = [factor for factor in after.factors.values() if factor.status == "live"]
    phones = Counter(factor.phone for factor in live if factor.phone)
    assert all(count == 1 for count in phones.values()), "A7: two people have one number"
    for user in (user for user in after.users.values() if user.erased_at is None):
        mine = [factor for factor in live if factor.user_id == user.id]
        primary = [factor for factor in mine if factor.kind in {"app", "sms"}]
        assert len(primary) <= 1, "2: two apps or numbers are live"
        assert bool(mine) == (user.state == "enrolled"), f"A11: {user.state} with {len(mine)} live factors"
