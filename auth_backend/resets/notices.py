"""Telling the user, on every channel on file, what becomes of a reset."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.addresses import mask_address
from auth_backend.accounts.models import User
from auth_backend.factors.models import FactorKind
from auth_backend.factors.queries import describe_kind, ending, live_factors
from auth_backend.i18n import translations
from auth_backend.login.trust import count_remembered
from auth_backend.outbox.mails import MailKind
from auth_backend.outbox.notices import addresses_on_file, notify_user
from auth_backend.recovery_codes.queries import codes_left
from auth_backend.resets.links import STATUS_FOR, issue_link
from auth_backend.resets.models import LinkPower, Reset
from auth_backend.resets.policy import Reason
from auth_backend.resets.undo.window import undoable_until
from auth_backend.services import Services
from auth_backend.sign_in_data.former_addresses import former_addresses

LABEL = "ending in "
RECOVERY_CODES, DEVICES = "recovery_codes", "devices"


async def removed_entries(session: AsyncSession, user: User, *, now: datetime) -> list[dict[str, Any]]:
    """What a reset removes, for people: `{"kind", "label", "count"}` (docs/interfaces.md); passkeys are one entry."""
    factors = await live_factors(session, user.id)
    entries: list[dict[str, Any]] = [
        {"kind": factor.kind.value, "label": f"{LABEL}{ending(factor)}" if ending(factor) else "", "count": 1}
        for factor in factors
        if factor.kind is not FactorKind.PASSKEY
    ]
    counted = (
        (FactorKind.PASSKEY.value, sum(factor.kind is FactorKind.PASSKEY for factor in factors)),
        (RECOVERY_CODES, (await codes_left(session, user.id)).count),
        (DEVICES, await count_remembered(session, user, now=now)),
    )
    return entries + [{"kind": kind, "label": "", "count": count} for kind, count in counted if count]


def in_words(entries: Sequence[dict[str, Any]], language: str) -> list[str]:
    """Such entries as words: "SMS ending in 88", "2 passkeys", "7 recovery codes", "2 remembered devices"."""
    return [_in_words(entry, language) for entry in entries]


def _in_words(entry: dict[str, Any], language: str) -> str:
    ngettext, count = translations(language).ngettext, int(entry["count"])
    if entry["kind"] == RECOVERY_CODES:
        return ngettext("%(num)s recovery code", "%(num)s recovery codes", count) % {"num": count}
    if entry["kind"] == DEVICES:
        return ngettext("%(num)s remembered device", "%(num)s remembered devices", count) % {"num": count}
    return describe_kind(entry["kind"], str(entry["label"]).removeprefix(LABEL), language, count)


async def told(
    session: AsyncSession, user: User, reset: Reset, removes: Sequence[dict[str, Any]], *, now: datetime
) -> list[str]:
    """Whom the notices go to, masked: all addresses, and the old phone unless it was reported as changed."""
    phones = [str(entry["label"]).removeprefix(LABEL) for entry in removes if entry["kind"] == "sms"]
    if reset.reason == Reason.NEW_NUMBER.value:
        phones = []
    addresses = dict.fromkeys((*addresses_on_file(user), *await former_addresses(session, user.id, now=now)))
    return [*map(mask_address, addresses), *(f"••{digits}" for digits in phones)]


async def old_phones(session: AsyncSession, reset: Reset) -> tuple[str, ...]:
    """Numbers that a notice goes to: those of the live SMS factors, unless the number was reported as changed."""
    if reset.reason == Reason.NEW_NUMBER.value:
        return ()
    return tuple(factor.phone for factor in await live_factors(session, reset.target_id) if factor.phone)


async def tell_scheduled(session: AsyncSession, services: Services, reset: Reset, user: User, *, now: datetime) -> None:
    """That it waits, until when, how to follow it and how to stop it: two links, two powers."""
    assert reset.scheduled_for is not None
    status = await issue_link(session, services, reset, LinkPower.STATUS, now=now, expires_at=now + STATUS_FOR)
    cancel = await issue_link(session, services, reset, LinkPower.CANCEL, now=now, expires_at=now + STATUS_FOR)
    await notify_user(
        session,
        services,
        user,
        MailKind.RESET_SCHEDULED,
        now=now,
        phones=await old_phones(session, reset),
        reset_id=reset.id,
        reference=reset.reference,
        scheduled_for=reset.scheduled_for,
        by_owner=reset.conversation_id is None,
        status_url=status.url,
        cancel_url=cancel.url,
    )


async def tell_executed(
    session: AsyncSession, services: Services, reset: Reset, user: User, *, phones: tuple[str, ...], now: datetime
) -> None:
    """That it is done. `phones` were the user's before the revocation."""
    status = await issue_link(session, services, reset, LinkPower.STATUS, now=now, expires_at=now + STATUS_FOR)
    await notify_user(
        session,
        services,
        user,
        MailKind.RESET_EXECUTED,
        now=now,
        phones=phones,
        reset_id=reset.id,
        reference=reset.reference,
        removed=in_words(reset.removed, user.language),
        by_owner=reset.conversation_id is None,
        status_url=status.url,
        undo_url=await _undo_url(session, services, reset, now=now),
    )


async def _undo_url(session: AsyncSession, services: Services, reset: Reset, *, now: datetime) -> str:
    """Empty when nothing was removed that could come back."""
    until = undoable_until(reset, now=now) if any(entry["kind"] in {"app", "sms"} for entry in reset.removed) else None
    if until is None:
        return ""
    return (await issue_link(session, services, reset, LinkPower.UNDO, now=now, expires_at=until)).url


async def tell_stopped(session: AsyncSession, services: Services, reset: Reset, user: User, *, now: datetime) -> None:
    """That a confirmed reset will not be carried out."""
    await notify_user(
        session, services, user, MailKind.RESET_CANCELLED, now=now, reset_id=reset.id, reference=reset.reference
    )
