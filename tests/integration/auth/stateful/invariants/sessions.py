"""1: no rights beyond enrolment for whoever has to enrol, whatever the way; and how every session came to be."""

from datetime import timedelta
from typing import Any

from tests.integration.auth.stateful.rows import Snapshot
from tests.integration.auth.stateful.witness import Doing, Witness

ALLOWED = {
    "none": {"limited"},
    "must_enrol": {"enrolment"},
    "enrolled": {"password", "held", "full_email", "full"},
}
BEGINS = {
    "full": {"sign in", "/login/second-step", "/login/step-up", "recovery code", "passkey", "confirm", "held"},
    "full_email": {"mailed step"},
    "held": {"sign in", "/login/second-step", "/login/step-up", "recovery code", "passkey"},
    "password": {"sign in", "compare"},
    "limited": {"sign in"},
    "enrolment": {"sign in"},
}
"""Level → acts in which a session of it may begin."""


def check_sessions(before: Snapshot, after: Snapshot, act: Doing, witness: Witness) -> None:
    """Every session that is not over suits its user's state; every new one came by a lawful way."""
    for row in after.sessions.values():
        if row.ended_at is None and row.expires_at > after.at:
            state = after.users[row.user_id].state
            assert after.users[row.user_id].removed_at is None, "1: a session of somebody who was removed"
            assert row.level in ALLOWED[state], f"1: a {row.level} session of somebody who is {state}"
        if row.id not in before.sessions:
            _check_new(before, after, row, act, witness)


def _check_new(before: Snapshot, after: Snapshot, row: Any, act: Doing, witness: Witness) -> None:
    name = witness.name_of(row.user_id)
    assert act.what in BEGINS[row.level], f"1: a {row.level} session began in: {act.what}"
    assert name == act.person, "3: a session of somebody else began"
    user = after.users[row.user_id]
    assert not user.awaits_operator or row.level in {"password", "enrolment"}, "2: a sign-in that an operator stopped"
    waits = any(r.target_id == row.user_id and r.state == "scheduled" for r in after.resets.values())
    if row.level == "full" and act.what in {"sign in", "/login/second-step"}:
        assert not waits, "2: a sign-in wasn't held while a reset waits"
    if row.second_step == "remembered":
        assert any(_may_be_remembered(before, row, device, witness) for device in before.devices.values()), (
            "1: a device was let in without a code though something it was bound to has changed"
        )
    elif act.what == "sign in":
        assert row.level not in {"full", "full_email"}, "1: the password alone opened everything"


def _may_be_remembered(rows: Snapshot, session: Any, device: Any, witness: Witness) -> bool:
    """A5, from what happened since, not from what the device's row says it is bound to."""
    name, since = witness.name_of(device.user_id), device.created_at
    changed = witness.password_changed.get(name or "")
    touched = [
        moment
        for factor in rows.factors.values()
        if factor.user_id == device.user_id
        for moment in (factor.confirmed_at, factor.revoked_at)
    ]
    owner_changed = rows.account_of(device.user_id).owner_changed_at
    return (
        device.user_id == session.user_id
        and device.ip == session.ip
        and device.ended_at is None
        and rows.at <= since + timedelta(days=14)
        and all(moment is None or moment <= since for moment in (*touched, owner_changed, changed))
    )
