"""Reading and revoking second factors, and the browsers in which one was shown."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, exists, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.models import User
from auth_backend.client_facts import ClientFacts
from auth_backend.crypto import token_hash
from auth_backend.db import insert_if_absent
from auth_backend.factors.models import (
    PRIMARY_KINDS,
    Factor,
    FactorKind,
    FactorStatus,
    KnownBrowser,
    ReplacedBrowser,
)
from auth_backend.i18n import translations, translator
from auth_backend.login.models import RememberedDevice
from auth_backend.recovery_codes.models import CodeStatus
from auth_backend.recovery_codes.queries import end_codes

KNOWN_FOR = timedelta(days=90)
"""How long a strong second step makes a browser known."""
MAX_RENEWALS = 10
"""How many times a browser's cookie may be renewed between a chat's beginning and its verify page."""


@dataclass(frozen=True)
class RemovedFactor:
    """What a revocation removed, for people: `kind` is a FactorKind, `ending` a number's last two digits or empty."""

    factor_id: str
    kind: str
    ending: str


@dataclass(frozen=True)
class Revoked:
    """The factors that were live, and how many recovery codes ended with them."""

    factors: list[RemovedFactor]
    recovery_codes: int


async def live_factors(session: AsyncSession, user_id: str) -> list[Factor]:
    """The confirmed factors of a user, oldest first."""
    return await _with_status(session, user_id, FactorStatus.LIVE)


async def primary_factors(session: AsyncSession, user_id: str) -> list[Factor]:
    """The live app or SMS of a user: what makes them `enrolled`."""
    return [factor for factor in await live_factors(session, user_id) if factor.kind in PRIMARY_KINDS]


async def pending_factors(session: AsyncSession, user_id: str) -> list[Factor]:
    """What is shown on an enrolment page and not confirmed, oldest first."""
    return await _with_status(session, user_id, FactorStatus.PENDING)


async def _with_status(session: AsyncSession, user_id: str, status: FactorStatus) -> list[Factor]:
    query = select(Factor).where(Factor.user_id == user_id, Factor.status == status)
    ordered = query.order_by(Factor.created_at, Factor.id).execution_options(populate_existing=True)
    return list(await session.scalars(ordered))


def describe(factor: Factor, lang: str) -> str:
    """The factor for its owner's eyes, after the proofs: "SMS ending in 88", "Authenticator app"."""
    return describe_kind(factor.kind, ending(factor), lang)


def describe_kind(kind: str, last_digits: str, lang: str, count: int = 1) -> str:
    """The same from the parts that are kept with a reset; passkeys are counted."""
    _ = translator(lang)
    if kind == FactorKind.PASSKEY.value:
        return translations(lang).ngettext("%(num)s passkey", "%(num)s passkeys", count) % {"num": count}
    if kind == FactorKind.SMS.value:
        return _("SMS ending in %(digits)s") % {"digits": last_digits}
    return _("Authenticator app")


def ending(factor: Factor) -> str:
    """The last two digits of an SMS factor's number, else empty."""
    return factor.phone[-2:] if factor.phone else ""


async def revoke_all_factors(session: AsyncSession, user: User, *, now: datetime, reset_id: str | None) -> Revoked:
    """Revokes every factor of a locked user, pending ones too, and the recovery codes; voids remembered devices.

    Returns what was live, for the caller to record. Only that can be brought back by an undo of that reset: never what
    was pending, or suspended as a stranger's. Seeds stay, encrypted, while a revocation can be undone. Sessions, codes
    and `must_enrol` are the caller's.
    """
    removed = [RemovedFactor(row.id, row.kind.value, ending(row)) for row in await live_factors(session, user.id)]
    mine = update(Factor).where(Factor.user_id == user.id)
    await session.execute(
        mine.where(Factor.status == FactorStatus.LIVE).values(
            status=FactorStatus.REVOKED, revoked_at=now, revoked_by_reset_id=reset_id
        )
    )
    await session.execute(
        mine.where(Factor.status != FactorStatus.REVOKED).values(status=FactorStatus.REVOKED, revoked_at=now)
    )
    codes = await end_codes(session, user.id, CodeStatus.REVOKED, now=now, reset_id=reset_id)
    await factor_set_changed(session, user, now=now)
    return Revoked(removed, codes)


