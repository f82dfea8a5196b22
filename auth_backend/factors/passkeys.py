"""A user's own passkeys: adding, renaming, removing. Each needs a `full` session with a step-up of five minutes.

A passkey comes beside an app or SMS and never stands for one: it makes nobody `enrolled`, and taking the last one away
leaves nobody without a second factor.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.audit.tags import Tag
from auth_backend.client_facts import ClientFacts
from auth_backend.db import new_id
from auth_backend.factors.base import Challenge, Occasion
from auth_backend.factors.enrolment import enrol_challenge
from auth_backend.factors.models import Factor, FactorKind, FactorStatus, Passkey
from auth_backend.factors.passkey_challenges import issue_challenge, take_challenge
from auth_backend.factors.passkey_method import MAX_PASSKEYS, LivePasskey, live_passkeys
from auth_backend.factors.queries import factor_set_changed, primary_factors
from auth_backend.factors.relying_party import relying_party
from auth_backend.factors.webauthn_checks import Credential, NewCredential, check_registration, registration_options
from auth_backend.login.change_right import ChangeRefused, lock_for_change
from auth_backend.login.second_step import record_step
from auth_backend.login.sessions import CurrentSession, end_sessions
from auth_backend.outbox.mails import MailKind
from auth_backend.outbox.notices import notify_user
from auth_backend.services import Services

MAX_NAME = 60


@dataclass(frozen=True)
class PasskeyAdded:
    """It is live."""

    name: str


@dataclass(frozen=True)
class PasskeyRefused:
    """The browser's answer doesn't hold, came too late, or names a credential that is known already."""


@dataclass(frozen=True)
class TooManyPasskeys:
    """One has to be removed first."""


@dataclass(frozen=True)
class PasskeyUnknown:
    """No live passkey of this user has that id."""


@dataclass(frozen=True)
class PasskeyRenamed:
    """It has another name."""


@dataclass(frozen=True)
class PasskeyRemoved:
    """It is revoked; other sessions ended."""


async def ask_for_registration(
    session: AsyncSession,
    services: Services,
    current: CurrentSession,
    facts: ClientFacts,
    challenge: bytes,
    *,
    now: datetime,
) -> dict[str, Any] | TooManyPasskeys | ChangeRefused:
    """Stores the question and returns what the browser is asked."""
    live, party = await lock_for_change(session, current, now=now), relying_party(services.settings.public_url)
    if isinstance(live, ChangeRefused):
        return live
    if party is None:
        return ChangeRefused.NOT_HERE
    there = await live_passkeys(session, live.user.id)
    if len(there) >= MAX_PASSKEYS:
        return TooManyPasskeys()
    await issue_challenge(session, await _asked(session, live, facts, now=now), challenge, now=now)
    return registration_options(
        party,
        user_id=live.user.id,
        address=live.user.email,
        name=live.user.name,
        challenge=challenge,
        known=[Credential(one.passkey.credential_id, one.passkey.transports) for one in there],
    )


async def add_passkey(
    session: AsyncSession,
    services: Services,
    current: CurrentSession,
    answer: dict[str, Any] | None,
    *,
    name: str,
    facts: ClientFacts,
    now: datetime,
) -> PasskeyAdded | PasskeyRefused | TooManyPasskeys | ChangeRefused:
    """Judges what `navigator.credentials.create` gave and makes it a factor; remembered devices are void."""
    live, party = await lock_for_change(session, current, now=now), relying_party(services.settings.public_url)
    if isinstance(live, ChangeRefused):
        return live
    question = await take_challenge(session, await _asked(session, live, facts, now=now), now=now)
    made = None
    if question is not None and party is not None and answer is not None:
        made = check_registration(party, answer, challenge=question)
    if len(await live_passkeys(session, live.user.id)) >= MAX_PASSKEYS:
        return TooManyPasskeys()
    factor = await _store(session, live.user.id, made, name, now=now) if made is not None else None
    if made is None or factor is None:
        await record_step(session, services, live, Tag.PASSKEY_ENROLMENT_REFUSED, {"ip": facts.ip}, now=now)
        return PasskeyRefused()
    await factor_set_changed(session, live.user, now=now)
    await _tell(session, services, live, MailKind.PASSKEY_ADDED, name, now=now)
    data = {"factor": factor.id, "synced": made.backed_up, "ip": facts.ip}
    await record_step(session, services, live, Tag.PASSKEY_ENROLLED, data, now=now)
    return PasskeyAdded(name)


async def rename_passkey(
    session: AsyncSession, services: Services, current: CurrentSession, factor_id: str, name: str, *, now: datetime
) -> PasskeyRenamed | PasskeyUnknown | ChangeRefused:
    """Gives a passkey another name. It signs in as before: no notice, nothing void."""
    live = await lock_for_change(session, current, now=now)
    if isinstance(live, ChangeRefused):
        return live
    found = await _own(session, live, factor_id)
    if found is None:
        return PasskeyUnknown()
    found.passkey.name = name
    await record_step(session, services, live, Tag.PASSKEY_RENAMED, {"factor": factor_id}, now=now)
    return PasskeyRenamed()


async def remove_passkey(
    session: AsyncSession,
    services: Services,
    current: CurrentSession,
    factor_id: str,
    facts: ClientFacts,
    *,
    now: datetime,
) -> PasskeyRemoved | PasskeyUnknown | ChangeRefused:
    """Revokes a passkey; all other sessions end, for one of them may be of whoever holds it."""
    live = await lock_for_change(session, current, now=now)
    if isinstance(live, ChangeRefused):
        return live
    found = await _own(session, live, factor_id)
    if found is None:
        return PasskeyUnknown()
    await session.execute(
        update(Factor)
        .where(Factor.id == factor_id, Factor.status == FactorStatus.LIVE)
        .values(status=FactorStatus.REVOKED, revoked_at=now)
    )
    await factor_set_changed(session, live.user, now=now)
    ended = await end_sessions(session, live.user.id, now=now, reason="passkey_removed", except_id=live.id)
    await _tell(session, services, live, MailKind.PASSKEY_REMOVED, found.passkey.name, now=now)
    data = {"factor": factor_id, "sessions_ended": ended, "ip": facts.ip}
    await record_step(session, services, live, Tag.PASSKEY_REMOVED, data, now=now)
    return PasskeyRemoved()


def read_name(raw: str) -> str | None:
    """A name on one line, at most MAX_NAME characters; None when there is none in `raw`."""
    name = " ".join("".join(character if character.isprintable() else " " for character in raw).split())
    return name[:MAX_NAME].strip() or None


async def _asked(session: AsyncSession, live: CurrentSession, facts: ClientFacts, *, now: datetime) -> Challenge:
    challenge = await enrol_challenge(session, live, facts, binding=f"session:{live.id}", now=now)
    assert challenge.occasion is Occasion.ENROL
    return challenge


async def _store(
    session: AsyncSession, user_id: str, made: NewCredential, name: str, *, now: datetime
) -> Factor | None:
    """The live factor; None when anybody has or had this credential, which no honest authenticator makes twice.

    The unique index is the judge (WebAuthn Level 3, 7.1 step 26).
    """
    factor = Factor(
        id=new_id(),
        user_id=user_id,
        kind=FactorKind.PASSKEY,
        status=FactorStatus.LIVE,
        created_at=now,
        confirmed_at=now,
    )
    passkey = Passkey(
        factor_id=factor.id,
        credential_id=made.id,
        public_key=made.public_key,
        sign_count=made.sign_count,
        name=name,
        transports=made.transports,
        backed_up=made.backed_up,
    )
    try:
        async with session.begin_nested():
            session.add(factor)
            await session.flush()
            session.add(passkey)
    except IntegrityError:
        return None
    return factor


async def _own(session: AsyncSession, live: CurrentSession, factor_id: str) -> LivePasskey | None:
    return next((one for one in await live_passkeys(session, live.user.id) if one.factor.id == factor_id), None)


async def _tell(
    session: AsyncSession, services: Services, live: CurrentSession, kind: MailKind, name: str, *, now: datetime
) -> None:
    phones = tuple(factor.phone for factor in await primary_factors(session, live.user.id) if factor.phone)
    await notify_user(session, services, live.user, kind, now=now, phones=phones, passkey=name)
