"""Making recovery codes: after an enrolment, and anew from the Security tab."""

from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.models import EnrolmentState, User, UserKind
from auth_backend.audit.tags import Tag
from auth_backend.crypto import token_hash
from auth_backend.db import new_id
from auth_backend.factors.notices import tell_everywhere
from auth_backend.login.change_right import ChangeRefused, lock_for_change
from auth_backend.login.second_step import record_step
from auth_backend.login.sessions import CurrentSession, resolve_session_token
from auth_backend.outbox.mails import MailKind
from auth_backend.recovery_codes.codes import lookup_tag, new_codes
from auth_backend.recovery_codes.models import CodeStatus, RecoveryCode, RecoveryCodeSet
from auth_backend.recovery_codes.queries import codes_left, end_codes
from auth_backend.recovery_codes.shown import SHOWN_FOR, seal
from auth_backend.services import Services


@dataclass(frozen=True)
class HashedCode:
    """A code with what is stored of it."""

    code: str = field(repr=False)
    tag: str
    encoded: str


async def make_codes(services: Services, user_id: str) -> list[HashedCode]:
    """Ten fresh codes of a user and their hashes, stored nowhere yet.

    One hash after the other: they take one thread of the pool, and sign-ins go in between.
    """
    codes = new_codes(lambda code: lookup_tag(services.keys.recovery_codes, user_id, code))
    return [
        HashedCode(code, lookup_tag(services.keys.recovery_codes, user_id, code), await services.passwords.hash(code))
        for code in codes
    ]


async def issue_after_enrolment(services: Services, session_token: str) -> bool:
    """Gives the person who just enrolled a factor their first codes; False when there are codes, or can't be any.

    In transactions of its own, after the enrolment's: only a confirmed factor costs ten slow hashes, and a death in
    between leaves a person without codes, which the Security tab says.
    """
    now = services.now()
    async with services.sessions.begin() as session:
        current = await resolve_session_token(session, session_token, now=now)
        if current is None or not await _lacks_codes(session, current.user):
            return False
    made = await make_codes(services, current.user.id)
    async with services.sessions.begin() as session:
        live = await lock_for_change(session, current, now=services.now())
        if isinstance(live, ChangeRefused) or not await _lacks_codes(session, live.user):
            return False
        await _store(session, live.user, made, session_token, now=now)
        await record_step(session, services, live, Tag.RECOVERY_CODES_ISSUED, {"count": len(made)}, now=now)
    return True


async def replace_codes(services: Services, current: CurrentSession, session_token: str) -> ChangeRefused | None:
    """Makes ten new codes under step-up; the old ones are worth nothing from then on, and every channel is told."""
    made = await make_codes(services, current.user.id)
    now = services.now()
    async with services.sessions.begin() as session:
        live = await lock_for_change(session, current, now=now)
        if isinstance(live, ChangeRefused):
            return live
        user = live.user
        if user.kind is UserKind.DESK or live.row.token != token_hash(session_token):
            return ChangeRefused.NOT_HERE
        old = await end_codes(session, user.id, CodeStatus.REPLACED, now=now)
        await _store(session, user, made, session_token, now=now)
        await tell_everywhere(session, services, user, MailKind.RECOVERY_CODES_REPLACED, now=now)
        data = {"count": len(made), "replaced": old}
        await record_step(session, services, live, Tag.RECOVERY_CODES_REPLACED, data, now=now)
    return None


async def _lacks_codes(session: AsyncSession, user: User) -> bool:
    """Whether somebody should be given codes: enrolled, with none left. The desk has app and passkey only."""
    if user.kind is UserKind.DESK or user.state is not EnrolmentState.ENROLLED:
        return False
    return (await codes_left(session, user.id)).count == 0


async def _store(
    session: AsyncSession, user: User, made: list[HashedCode], session_token: str, *, now: datetime
) -> None:
    set_id = new_id()
    sealed = seal(session_token, set_id, [fresh.code for fresh in made])
    session.add(
        RecoveryCodeSet(id=set_id, user_id=user.id, created_at=now, sealed=sealed, sealed_until=now + SHOWN_FOR)
    )
    await session.flush()
    session.add_all(
        RecoveryCode(
            set_id=set_id,
            user_id=user.id,
            tag=fresh.tag,
            hash=fresh.encoded,
            status=CodeStatus.LIVE,
            created_at=now,
        )
        for fresh in made
    )
    await session.flush()
