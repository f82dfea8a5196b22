"""Change of owner.

Everything that was asked in the former owner's or the new one's name ends.
"""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.models import Account, OwnerChange, User
from auth_backend.accounts.queries import get_user, lock_account, lock_user
from auth_backend.approvals.models import OwnerRequest
from auth_backend.audit.service import record
from auth_backend.audit.tags import Tag
from auth_backend.crypto import new_token, token_hash
from auth_backend.outbox.mails import MailKind
from auth_backend.outbox.notices import notify_user
from auth_backend.resets.events import ChatEvent, note, tell_chat
from auth_backend.resets.judging import close
from auth_backend.resets.models import Reset, ResetState
from auth_backend.resets.notices import tell_stopped
from auth_backend.resets.queries import lock_reset, move
from auth_backend.resets.states import CANCELLABLE, SAID_YES
from auth_backend.services import Services

DISPUTE = "/owner-dispute"


async def change_owner(
    session: AsyncSession,
    services: Services,
    *,
    account_id: str,
    user_id: str,
    now: datetime,
    actor: str,
    disputable: bool = True,
) -> bool:
    """Makes a member the owner; False when that is so already. Both persons are told by mail.

    The former owner's mail has a link to dispute it for 7 days, unless the change itself settles a dispute.

    The first owner of an account is no change: no risk is counted from it and nobody is told. Raises ValueError for
    somebody who is no member of the account. Locks: the account, then, in the order of their ids,
    both persons and whoever has a reset that ends with the change.
    """
    account = await lock_account(session, account_id)
    user = await get_user(session, user_id)
    if account is None or user is None or user.account_id != account.id or user.removed_at is not None:
        raise ValueError("only a member of the account can own it")
    former = account.owner_id
    if former == user.id:
        return False
    both = {user.id, former or user.id}
    affected = {reset.target_id for reset in await _open_resets(session, both)}
    locked = {person: await lock_user(session, person) for person in sorted(both | affected)}
    account.owner_id, account.owner_changed_at = user.id, now
    if former is not None:
        account.owner_epoch += 1
        await _end_resets(session, services, both, now=now, actor=actor)
        token = new_token() if disputable else None
        session.add(
            OwnerChange(
                account_id=account.id,
                former_id=former,
                owner_id=user.id,
                actor=actor,
                epoch=account.owner_epoch,
                dispute_token=token_hash(token) if token else None,
                at=now,
            )
        )
        await session.flush()
        for person in (locked[person_id] for person_id in sorted(both)):
            assert person is not None  # users are never deleted
            await _tell(session, services, person, account, owns=person.id == user.id, token=token, now=now)
    await session.flush()
    data = {"former": former, "owner": user.id}
    await record(
        session,
        services.keys,
        Tag.ACCOUNT_OWNER_CHANGED,
        now=now,
        actor=actor,
        user_id=user.id,
        account_id=account.id,
        data=data,
    )
    return True


async def _tell(
    session: AsyncSession,
    services: Services,
    person: User,
    account: Account,
    *,
    owns: bool,
    token: str | None,
    now: datetime,
) -> None:
    """The link goes to the former owner alone, to every channel on file."""
    if owns:
        await notify_user(session, services, person, MailKind.OWNER_BECOME, now=now, account=account.name)
        return
    url = f"{services.settings.public_url}{DISPUTE}/{token}" if token else None
    await notify_user(session, services, person, MailKind.OWNER_NO_MORE, now=now, account=account.name, dispute_url=url)


async def _open_resets(session: AsyncSession, persons: Collection[str]) -> Sequence[Reset]:
    """What is not executed and has to do with one of `persons`, approvals that they were asked for included."""
    asked = select(OwnerRequest.reset_id).where(OwnerRequest.owner_id.in_(persons))
    about = or_(Reset.target_id.in_(persons), Reset.requester_id.in_(persons), Reset.id.in_(asked))
    query = select(Reset).where(about, Reset.state.in_(CANCELLABLE)).order_by(Reset.id)
    return (await session.scalars(query.execution_options(populate_existing=True))).all()


async def _end_resets(
    session: AsyncSession, services: Services, persons: Collection[str], *, now: datetime, actor: str
) -> None:
    """Cancels what one of `persons` asked for, was asked to approve, or what is about one of them, unless executed."""
    ids = [reset.id for reset in await _open_resets(session, persons)]
    # All rows are locked before the first event is recorded: the audit head's lock comes last, always.
    for reset in [await lock_reset(session, reset_id) for reset_id in ids]:
        was_confirmed = reset.state in SAID_YES
        if not await move(session, reset, ResetState.CANCELLED, ended_at=now):
            continue
        await close(session, reset, now=now)
        target = await get_user(session, reset.target_id)
        if was_confirmed and target is not None:
            await tell_stopped(session, services, reset, target, now=now)
        await tell_chat(session, services, reset.conversation_id, ChatEvent.RESET_CHANGED, now=now)
        data = {"by": "owner_change"}
        await note(session, services, Tag.RESET_CANCELLED, reset, now=now, data=data, actor=actor)
