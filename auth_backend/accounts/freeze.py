"""When changes of sign-in data are on hold, because somebody reported one. Pure; the one place that judges it.

Sign-in data: password, registered e-mail, notice address, factors and recovery codes, owner, members, a forgotten
password, the execution of a reset. An undo is none of these. Callers hold the locks of the persons they ask about, and
ask after both proofs only: before them a frozen account answers like any other.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from auth_backend.accounts.models import User

FROZEN_FOR = timedelta(hours=72)


@dataclass(frozen=True)
class Frozen:
    """Nothing may be changed before `until`; None: not before the operator has decided."""

    until: datetime | None


def frozen(*persons: User, now: datetime) -> Frozen | None:
    """What holds up a change that concerns these persons, the longest hold of them; None when nothing does.

    For a change of owner or members that is everyone whose rights change, and whoever changes them.
    """
    if any(person.awaits_operator for person in persons):
        return Frozen(None)
    ends = [person.frozen_until for person in persons if person.frozen_until is not None]
    until = max(ends, default=None)
    return Frozen(until) if until is not None and now < until else None


def freeze(user: User, *, about: datetime, now: datetime) -> bool:
    """Puts a locked user's changes on hold for 72 h because of what happened at `about`; False when that is settled.

    A hold that was lifted by an older factor settles what had happened until then and is younger than that factor: old
    links can't renew it. What the factor itself is, or may be, part of is not settled by it.
    """
    lifted_at, shown_since = user.freeze_lifted_at, user.freeze_lifted_since
    if lifted_at is not None and shown_since is not None and shown_since < about <= lifted_at:
        return False
    user.frozen_until = max(user.frozen_until or now, now + FROZEN_FOR)
    user.frozen_about = min(user.frozen_about or about, about)
    return True


def lift(user: User, *, shown_since: datetime | None = None, now: datetime) -> None:
    """Ends a locked user's hold; whoever calls has seen the password and a factor older than `user.frozen_about`.

    `shown_since`: since when what was shown is the user's; only what happened after it is settled. None (a person
    decided, or it isn't known): the hold ends, and nothing is settled.
    """
    user.frozen_until, user.frozen_about = None, None
    user.freeze_lifted_at, user.freeze_lifted_since = now, shown_since
