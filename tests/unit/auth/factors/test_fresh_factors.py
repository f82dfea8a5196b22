"""A factor that came with a reset is no step-up for password, e-mail, notice address and owner for a week."""

from datetime import UTC, datetime, timedelta

import pytest

from auth_backend.login.after_reset import is_fresh

RESET = datetime(2026, 3, 2, 14, 2, tzinfo=UTC)
SECOND, WEEK = timedelta(seconds=1), timedelta(days=7)


@pytest.mark.parametrize(
    ("since", "now", "fresh"),
    [
        (RESET - SECOND, RESET + SECOND, False),
        (RESET, RESET + SECOND, True),
        (RESET + SECOND, RESET + WEEK - SECOND, True),
        (RESET + SECOND, RESET + WEEK, False),
        (None, RESET + SECOND, True),
        (None, RESET + WEEK, False),
    ],
)
def test_for_a_week_after_a_reset(since: datetime | None, now: datetime, fresh: bool) -> None:
    assert is_fresh(since, reset_at=RESET, now=now) is fresh


def test_without_a_reset_none_is_fresh() -> None:
    assert not is_fresh(None, reset_at=None, now=RESET)
