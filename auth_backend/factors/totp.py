"""Time-based one-time passwords as pure functions (RFC 6238: SHA-1, 6 digits, 30 s, one step of drift)."""

import base64
import secrets
from datetime import datetime

import pyotp

from auth_backend.crypto import same

SECRET_BYTES = 20
"""160 bits, the length that RFC 4226 4 (R6) recommends."""
STEP_SECONDS = 30
DRIFT_STEPS = 1
"""One step back or ahead for clocks that differ and people who type slowly (RFC 6238 5.2)."""
ISSUER = "Zoe"


def new_secret() -> bytes:
    """A fresh seed from the system's CSPRNG."""
    return secrets.token_bytes(SECRET_BYTES)


def base32_key(secret: bytes) -> str:
    """The seed as authenticator apps take it: Base32 without padding."""
    return base64.b32encode(secret).decode("ascii").rstrip("=")


def grouped_key(secret: bytes) -> str:
    """The same in groups of four, for typing it by hand."""
    key = base32_key(secret)
    return " ".join(key[start : start + 4] for start in range(0, len(key), 4))


def provisioning_uri(secret: bytes, address: str) -> str:
    """The `otpauth://` address that a QR code holds and that opens an app on the same phone."""
    return _totp(secret).provisioning_uri(name=address, issuer_name=ISSUER)


def time_step(now: datetime) -> int:
    """The number of whole steps since 1970."""
    return int(now.timestamp()) // STEP_SECONDS


def matching_step(secret: bytes, code: str, *, now: datetime, last_step: int | None) -> int | None:
    """The time step whose code this is, within the drift and after `last_step`; None when there is none.

    Every candidate is computed and compared in constant time. The caller burns the step it gets.
    """
    totp, present, found = _totp(secret), time_step(now), None
    for step in range(present - DRIFT_STEPS, present + DRIFT_STEPS + 1):
        fits = same(totp.generate_otp(step), code)
        if fits and (last_step is None or step > last_step) and found is None:
            found = step
    return found


def _totp(secret: bytes) -> pyotp.TOTP:
    return pyotp.TOTP(base32_key(secret), digits=6, interval=STEP_SECONDS)
