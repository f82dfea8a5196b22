"""Until when a person answers: only hours in which somebody is there count."""

from datetime import UTC, datetime, timedelta

import pytest

from auth_backend.settings import Settings
from auth_backend.settings_loader import load_settings
from auth_backend.support_hours import read_support_hours
from httpkit.environment import SettingsError

_DEV = {"ZOE_ENV": "dev", "ZOE_SECRET_KEY": "k1:Jq7vXn3wLr9kTz5tBf2yCp8sMd4gUa6e"}
OFFICE = "mon-fri 09:00-18:00 America/Sao_Paulo"  # 12:00-21:00 UTC


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """March 2026; the 2nd is a Monday."""
    return datetime(2026, 3, day, hour, minute, tzinfo=UTC)


def _load(**changed: str) -> Settings:
    return load_settings({**_DEV, **changed}, with_tokens=False)


@pytest.mark.parametrize(
    ("written", "hours", "reported", "due"),
    [
        (OFFICE, 4, at(2, 13), at(2, 17)),
        (OFFICE, 4, at(2, 12), at(2, 16)),
        (OFFICE, 4, at(2, 3), at(2, 16)),
        (OFFICE, 4, at(2, 19), at(3, 14)),
        (OFFICE, 9, at(2, 12), at(2, 21)),
        (OFFICE, 4, at(6, 20), at(9, 15)),
        (OFFICE, 4, at(7, 10), at(9, 16)),
        (OFFICE, 18, at(6, 12), at(9, 21)),
        ("sat-sun 10:00-14:00 UTC", 5, at(2, 8), at(8, 11)),
        ("sun-mon 10:00-14:00 UTC", 5, at(7, 8), at(9, 11)),
        ("sun 20:00-24:00 UTC", 4, at(1, 20), at(2, 0)),
        ("always", 24, at(6, 20), at(7, 20)),
    ],
)
def test_until_when(written: str, hours: int, reported: datetime, due: datetime) -> None:
    assert read_support_hours(written, timedelta(hours=hours)).answer_by(reported) == due


def test_a_day_on_which_the_clock_is_changed() -> None:
    """Lisbon, 29 March 2026: the hour from one to two doesn't exist."""
    hours = read_support_hours("sun 00:00-06:00 Europe/Lisbon", timedelta(hours=5))
    assert hours.answer_by(datetime(2026, 3, 28, 20, tzinfo=UTC)) == datetime(2026, 3, 29, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "written", ["mon-fri", "mon-fri 9-18 UTC", "mon-fri 18:00-09:00 UTC", "xyz 09:00-18:00 UTC", "mon 09:00-25:00 UTC"]
)
def test_what_is_no_promise(written: str) -> None:
    with pytest.raises(SettingsError, match="ZOE_SUPPORT_HOURS"):
        _load(ZOE_SUPPORT_HOURS=written, ZOE_SUPPORT_ANSWER_HOURS="4")


def test_both_or_neither() -> None:
    with pytest.raises(SettingsError, match="go together"):
        _load(ZOE_SUPPORT_HOURS=OFFICE)
    assert _load().support_hours is None
