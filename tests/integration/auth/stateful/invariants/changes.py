"""2, 7, 13: sign-in data changes only where it may, never while it is on hold; quiet acts change nothing."""

from collections import Counter
from datetime import timedelta

from tests.integration.auth.stateful.rows import Snapshot
from tests.integration.auth.stateful.witness import Doing, Witness

MOVES = {"change email", "answer email"}
"""Acts that may move a registered address."""
OWNER_CHANGES = {"hand over", "take back", "operator owner"}
QUIET = ("users", "accounts", "factors", "resets", "proofs", "recovery_codes", "requests", "owner_changes", "forgotten")
"""What an act that must change nothing leaves row by row as it is; counters and sessions' last use may move."""


def check_changes(before: Snapshot, after: Snapshot, act: Doing, witness: Witness) -> None:
    """All of it."""
    if act.quiet:
        for name in QUIET:
            assert getattr(before, name) == getattr(after, name), f"13: {name} changed in: {act.what}"
        ended = {row.id for row in after.sessions.values() if row.ended_at is None}
        assert ended == {row.id for row in before.sessions.values() if row.ended_at is None}, f"13: {act.what}"
    for user_id, user in after.users.items():
        old, name = before.users[user_id], witness.name_of(user_id)
        if user.removed_at != old.removed_at:
            owner = witness.name_of(after.account_of(user_id).owner_id)
            lawful = act.what in {"remove", "bring-back"} and act.person == owner != name
            assert lawful, f"2: {name} was removed or came back in: {act.what}"
        if user.erased_at is not None:
            assert user.removed_at + timedelta(days=7) <= after.at, "2: erased within seven days"
            continue
        data = [(row.password_hash, row.notice_email, row.email) for row in (user, old)]
        assert data[0] == data[1] or name == act.changes, f"7: sign-in data of {name} changed in: {act.what}"
        assert user.email == old.email or act.what in MOVES, f"7: an address changed in: {act.what}"
        assert user.state == old.state or user.state != "none", "A11: back to none"
        if old.awaits_operator and not user.awaits_operator:
            assert act.what.startswith("operator undo"), f"2: the operator's decision fell in: {act.what}"
        if old.frozen_until is not None and old.frozen_until > after.at and user.frozen_until != old.frozen_until:
            longer = user.frozen_until is not None and user.frozen_until > old.frozen_until
            assert longer or act.what in {"lift", "answer email"}, f"2: a hold ended in: {act.what}"
            older = [f for f in before.live(user_id) if before.factors[f].confirmed_at < old.frozen_about]
            assert longer or older, "2: a hold was lifted without an older factor"
    _check_owners(before, after, act, witness)
    _check_holds(before, after, act)
    _check_fresh(before, after, act)
    emails = Counter(user.email.casefold() for user in after.users.values())
    assert all(count == 1 for count in emails.values()), "A10: two people have one address"


def _check_owners(before: Snapshot, after: Snapshot, act: Doing, witness: Witness) -> None:
    for account_id, account in after.accounts.items():
        was = before.accounts[account_id].owner_id
        assert after.users[account.owner_id].account_id == account_id, "2: the owner is no member"
        if account.owner_id == was:
            continue
        assert act.what in OWNER_CHANGES, f"2: the owner changed in: {act.what}"
        assert act.what != "hand over" or witness.name_of(was) == act.person, "2: handed over by somebody else"
        assert act.what != "take back" or witness.name_of(account.owner_id) == act.person, "2: taken by somebody else"
        for reset in after.resets.values():
            if reset.target_id in {was, account.owner_id}:
                open_ = reset.state in {"proving", "ready", "awaiting_owner", "confirmed", "scheduled"}
                assert not open_, "2: a reset outlived a change of owner"


def _check_holds(before: Snapshot, after: Snapshot, act: Doing) -> None:
    """72 h, or until the operator decides: nothing changes but by an undo or the operator."""
    if act.undo or act.operator:
        return
    for user_id, old in before.users.items():
        if after.users[user_id].erased_at is not None:
            continue
        held = old.awaits_operator or (old.frozen_until is not None and old.frozen_until > after.at)
        if not held:
            continue
        user = after.users[user_id]
        assert user.password_hash == old.password_hash, "2: a password changed during a hold"
        back = act.what == "answer email"
        assert user.email == old.email or back, "2: an address changed during a hold"
        assert user.notice_email == old.notice_email, "2: a notice address changed during a hold"
        assert after.live(user_id) <= before.live(user_id), f"2: a factor was bound during a hold in: {act.what}"
        gone = before.live(user_id) - after.live(user_id)
        suspended = {factor for factor in gone if after.factors[factor].status == "suspended"}
        assert gone == suspended, f"2: a factor was revoked during a hold in: {act.what}"
        account, was = after.account_of(user_id), before.account_of(user_id)
        if account.owner_id != was.owner_id and act.what == "hand over":
            assert user_id not in {account.owner_id, was.owner_id}, "2: the owner changed during a hold"


def _check_fresh(before: Snapshot, after: Snapshot, act: Doing) -> None:
    """For seven days after a reset, what was bound since is no step-up for what would make a takeover final."""
    if act.what not in {"change password", "change email", "notice", "hand over"}:
        return
    for user_id, old in before.users.items():
        done = [r.executed_at for r in before.resets.values() if r.target_id == user_id and r.executed_at is not None]
        last = max(done, default=None)
        live = [before.factors[factor].confirmed_at for factor in before.live(user_id)]
        if last is None or after.at >= last + timedelta(days=7) or any(at < last for at in live):
            continue
        user = after.users[user_id]
        kept = (user.password_hash, user.email, user.notice_email) == (old.password_hash, old.email, old.notice_email)
        owns = before.account_of(user_id).owner_id == user_id
        assert kept, f"2: a factor bound since a reset allowed: {act.what}"
        assert not owns or after.account_of(user_id).owner_id == user_id, "2: handed over with a factor bound since"
