"""Seals the few tokens that have to come back in clear: links to the verify page, confirmation nonces.

The transcript holds them sealed; only the customer's own client, or the backend that issued them, ever sees them open.
"""

import base64
import os
from collections.abc import Callable

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

PREFIX = "sealed:"
_NONCE_BYTES = 12
"""AES-GCM's own length (SP 800-38D 8.2)."""


class Seal:
    """AES-256-GCM under a key derived from the chat's. What is sealed for one place opens in no other."""

    def __init__(self, key: bytes, random_bytes: Callable[[int], bytes] = os.urandom) -> None:
        self._cipher = AESGCM(HKDF(SHA256(), 32, salt=None, info=b"zoe chat sealing").derive(key))
        self._random_bytes = random_bytes

    def close(self, text: str, place: str) -> str:
        """`text` sealed for `place`, as ASCII that begins with `sealed:`."""
        nonce = self._random_bytes(_NONCE_BYTES)
        sealed = nonce + self._cipher.encrypt(nonce, text.encode(), place.encode())
        return PREFIX + base64.urlsafe_b64encode(sealed).decode()

    def open(self, sealed: str, place: str) -> str | None:
        """The text again; None when it was sealed for another place or under another key."""
        try:
            raw = base64.urlsafe_b64decode(sealed.removeprefix(PREFIX))
            return self._cipher.decrypt(raw[:_NONCE_BYTES], raw[_NONCE_BYTES:], place.encode()).decode()
        except (ValueError, InvalidTag):
            return None
