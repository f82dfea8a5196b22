"""Which session a right password opens, and which sessions a user's state allows.

Pure.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from auth_backend.accounts.models import EnrolmentState, EnrolReason, User, UserKind
from auth_backend.login.models import SessionLevel

PASSWORD_FOR = timedelta(minutes=15)
ENROLMENT_FOR = timedelta(minutes=30)
SIGNED_IN_FOR = timedelta(hours=24)
SIGNED_IN_IDLE = timedelta(hours=1)
DESK_FOR = timedelta(hours=12)
DESK_IDLE = timedelta(minutes=30)

ALLOWED_LEVELS: dict[EnrolmentState, frozenset[SessionLevel]] = {
    EnrolmentState.NONE: frozenset({SessionLevel.LIMITED}),
    EnrolmentState.MUST_ENROL: frozenset({SessionLevel.ENROLMENT}),
    EnrolmentState.ENROLLED: frozenset(
        {
            SessionLevel.PASSWORD,
            SessionLevel.HELD,
            SessionLevel.FULL_EMAIL,
            SessionLevel.FULL,
        }
    ),
}
"""Whatever the route or cookie, a user who has to enrol has no other session than `enrolment`."""

SIGNED_IN = frozenset({SessionLevel.LIMITED, SessionLevel.FULL_EMAIL, SessionLevel.FULL})
"""What the chat and the pages call signed in."""

HOME_OF = {
    SessionLevel.PASSWORD: "/login/second-step",
    SessionLevel.HELD: "/login/was-it-you",
    SessionLevel.ENROLMENT: "/enrol",
    SessionLevel.LIMITED: "/account/security",
    SessionLevel.FULL_EMAIL: "/",
    SessionLevel.FULL: "/",
}
"""Where a session of a level belongs when nothing else was asked for."""


@dataclass(frozen=True)
class AfterPassword:
    """What a right password leads to: the new session's level; `grace_over`: the user has to enrol from now on."""

    level: SessionLevel
    grace_over: bool = False


def after_password(user: User, *, now: datetime, grace: timedelta) -> AfterPassword:
    """The level of the session that this user's right password opens.

    A remembered device may raise `password` to `full`.
    """
    if user.state is EnrolmentState.ENROLLED:
        return AfterPassword(SessionLevel.PASSWORD)
    if user.state is EnrolmentState.MUST_ENROL:
        return AfterPassword(SessionLevel.ENROLMENT)
    if now < grace_ends(user, grace=grace):
        return AfterPassword(SessionLevel.LIMITED)
    return AfterPassword(SessionLevel.ENROLMENT, grace_over=True)


def grace_ends(user: User, *, grace: timedelta) -> datetime:
    """Until when a user may sign in without a second factor; desk users never may."""
    return user.created_at if user.kind is UserKind.DESK else user.created_at + grace


def require_enrolment(user: User, reason: EnrolReason) -> None:
    """Moves a user to `must_enrol`; the caller holds the user's lock, ends the sessions and records the event."""
    user.state = EnrolmentState.MUST_ENROL
    user.enrol_reason = reason


def lifetime(level: SessionLevel, kind: UserKind) -> timedelta:
    """How long a session of this level lives at most."""
    if level in {SessionLevel.PASSWORD, SessionLevel.HELD}:
        return PASSWORD_FOR
    if level is SessionLevel.ENROLMENT:
        return ENROLMENT_FOR
    return DESK_FOR if kind is UserKind.DESK else SIGNED_IN_FOR


def idle_limit(level: SessionLevel, kind: UserKind) -> timedelta:
    """How long a session may lie unused; the short ones just live."""
    if level not in SIGNED_IN:
        return lifetime(level, kind)
    return DESK_IDLE if kind is UserKind.DESK else SIGNED_IN_IDLE
