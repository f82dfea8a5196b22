"""The browser's cookie as a value: what the server issued, told from what somebody made up. Pure.

The value is 128 random bits and 128 bits of a keyed hash over them, 43 URL-safe characters. So no row is needed for
browsers that only look around, GET writes nothing, and a value that was never issued here is no browser at all.

That says nothing of who holds it: whoever can write cookies into somebody's browser (a shared computer, another
program) can plant a value that was issued to them. Therefore a browser never becomes known under the value with which
it came: each strong second step gives it a new one (`factors/queries.py`, `remember_browser`).
"""

import base64
import hashlib
import hmac
import os

RANDOM_BYTES = MAC_BYTES = 16
LENGTH = 43


def new_browser_token(key: bytes, random: bytes | None = None) -> str:
    """A value for the cookie. `random`: 16 bytes, the system's if None."""
    drawn = os.urandom(RANDOM_BYTES) if random is None else random
    return base64.urlsafe_b64encode(drawn + _mac(key, drawn)).rstrip(b"=").decode()


def is_browser_token(key: bytes, token: str) -> bool:
    """Whether the server issued this value, written as the server writes it."""
    if len(token) != LENGTH or not token.isascii():
        return False
    try:
        raw = base64.b64decode(token + "=", altchars=b"-_", validate=True)
    except ValueError:
        return False
    drawn, mac = raw[:RANDOM_BYTES], raw[RANDOM_BYTES:]
    # The last character has two spare bits: only one way of writing it is the server's.
    return hmac.compare_digest(mac, _mac(key, drawn)) and new_browser_token(key, drawn) == token


def _mac(key: bytes, drawn: bytes) -> bytes:
    return hmac.digest(key, b"browser" + drawn, hashlib.sha256)[:MAC_BYTES]
