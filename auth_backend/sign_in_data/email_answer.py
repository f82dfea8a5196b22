"""Which address counts after a change that somebody disputes: shown by password and factor that are older than it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import update
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.freeze import lift
from auth_backend.accounts.models import EnrolmentState, User
from auth_backend.accounts.password_check import PasswordAccepted, PasswordRefused, PasswordThrottled, check_password
from auth_backend.audit.service import record
from auth_backend.audit.tags import Tag
from auth_backend.client_facts import ClientFacts
from auth_backend.factors.enrolment import stepped_up
from auth_backend.factors.notices import tell_everywhere
from auth_backend.factors.queries import forget_devices, live_factors
from auth_backend.factors.suspension import forget_browsers_since
from auth_backend.login.change_right import ChangeRefused
from auth_backend.login.live import lock_live
from auth_backend.login.models import SessionLevel
from auth_backend.login.sessions import CurrentSession, end_sessions
from auth_backend.outbox.mails import MailKind
from auth_backend.outbox.notices import notify_user
from auth_backend.resets.not_me.dispute import stop
from auth_backend.services import Services
from auth_backend.sign_in_data.former_addresses import KEPT, kept_change, unsettled_changes
from auth_backend.sign_in_data.models import FormerAddress
from auth_backend.sign_in_data.moved_address import move_address
from auth_backend.sign_in_data.older import is_older


class Answer(StrEnum):
    """Which address counts."""

    OLD = "old"
    NEW = "new"


class Answered(StrEnum):
    """What became of it."""

    TAKEN_BACK = "taken_back"
    KEPT = "kept"
    NOTHING = "nothing"
    """No change is open that could be answered so."""
    NOT_OLDER = "not_older"
    """Password or factor are not older than the change: only a person can tell who is who."""


@dataclass(frozen=True)
class By:
    """Who shows or decides it, as in the record; `keep_session` is not signed out, and its browser stays known.

    `person`: somebody looked at it, which ends more than an answer can.
    """

    actor: str
    name: str
    keep_session: str | None = None
    keep_browser: str | None = None
    person: bool = False


async def open_change(session: AsyncSession, user: User, *, now: datetime) -> FormerAddress | None:
    """The change that an answer is about: the first that is disputed, else the newest that still may be."""
    changes = await unsettled_changes(session, user.id, now=now)
    disputed = [change for change in changes if change.disputed_at is not None]
    return disputed[0] if disputed else changes[-1] if changes else None


async def revocable_change(session: AsyncSession, user: User, *, now: datetime) -> FormerAddress | None:
    """The change that the operator may take back: one that is open, else one that was settled as right."""
    return await open_change(session, user, now=now) or await kept_change(session, user.id, now=now)


def is_answerable(live: CurrentSession, change: FormerAddress) -> bool:
    """Whether the session's step-up is newer than the dispute. Pure.

    Else whoever has one step-up of the owner's would change the address, report that themselves and settle it.
    """
    shown = live.row.stepped_up_at
    return change.disputed_at is None or (shown is not None and shown > change.disputed_at)


async def answer(
    services: Services, current: CurrentSession, choice: Answer, *, password: str, facts: ClientFacts, now: datetime
) -> Answered | PasswordRefused | PasswordThrottled | ChangeRefused:
    """Judges the current password, and takes the old address back or settles that the new one counts.

    It works while changes are on hold, as an undo does: what it takes would end the hold anyway. Own transactions,
    argon2 between them.
    """
    judged = await check_password(
        services, address=current.user.email, password=password, browser=facts.browser, ip=facts.ip
    )
    if not isinstance(judged, PasswordAccepted):
        return judged
    async with services.sessions.begin() as session:
        live = await _lock(session, current, now=now)
        if isinstance(live, ChangeRefused):
            return live
        user = live.user
        if judged.user_id != user.id or judged.password_epoch != user.password_epoch:
            return PasswordRefused()
        change = await open_change(session, user, now=now)
        if change is None or (choice is Answer.NEW and not user.email_disputed):
            return Answered.NOTHING
        refusal = await _refusal(session, live, change)
        if refusal is not None:
            return refusal
        by = by_session(live, facts)
        return await settle(session, services, user, change, choice, by=by, now=now)


async def _refusal(
    session: AsyncSession, live: CurrentSession, change: FormerAddress
) -> ChangeRefused | Answered | None:
    """Why this session has no say about a change; None when it has."""
    if not is_answerable(live, change):
        return ChangeRefused.STEP_UP
    return None if await shows_who(session, live, change) else Answered.NOT_OLDER


async def _lock(session: AsyncSession, current: CurrentSession, *, now: datetime) -> CurrentSession | ChangeRefused:
    """As `lock_for_change`, but a hold is no obstacle."""
    live = await lock_live(session, current, now=now)
    if live is None or live.level is not SessionLevel.FULL or live.user.state is not EnrolmentState.ENROLLED:
        return ChangeRefused.NOT_HERE
    return live if stepped_up(live, now=now) else ChangeRefused.STEP_UP


def by_session(live: CurrentSession, facts: ClientFacts) -> By:
    """The person behind a session, which goes on."""
    return By(f"user:{live.user.id}", "session", keep_session=live.id, keep_browser=facts.browser)


async def shows_who(session: AsyncSession, live: CurrentSession, change: FormerAddress) -> bool:
    """Whether password and shown factor were the user's well before the change, and nobody else decides."""
    user, since = live.user, live.row.shown_since
    if user.awaits_operator:
        return False
    # The first change of the factor set is the first enrolment; recovery codes are renewed without one.
    factors = await live_factors(session, user.id) if user.factor_epoch == 1 else []
    return is_older(
        change.at,
        factor_since=since,
        only_factor=any(factor.confirmed_at == since for factor in factors),
        password_since=user.password_changed_at,
        first_password=user.password_epoch == 0,
    )


