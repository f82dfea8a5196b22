"""9: the chain is whole, and every change of security state has its event in the transaction that made it."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from typing import Any

from auth_backend.audit.models import AuditEvent
from auth_backend.crypto import derive_key
from tests.integration.auth.stateful.cast import SECRETS
from tests.integration.auth.stateful.rows import Snapshot
from tests.integration.auth.stateful.stage import Stage
from tests.integration.auth.stateful.witness import Doing, Witness

REVOKED = {
    "factor:revoked",
    "factor:replaced",
    "factor:passkey:removed",
    "operator:factor:revoked",
    "account:member:erased",
}
OF_FACTOR = {
    ("pending", "live"): {"factor:enrolled", "factor:replaced"},
    ("absent", "live"): {"factor:passkey:enrolled"},
    ("live", "revoked"): REVOKED,
    ("live", "suspended"): {"factor:suspended"},
    ("revoked", "live"): {"factor:restored"},
    ("suspended", "live"): {"operator:undo:decided", "factor:restored"},
}
OF_RESET = {
    "proving": {"reset:proof"},
    "ready": {"reset:ready"},
    "awaiting_owner": {"reset:owner:asked"},
    "confirmed": {"reset:confirmed", "reset:owner:approved"},
    "scheduled": {"reset:scheduled"},
    "executed": {"reset:executed"},
    "enrolled": {"reset:enrolled"},
    "refused": {"reset:refused", "reset:execution:refused"},
    "expired": {"reset:expired", "reset:superseded"},
    "cancelled": {"reset:cancelled"},
    "disputed": {"reset:disputed"},
    "undone": {"reset:undone"},
}
OF_CODE = {
    "used": {"recovery_codes:used"},
    "replaced": {"recovery_codes:replaced"},
    "suspended": {"recovery_codes:suspended"},
    "revoked": {"recovery_codes:revoked"},
    "live": {"recovery_codes:restored"},
}


def check_record(before: Snapshot, after: Snapshot, act: Doing, witness: Witness) -> None:
    """Each change, and an event of it about that person in this act."""
    written = {(event.tag, event.user_id) for event in after.events}
    for tags, user_id in _changes(before, after):
        assert any((tag, user_id) in written for tag in tags), (
            f"9: no event {' or '.join(sorted(tags))} about {witness.name_of(user_id)} in: {act.what}"
        )


def _changes(before: Snapshot, after: Snapshot) -> Iterator[tuple[set[str], str]]:
    for factor in after.factors.values():
        old = before.factors.get(factor.id)
        move = (old.status.value if old is not None else "absent", factor.status.value)
        if move in OF_FACTOR:
            yield OF_FACTOR[move], factor.user_id
    for reset in after.resets.values():
        old = before.resets.get(reset.id)
        if old is None or old.state != reset.state:
            yield OF_RESET[reset.state], reset.target_id
    for code in after.recovery_codes.values():
        old = before.recovery_codes.get(code.id)
        if old is not None and old.status != code.status and code.status in OF_CODE:
            yield OF_CODE[code.status], code.user_id
    yield from _of_people(before, after)


def _of_people(before: Snapshot, after: Snapshot) -> Iterator[tuple[set[str], str]]:
    for user in after.users.values():
        old = before.users[user.id]
        if user.erased_at is None:
            yield from _of_person(user, old)
    for account in after.accounts.values():
        if account.owner_id != before.accounts[account.id].owner_id:
            yield {"account:owner:changed"}, account.owner_id


def _of_person(user: Any, old: Any) -> Iterator[tuple[set[str], str]]:
    if user.removed_at != old.removed_at:
        yield {"account:member:removed", "account:member:brought_back"}, user.id
    if user.password_hash != old.password_hash:
        yield {"user:password:set", "operator:password:set"}, user.id
    if user.email != old.email:
        yield {"user:email:changed", "user:email:taken_back"}, user.id
    elif user.notice_email != old.notice_email:
        yield {"user:notice_address:set", "user:notice_address:removed"}, user.id
    if user.state == "must_enrol" and old.state != "must_enrol":
        yield {"user:must_enrol", "operator:factor:revoked"}, user.id
    if user.awaits_operator != old.awaits_operator:
        yield {"reset:undo:suspended", "operator:undo:decided", "reset:undone"}, user.id
    if user.frozen_until is None and old.frozen_until is not None:
        yield {"user:freeze:lifted"}, user.id
    if user.email_disputed != old.email_disputed:
        yield {"user:email:disputed", "user:email:kept", "user:email:taken_back"}, user.id


def check_chain(stage: Stage) -> None:
    """Every event's MAC, computed here from its columns, and the head."""
    key, previous = derive_key(SECRETS["k1"], "audit"), "0" * 64
    events = stage.reader.all_of(AuditEvent)
    for number, event in enumerate(events, 1):
        assert event.seq == number, "9: an event is missing"
        at = event.at.isoformat(timespec="seconds").replace("+00:00", "Z")
        columns = [event.seq, at, event.tag, event.actor, event.user_id, event.account_id, event.data]
        columns += [event.request_id, event.clock_offset_s]
        content = json.dumps(columns, sort_keys=True, separators=(",", ":"))
        mac = hmac.new(key, digestmod=hashlib.sha256)
        for part in (previous.encode(), content.encode()):
            mac.update(len(part).to_bytes(4, "big") + part)
        assert mac.hexdigest() == event.mac, f"9: event {number} doesn't follow from the one before"
        previous = event.mac
