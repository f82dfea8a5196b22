"""What every second factor can do; sign-in, step-up and enrolment know only this."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from sqlalchemy.ext.asyncio import AsyncSession

from auth_backend.accounts.addresses import user_subject
from auth_backend.accounts.models import User
from auth_backend.client_facts import ClientFacts
from auth_backend.factors.models import Factor
from auth_backend.limits.policy import Caller
from auth_backend.services import Services


class Occasion(StrEnum):
    """What a code is typed for. A code of one occasion is worth nothing on another; failures are counted for each."""

    LOGIN = "login"
    STEP_UP = "step_up"
    ENROL = "enrol"
    FORGOTTEN = "forgotten"
    UNDO = "undo"


@dataclass(frozen=True)
class Challenge:
    """One question to one person: which user (locked), on which occasion, bound to what, asked from where."""

    user: User
    occasion: Occasion
    binding: str
    """`session:{id}`: a code that was sent for one sign-in opens no other."""
    caller: Caller
    facts: ClientFacts

    @property
    def subject(self) -> str:
        """Whose counters are charged."""
        return user_subject(self.user.id)


@dataclass(frozen=True)
class FactorAccepted:
    """The code is right, and burnt by this very call."""


@dataclass(frozen=True)
class FactorRefused:
    """Wrong, old, used or never sent: callers say the same for all. `locked_now`: this failure locked the factor."""

    locked_now: bool = False
    counter_went_back: bool = False
    """For the record alone: a passkey's counter stood lower than before, so there may be two of it."""


@dataclass(frozen=True)
class FactorThrottled:
    """Nothing was judged; not before `until`."""

    until: datetime


type Verdict = FactorAccepted | FactorRefused | FactorThrottled


@dataclass(frozen=True)
class Shown:
    """A live factor was shown, and what showed it is burnt by this very call."""

    factor: Factor


type Judged = Shown | FactorRefused | FactorThrottled


class Presented(Protocol):
    """What somebody brings to show a second factor: a typed code, a passkey's answer."""

    async def judge(self, session: AsyncSession, services: Services, challenge: Challenge, *, now: datetime) -> Judged:
        """Finds the live factor that it shows. The transaction must be committed whatever the answer."""


@dataclass(frozen=True)
class CodeSent:
    """A code is on its way; the next may be asked for at `next_at`."""

    next_at: datetime


@dataclass(frozen=True)
class CodeNotSent:
    """Too often; not before `until`. `held`: not this person's doing, but a ceiling of SMS."""

    until: datetime
    held: bool = False


type Sent = CodeSent | CodeNotSent


class Method(Protocol):
    """A kind of second factor that has six digits."""

    async def send(
        self, session: AsyncSession, services: Services, challenge: Challenge, factor: Factor, *, now: datetime
    ) -> Sent:
        """Sends a code if the method sends any; counted and answered alike if it sends none."""

    async def verify(
        self,
        session: AsyncSession,
        services: Services,
        challenge: Challenge,
        factor: Factor,
        code: str,
        *,
        now: datetime,
    ) -> Verdict:
        """Judges six digits. The transaction must be committed whatever the verdict: the counted failure is in it."""


def failure_bucket(method: str, challenge: Challenge) -> str:
    """The counter of a method that sends nothing (`code:app:login:known_browser`); known browsers are apart."""
    return f"code:{method}:{challenge.occasion.value}:{challenge.caller.value}"