async def settle(
    session: AsyncSession,
    services: Services,
    user: User,
    change: FormerAddress,
    choice: Answer,
    *,
    by: By,
    now: datetime,
) -> Answered:
    """Carries the answer out for a locked user. NOTHING: the old address belongs to somebody else by now."""
    if choice is Answer.NEW:
        await _keep(session, services, user, change, by=by, now=now)
        return Answered.KEPT
    return await _take_back(session, services, user, change, by=by, now=now)


async def _take_back(
    session: AsyncSession, services: Services, user: User, change: FormerAddress, *, by: By, now: datetime
) -> Answered:
    """The old address is the registered one again, and whoever was in by the change is out."""
    if change.disputed_at is None or change.ended_at is not None:
        about, reference = change.at, change.reference
        await stop(
            session,
            services,
            user,
            None,
            about=about,
            ends_right=False,
            reference=reference,
            by=by.name,
            address=change,
            now=now,
        )
    wrong = user.email
    if not await move_address(session, services, user, change.address, now=now):
        return Answered.NOTHING
    later = (FormerAddress.user_id == user.id, FormerAddress.at >= change.at, FormerAddress.id != change.id)
    await session.execute(update(FormerAddress).where(*later).values(ended_at=now, end_reason="undone"))
    change.ended_at, change.end_reason = now, "taken_back"
    lifted = _settle(user, change, now=now)
    await end_sessions(session, user.id, now=now, reason="email_taken_back", except_id=by.keep_session)
    await forget_devices(session, user.id, now=now)
    await forget_browsers_since(session, user, change.at, but=by.keep_browser)
    await session.flush()
    await tell_everywhere(session, services, user, MailKind.EMAIL_TAKEN_BACK, now=now)
    await notify_user(session, services, user, MailKind.EMAIL_TAKEN_BACK, now=now, only=wrong)
    if lifted:
        await _note(session, services, Tag.FREEZE_LIFTED, user, by, change, now=now)
    await _note(session, services, Tag.EMAIL_TAKEN_BACK, user, by, change, now=now)
    return Answered.TAKEN_BACK


async def _keep(
    session: AsyncSession, services: Services, user: User, change: FormerAddress, *, by: By, now: datetime
) -> None:
    """No dispute is open any more; notices go on for their 14 days.

    Changes that the old address's own link had disputed can't be disputed again. One that only another channel
    reported can: whoever made it reads those, and must not use up the old address's word by speaking first.
    """
    disputed = [row for row in await unsettled_changes(session, user.id, now=now) if row.disputed_at is not None]
    for row in disputed:
        if row.link_used_at is not None or by.person:
            row.ended_at, row.end_reason = now, KEPT
        else:
            row.disputed_at = None
    lifted = _settle(user, change, now=now)
    await session.flush()
    await tell_everywhere(session, services, user, MailKind.EMAIL_KEPT, now=now)
    if lifted:
        await _note(session, services, Tag.FREEZE_LIFTED, user, by, change, now=now)
    for row in disputed:
        await _note(session, services, Tag.EMAIL_KEPT, user, by, row, now=now)


def _settle(user: User, change: FormerAddress, *, now: datetime) -> bool:
    """Ends the dispute, and the hold that came with it (True); one about something earlier takes an older factor."""
    user.email_disputed = False
    lifts = user.frozen_about is not None and user.frozen_about >= change.at
    if lifts:
        lift(user, now=now)
    return lifts


async def _note(
    session: AsyncSession, services: Services, tag: Tag, user: User, by: By, change: FormerAddress, *, now: datetime
) -> None:
    await record(
        session,
        services.keys,
        tag,
        now=now,
        actor=by.actor,
        user_id=user.id,
        account_id=user.account_id,
        data={"former": change.id, "reference": change.reference, "by": by.name},
    )
