"""Holds on changes of sign-in data: one pure function, at its boundaries."""

from datetime import UTC, datetime, timedelta

from auth_backend.accounts.freeze import FROZEN_FOR, Frozen, freeze, frozen, lift
from auth_backend.accounts.models import User

NOW = datetime(2026, 3, 2, 14, 2, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def _user(**facts: object) -> User:
    return User(**{"awaits_operator": False, **facts})


def test_nothing_holds_a_user_whom_nobody_reported() -> None:
    assert frozen(_user(), now=NOW) is None


def test_a_hold_ends_with_its_last_second() -> None:
    user = _user(frozen_until=NOW)
    assert frozen(user, now=NOW - SECOND) == Frozen(NOW)
    assert frozen(user, now=NOW) is None


def test_the_longest_hold_of_all_concerned_counts() -> None:
    free, short, long = _user(), _user(frozen_until=NOW + SECOND), _user(frozen_until=NOW + 2 * SECOND)
    assert frozen(free, short, long, now=NOW) == Frozen(NOW + 2 * SECOND)


def test_who_waits_for_the_operator_has_no_end_in_sight() -> None:
    assert frozen(_user(frozen_until=NOW + SECOND), _user(awaits_operator=True), now=NOW) == Frozen(None)


def test_a_report_holds_for_72_hours_and_never_shortens() -> None:
    user = _user(frozen_until=NOW + timedelta(days=9), frozen_about=NOW)
    assert freeze(user, about=NOW - SECOND, now=NOW)
    assert (user.frozen_until, user.frozen_about) == (NOW + timedelta(days=9), NOW - SECOND)
    fresh = _user()
    assert freeze(fresh, about=NOW - SECOND, now=NOW)
    assert fresh.frozen_until == NOW + FROZEN_FOR == NOW + timedelta(hours=72)


def test_old_links_do_not_renew_a_hold_that_an_older_factor_lifted() -> None:
    user = _user()
    freeze(user, about=NOW - SECOND, now=NOW)
    lift(user, shown_since=NOW - 2 * SECOND, now=NOW)
    assert frozen(user, now=NOW) is None
    assert not freeze(user, about=NOW, now=NOW + SECOND)
    assert not freeze(user, about=NOW - SECOND, now=NOW + SECOND)
    assert frozen(user, now=NOW + SECOND) is None
    assert freeze(user, about=NOW + SECOND, now=NOW + SECOND)


def test_a_lift_settles_nothing_that_the_shown_factor_is_part_of() -> None:
    user = _user()
    freeze(user, about=NOW, now=NOW)
    lift(user, shown_since=NOW - SECOND, now=NOW)
    assert freeze(user, about=NOW - SECOND, now=NOW + SECOND)


def test_a_lift_without_a_shown_factor_settles_nothing() -> None:
    user = _user()
    freeze(user, about=NOW, now=NOW)
    lift(user, now=NOW)
    assert freeze(user, about=NOW, now=NOW + SECOND)
