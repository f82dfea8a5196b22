"""Passkeys as an additional second factor: asking for one, and judging what a browser brings."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.factors.base import Challenge, FactorRefused, FactorThrottled, Judged, Occasion, Shown, failure_bucket
from auth_backend.factors.models import Factor, FactorKind, FactorStatus, Passkey
from auth_backend.factors.passkey_challenges import issue_challenge, take_challenge
from auth_backend.factors.relying_party import RelyingParty, relying_party
from auth_backend.factors.webauthn_checks import (
    Asserted,
    CounterWentBack,
    Credential,
    NotHeld,
    assertion_options,
    check_assertion,
    credential_id_of,
)
from auth_backend.keyring import Keyring
from auth_backend.limits.failures import clear_failures, record_failure, standing_of
from auth_backend.limits.policy import CODE_FAILURES_TO_LOCK
from auth_backend.services import Services

MAX_PASSKEYS = 5
"""How many a user may have; also how many every question at the second step names, invented ones among them."""

_LENGTHS = (16, 20, 32, 48, 64)
"""How long the identifiers of common authenticators are, in bytes."""


@dataclass(frozen=True)
class LivePasskey:
    """A live passkey with its factor."""

    factor: Factor
    passkey: Passkey


async def live_passkeys(session: AsyncSession, user_id: str) -> list[LivePasskey]:
    """The passkeys of a user that are good now, oldest first."""
    query = (
        select(Factor, Passkey)
        .join(Passkey, Passkey.factor_id == Factor.id)
        .where(Factor.user_id == user_id, Factor.kind == FactorKind.PASSKEY, Factor.status == FactorStatus.LIVE)
        .order_by(Factor.created_at, Factor.id)
        .execution_options(populate_existing=True)
    )
    return [LivePasskey(factor, passkey) for factor, passkey in await session.execute(query)]


async def ask_for_passkey(
    session: AsyncSession, services: Services, asked: Challenge, challenge: bytes, *, now: datetime
) -> dict[str, Any] | None:
    """Stores the question and returns what the browser is asked; None where this site can have no passkeys.

    Neither the password alone, at the second step, nor the mailbox alone, when a password was forgotten, may tell who
    has a passkey: everybody's question names MAX_PASSKEYS identifiers, invented ones among them, in an order that says
    nothing, and no transports (WebAuthn Level 3, 14.6.3). Only a step-up, where both were shown, names the real ones.
    """
    party = relying_party(services.settings.public_url)
    if party is None:
        return None
    await issue_challenge(session, asked, challenge, now=now)
    live = await live_passkeys(session, asked.user.id)
    named = [Credential(one.passkey.credential_id, one.passkey.transports) for one in live]
    if asked.occasion is not Occasion.STEP_UP or not named:
        named = padded(services.keys, asked.user.id, [one.id for one in named])
    return assertion_options(party, challenge=challenge, allowed=named)


def padded(keys: Keyring, user_id: str, real: Sequence[bytes]) -> list[Credential]:
    """MAX_PASSKEYS identifiers: the real ones, and for the rest the same invented ones each time."""
    invented = [_invented(keys, user_id, number) for number in range(MAX_PASSKEYS - len(real))]
    return [Credential(identifier) for identifier in sorted([*real, *invented], key=lambda one: _place(keys, one))]


def _invented(keys: Keyring, user_id: str, number: int) -> bytes:
    """As random as a real one, and as long as some real ones are."""
    seed = hmac.digest(keys.passkeys, f"invented:{user_id}:{number}".encode(), "sha512")
    length = hmac.digest(keys.passkeys, b"length:" + seed, "sha256")[0]
    return seed[: _LENGTHS[length % len(_LENGTHS)]]


def _place(keys: Keyring, identifier: bytes) -> bytes:
    return hmac.digest(keys.passkeys, b"place:" + identifier, "sha256")


@dataclass(frozen=True)
class PasskeyAnswer:
    """What `navigator.credentials.get` gave, as JSON; None when the browser brought nothing that can be read."""

    answer: dict[str, Any] | None = field(repr=False)

    async def judge(self, session: AsyncSession, services: Services, challenge: Challenge, *, now: datetime) -> Judged:
        """Judges it against the one question that this session was asked for this purpose, and ends that question.

        Failures are counted as those of codes are; nothing is judged while the counter blocks.
        """
        bucket = failure_bucket(FactorKind.PASSKEY.value, challenge)
        standing = await standing_of(session, challenge.subject, bucket, now=now)
        if standing.blocked_until is not None and standing.blocks(now):
            return FactorThrottled(standing.blocked_until)
        question = await take_challenge(session, challenge, now=now)
        party = relying_party(services.settings.public_url)
        outcome: Shown | CounterWentBack | NotHeld = NotHeld()
        if question is not None and party is not None and self.answer is not None:
            outcome = await _judge(session, party, challenge, question, self.answer, now=now)
        if isinstance(outcome, Shown):
            await clear_failures(session, challenge.subject, bucket, now=now)
            return outcome
        after = await record_failure(session, challenge.subject, bucket, now=now, lock_at=CODE_FAILURES_TO_LOCK)
        return FactorRefused(
            locked_now=after.in_window == CODE_FAILURES_TO_LOCK, counter_went_back=isinstance(outcome, CounterWentBack)
        )


async def _judge(
    session: AsyncSession,
    party: RelyingParty,
    challenge: Challenge,
    question: bytes,
    answer: dict[str, Any],
    *,
    now: datetime,
) -> Shown | CounterWentBack | NotHeld:
    named = credential_id_of(answer)
    live = next((one for one in await live_passkeys(session, challenge.user.id) if _is(one, named)), None)
    if live is None:
        return NotHeld()
    passkey = live.passkey
    checked = check_assertion(
        party,
        answer,
        challenge=question,
        user_id=challenge.user.id,
        public_key=passkey.public_key,
        sign_count=passkey.sign_count,
    )
    if not isinstance(checked, Asserted):
        return checked
    used = await session.scalar(
        update(Passkey)
        .where(Passkey.factor_id == passkey.factor_id, Passkey.sign_count == passkey.sign_count)
        .values(sign_count=checked.sign_count, backed_up=checked.backed_up, last_used_at=now)
        .returning(Passkey.factor_id)
    )
    return Shown(live.factor) if used is not None else NotHeld()


def _is(live: LivePasskey, identifier: bytes | None) -> bool:
    return identifier is not None and hmac.compare_digest(live.passkey.credential_id, identifier)
