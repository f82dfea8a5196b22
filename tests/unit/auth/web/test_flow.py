"""Which session a state allows."""

from datetime import UTC, datetime, timedelta

import pytest

from auth_backend.accounts.models import EnrolmentState, EnrolReason, User, UserKind
from auth_backend.login.flow import AfterPassword, after_password, idle_limit, lifetime
from auth_backend.login.models import LoginSession, SessionLevel
from auth_backend.login.sessions import is_good

NOW = datetime(2026, 3, 2, 14, 2, tzinfo=UTC)
GRACE = timedelta(days=7)


def user(state: EnrolmentState, *, kind: UserKind = UserKind.MEMBER, age: timedelta = timedelta(0)) -> User:
    reason = EnrolReason.RESET if state is EnrolmentState.MUST_ENROL else None
    return User(kind=kind, state=state, enrol_reason=reason, created_at=NOW - age)


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        (user(EnrolmentState.NONE), AfterPassword(SessionLevel.LIMITED)),
        (user(EnrolmentState.NONE, age=GRACE - timedelta(seconds=1)), AfterPassword(SessionLevel.LIMITED)),
        (user(EnrolmentState.NONE, age=GRACE), AfterPassword(SessionLevel.ENROLMENT, grace_over=True)),
        (user(EnrolmentState.NONE, kind=UserKind.DESK), AfterPassword(SessionLevel.ENROLMENT, grace_over=True)),
        (user(EnrolmentState.MUST_ENROL), AfterPassword(SessionLevel.ENROLMENT)),
        (user(EnrolmentState.ENROLLED), AfterPassword(SessionLevel.PASSWORD)),
    ],
)
def test_after_a_right_password(person: User, expected: AfterPassword) -> None:
    assert after_password(person, now=NOW, grace=GRACE) == expected


@pytest.mark.parametrize("state", list(EnrolmentState))
@pytest.mark.parametrize("level", list(SessionLevel))
def test_a_user_who_has_to_enrol_has_no_session_but_for_that(state: EnrolmentState, level: SessionLevel) -> None:
    row = LoginSession(level=level, last_seen_at=NOW, expires_at=NOW + timedelta(minutes=1), ended_at=None)
    good = is_good(row, user(state), now=NOW)
    assert good == (
        level
        in {
            EnrolmentState.NONE: {SessionLevel.LIMITED},
            EnrolmentState.MUST_ENROL: {SessionLevel.ENROLMENT},
            EnrolmentState.ENROLLED: {
                SessionLevel.PASSWORD,
                SessionLevel.HELD,
                SessionLevel.FULL_EMAIL,
                SessionLevel.FULL,
            },
        }[state]
    )


def test_times() -> None:
    assert lifetime(SessionLevel.PASSWORD, UserKind.MEMBER) == timedelta(minutes=15)
    assert lifetime(SessionLevel.ENROLMENT, UserKind.DESK) == timedelta(minutes=30)
    assert lifetime(SessionLevel.FULL, UserKind.MEMBER) == timedelta(hours=24)
    assert lifetime(SessionLevel.FULL, UserKind.DESK) == timedelta(hours=12)
    assert idle_limit(SessionLevel.LIMITED, UserKind.MEMBER) == timedelta(hours=1)
    assert idle_limit(SessionLevel.FULL, UserKind.DESK) == timedelta(minutes=30)
