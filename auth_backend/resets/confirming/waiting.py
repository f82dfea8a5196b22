"""From a complete set of proofs to `confirmed`, or, when there is any risk, to `scheduled`."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.models import User
from auth_backend.audit.tags import Tag
from auth_backend.factors.models import FactorKind
from auth_backend.factors.queries import live_factors
from auth_backend.resets.events import note
from auth_backend.resets.judging import close, fresh_account
from auth_backend.resets.models import Reset, ResetState
from auth_backend.resets.notices import removed_entries, tell_scheduled
from auth_backend.resets.policy import BANNER_FOR, RECENT_RESET, Circumstances, Risk, risks_of, weighs
from auth_backend.resets.queries import list_failed_proofs, move, other_reset_since
from auth_backend.services import Services


async def confirm_or_wait(
    session: AsyncSession,
    services: Services,
    reset: Reset,
    user: User,
    *,
    browser: str | None,
    browser_known: bool,
    now: datetime,
) -> Sequence[Risk]:
    """Writes down what is true now, judges the risks, and lets the reset wait if there is any. Returns the risks.

    Both rows are locked and were judged under the lock. The events are the caller's to record, last.
    """
    account = await fresh_account(session, user)
    failed = await list_failed_proofs(session, user.id, now=now)
    risks = risks_of(
        Circumstances(
            always_wait=services.settings.reset_wait == "always",
            browser_known=browser_known,
            password_epoch=user.password_epoch,
            password_changed_at=user.password_changed_at,
            owner_epoch=account.owner_epoch if account else 0,
            owner_changed_at=account.owner_changed_at if account else None,
            other_reset_lately=await other_reset_since(session, reset, since=now - RECENT_RESET),
            disputed_at=user.disputed_at,
            failed_proofs=sum(weighs(proof, browser=browser, browser_known=browser_known) for proof in failed),
            has_passkey=any(f.kind is FactorKind.PASSKEY for f in await live_factors(session, user.id)),
        ),
        now=now,
    )
    confirmed = await move(
        session,
        reset,
        ResetState.CONFIRMED,
        confirmed_at=now,
        risks=[risk.value for risk in risks],
        removed=await removed_entries(session, user, now=now),
        fact_owner_id=account.owner_id if account else None,
        fact_factor_epoch=user.factor_epoch,
    )
    assert confirmed  # both rows are locked and the state was read under the lock
    if risks:
        until = now + services.settings.reset_wait_for
        await move(session, reset, ResetState.SCHEDULED, scheduled_for=until)
        user.reset_banner_until = until + BANNER_FOR
        await close(session, reset, now=now)
        await tell_scheduled(session, services, reset, user, now=now)
    return risks


async def note_waiting(
    session: AsyncSession, services: Services, reset: Reset, risks: Sequence[Risk], *, now: datetime
) -> None:
    """Records that a reset waits, if it does, with the reasons that nobody is told."""
    if risks:
        data = {"risks": [risk.value for risk in risks]}
        await note(session, services, Tag.RESET_SCHEDULED, reset, now=now, data=data)
