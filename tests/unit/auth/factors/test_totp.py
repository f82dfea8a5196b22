"""TOTP against RFC 6238's own vectors, drift and burning."""

from datetime import UTC, datetime, timedelta

import pytest

from auth_backend.factors import totp

SECRET = b"12345678901234567890"
"""RFC 6238, appendix B (SHA-1)."""


@pytest.mark.parametrize(
    ("seconds", "code"),
    [(59, "287082"), (1111111109, "081804"), (1111111111, "050471"), (1234567890, "005924"), (2000000000, "279037")],
)
def test_rfc_6238_vectors(seconds: int, code: str) -> None:
    """Appendix B's 8-digit values, the last six digits of each."""
    now = datetime.fromtimestamp(seconds, tz=UTC)
    assert totp.matching_step(SECRET, code, now=now, last_step=None) == seconds // 30


@pytest.mark.parametrize(("late_s", "accepted"), [(-60, False), (-30, True), (0, True), (30, True), (60, False)])
def test_one_step_of_drift_on_both_sides(late_s: int, accepted: bool) -> None:
    """A code typed by somebody whose clock is off."""
    now = datetime.fromtimestamp(1111111109 + late_s, tz=UTC)
    assert (totp.matching_step(SECRET, "081804", now=now, last_step=None) is not None) is accepted


def test_burnt_step_and_all_before_it_are_refused() -> None:
    """RFC 6238 5.2: a step at or below the last accepted one is never right again."""
    now = datetime.fromtimestamp(59, tz=UTC)
    assert totp.matching_step(SECRET, "287082", now=now, last_step=0) == 1
    assert totp.matching_step(SECRET, "287082", now=now, last_step=1) is None
    assert totp.matching_step(SECRET, "287082", now=now + timedelta(seconds=30), last_step=2) is None


def test_secret_is_160_bits_and_each_differs() -> None:
    """RFC 4226 4, R6."""
    first, second = totp.new_secret(), totp.new_secret()
    assert (len(first), first == second) == (20, False)
    assert totp.grouped_key(first).replace(" ", "") == totp.base32_key(first)
    assert len(totp.base32_key(first)) == 32


def test_address_for_apps_names_issuer_and_user() -> None:
    """What the QR code holds."""
    uri = totp.provisioning_uri(SECRET, "ana@acme.example")
    assert uri.startswith("otpauth://totp/Zoe:ana%40acme.example?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Zoe")