async def factor_set_changed(session: AsyncSession, user: User, *, now: datetime) -> None:
    """Raises the epoch of the factor set and voids remembered devices. The caller holds the user's lock."""
    user.factor_epoch += 1
    await forget_devices(session, user.id, now=now)
    await session.flush()


async def forget_devices(session: AsyncSession, user_id: str, *, now: datetime) -> int:
    """Ends every remembered device of a user; tells how many there were."""
    ended = await session.scalars(
        update(RememberedDevice)
        .where(RememberedDevice.user_id == user_id, RememberedDevice.ended_at.is_(None))
        .values(ended_at=now)
        .returning(RememberedDevice.id)
    )
    return len(ended.all())


async def known_browser(
    session: AsyncSession, user_id: str, browser: str | None, *, now: datetime, opened_at: datetime | None = None
) -> bool:
    """Whether this user did a strong second step in this browser (`browser_hash(request)`) in the last 90 days.

    A value that was replaced counts no more, whoever presents it. `opened_at`: when a conversation was bound to
    `browser`; it was good then, and what has replaced it since takes nothing from that conversation.
    """
    if browser is None:
        return False
    replaced = exists().where(ReplacedBrowser.browser == browser)
    if opened_at is not None:
        replaced = replaced.where(ReplacedBrowser.replaced_at < opened_at)
    query = select(KnownBrowser.id).where(
        KnownBrowser.user_id == user_id,
        KnownBrowser.browser == browser,
        KnownBrowser.strong_step_at > now - KNOWN_FOR,
        ~replaced,
    )
    return await session.scalar(query) is not None


async def known_to_anybody(session: AsyncSession, browser: str, *, now: datetime) -> bool:
    """Whether any user did a strong second step in this browser in the last 90 days."""
    if await is_replaced(session, browser):
        return False
    query = select(KnownBrowser.id).where(
        KnownBrowser.browser == browser, KnownBrowser.strong_step_at > now - KNOWN_FOR
    )
    return await session.scalar(query.limit(1)) is not None


async def remember_browser(session: AsyncSession, user_id: str, facts: ClientFacts, *, now: datetime) -> None:
    """Notes a strong second step in a browser: app or SMS, never a mailed code or a remembered device.

    The browser gets a new cookie in the same answer, and only under that it is known: the value with which it came may
    have been planted by somebody who holds it too. What other users are known by in this browser moves along. The old
    value is replaced for good; conversations that were opened with it stay bound to it (`known_browser`, `descends`).
    """
    renewed = token_hash(facts.renew_browser())
    if facts.browser is not None:
        others = select(KnownBrowser).where(
            KnownBrowser.browser == facts.browser,
            KnownBrowser.user_id != user_id,
            KnownBrowser.strong_step_at > now - KNOWN_FOR,
            ~exists().where(ReplacedBrowser.browser == facts.browser),
        )
        for other in (await session.scalars(others)).all():
            session.add(KnownBrowser(browser=renewed, user_id=other.user_id, strong_step_at=other.strong_step_at))
        await insert_if_absent(session, ReplacedBrowser, browser=facts.browser, successor=renewed, replaced_at=now)
    session.add(KnownBrowser(browser=renewed, user_id=user_id, strong_step_at=now))
    await session.flush()


async def forget_browsers(session: AsyncSession, user_id: str) -> int:
    """No browser is known for this user any more; tells how many rows that were."""
    gone = await session.scalars(delete(KnownBrowser).where(KnownBrowser.user_id == user_id).returning(KnownBrowser.id))
    return len(gone.all())


async def is_replaced(session: AsyncSession, browser: str, *, before: datetime | None = None) -> bool:
    """Whether this browser got a newer cookie since, or did so earlier than `before`."""
    query = select(ReplacedBrowser.browser).where(ReplacedBrowser.browser == browser)
    if before is not None:
        query = query.where(ReplacedBrowser.replaced_at < before)
    return await session.scalar(query) is not None


async def descends(session: AsyncSession, browser: str, *, of: str) -> bool:
    """Whether `browser` is what the browser `of` is called now, after its cookie was renewed."""
    current: str | None = of
    for _ in range(MAX_RENEWALS):
        if current is None or current == browser:
            break
        current = await session.scalar(select(ReplacedBrowser.successor).where(ReplacedBrowser.browser == current))
    return current == browser
