"""10: every notice is in the outbox with the change that caused it; nothing is lost, nothing is kept that was sent."""

from collections.abc import Iterator
from typing import Any

from tests.integration.auth.stateful.rows import Snapshot
from tests.integration.auth.stateful.witness import Doing, Witness

OF_RESET = {
    "scheduled": "reset_scheduled",
    "executed": "reset_executed",
    "undone": "reset_undone",
    "disputed": "change_reported",
    "awaiting_owner": "request_passed_on",
}

WENT = ("passkey_removed", "factor_replaced", "reset_undone", "operator_revoked_factor", "operator_decided")
"""Notices that tell of a factor that was revoked without a reset."""


def check_told(before: Snapshot, after: Snapshot, act: Doing, witness: Witness) -> None:
    """To every address on file, the second one too; and old numbers hear of a reset."""
    new = {row.id for row in after.outbox}
    written = {(letter.kind, letter.to) for letter in witness.letters if letter.id in new}
    for kinds, user_id in _due(before, after):
        user = after.users[user_id]
        if user.erased_at is not None:
            continue
        for address in filter(None, (user.email, user.notice_email)):
            assert any((f"notice:{kind}", address) in written for kind in kinds), (
                f"10: no notice {kinds} to {address} in: {act.what}"
            )
    for kind, phone in _due_by_sms(before, after):
        assert (f"notice:{kind}", phone) in written, f"10: no SMS {kind} in: {act.what}"
    _check_outbox(before, after, witness)


def _due(before: Snapshot, after: Snapshot) -> Iterator[tuple[tuple[str, ...], str]]:
    for reset in after.resets.values():
        old = before.resets.get(reset.id)
        was = old.state.value if old is not None else None
        if was == reset.state:
            continue
        if reset.state in OF_RESET:
            yield (OF_RESET[reset.state],), reset.target_id
        elif was in {"confirmed", "scheduled"} and reset.state in {"cancelled", "refused"}:
            undone = any(row.target_id == reset.target_id and row.state == "undone" for row in after.resets.values())
            yield ("reset_cancelled", *(("reset_undone",) if undone else ())), reset.target_id
    for factor in after.factors.values():
        old = before.factors.get(factor.id)
        was = old.status.value if old is not None else "absent"
        if factor.status == "live" and was == "pending":
            yield ("factor_enrolled", "factor_replaced"), factor.user_id
        elif factor.status == "live" and was == "absent":
            yield ("passkey_added",), factor.user_id
        elif factor.status == "revoked" and was == "live" and factor.revoked_by_reset_id is None:
            yield WENT, factor.user_id
    yield from _of_people(before, after)


def _of_people(before: Snapshot, after: Snapshot) -> Iterator[tuple[tuple[str, ...], str]]:
    for user in after.users.values():
        yield from _of_person(user, before.users[user.id])
    for code in after.recovery_codes.values():
        was = before.recovery_codes.get(code.id)
        if was is not None and was.status != code.status and code.status in {"used", "replaced"}:
            yield ("recovery_code_used" if code.status == "used" else "recovery_codes_replaced",), code.user_id
    for account in after.accounts.values():
        former = before.accounts[account.id].owner_id
        if account.owner_id != former:
            yield ("owner_become",), account.owner_id
            yield ("owner_no_more",), former


def _of_person(user: Any, old: Any) -> Iterator[tuple[tuple[str, ...], str]]:
    if user.removed_at != old.removed_at:
        yield ("member_removed", "member_back"), user.id
    if user.password_hash != old.password_hash:
        yield ("password_changed",), user.id
    if user.email != old.email:
        yield ("email_changed", "email_taken_back"), user.id
    elif user.notice_email != old.notice_email:
        yield ("notice_address_changed",), user.id
    if user.frozen_until is not None and (old.frozen_until is None or user.frozen_until > old.frozen_until):
        yield ("change_reported", "owner_disputed", "sign_in_stopped"), user.id


def _due_by_sms(before: Snapshot, after: Snapshot) -> Iterator[tuple[str, str]]:
    for factor in before.factors.values():
        reset = after.resets.get(after.factors[factor.id].revoked_by_reset_id) if factor.id in after.factors else None
        gone = factor.status == "live" and reset is not None
        if gone and factor.phone and reset is not None and reset.reason != "new_number":
            yield "reset_executed", factor.phone


def _check_outbox(before: Snapshot, after: Snapshot, witness: Witness) -> None:
    assert before.outbox_states.keys() <= after.outbox_states.keys(), "10: a message vanished"
    for message_id, (state, has_body) in after.outbox_states.items():
        assert state != "sent" or not has_body, "10: a body was kept after sending"
        assert state != "sent" or message_id in witness.delivered, "10: marked as sent, never handed over"
        assert state != "pending" or has_body, "10: a message lost its body before it was sent"
