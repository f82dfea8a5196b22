"""Keys, tokens, codes and encryption as pure functions."""

import hashlib
import hmac
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

CODE_DIGITS = 6


def derive_key(secret: bytes, label: str) -> bytes:
    """32 bytes for one purpose, by HKDF-SHA256 (RFC 5869); two labels give unrelated keys."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"zoe:" + label.encode()).derive(secret)


def new_token() -> str:
    """A bearer secret of 256 random bits, URL-safe."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """How a token is stored: SHA-256, hexadecimal. Enough for ≥128 random bits."""
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()


def new_code() -> str:
    """Six digits from the system's CSPRNG (ASVS 5.0 6.5.3)."""
    return f"{secrets.randbelow(10**CODE_DIGITS):0{CODE_DIGITS}d}"


def keyed_hash(key: bytes, *parts: str) -> str:
    """HMAC-SHA256 over `parts`, each preceded by its length so that no two lists collide; hexadecimal."""
    mac = hmac.new(key, digestmod=hashlib.sha256)
    for part in parts:
        data = part.encode()
        mac.update(len(data).to_bytes(4, "big") + data)
    return mac.hexdigest()


def same(left: str, right: str) -> bool:
    """Compares two hashes in constant time."""
    return hmac.compare_digest(left, right)


class UnknownKeyError(Exception):
    """A row was encrypted with a key that the settings no longer hold."""


@dataclass(frozen=True)
class Cipher:
    """AES-256-GCM with key ids. `keys` maps id → 32 bytes; `current` names the one that encrypts."""

    keys: Mapping[str, bytes]
    current: str

    def encrypt(self, plain: bytes, *, context: str) -> bytes:
        """`key id, NUL, 12-byte nonce, ciphertext with tag`; `context` (table, row, column) is authenticated with
        it.
        """
        nonce = os.urandom(12)
        sealed = AESGCM(self.keys[self.current]).encrypt(nonce, plain, context.encode())
        return self.current.encode() + b"\0" + nonce + sealed

    def decrypt(self, stored: bytes, *, context: str) -> bytes:
        """The plain bytes. Raises UnknownKeyError, or InvalidTag when the row or its context was changed."""
        key_id, _, rest = stored.partition(b"\0")
        key = self.keys.get(key_id.decode("ascii", "replace"))
        if key is None:
            raise UnknownKeyError(key_id.decode("ascii", "replace"))
        return AESGCM(key).decrypt(rest[:12], rest[12:], context.encode())

    @staticmethod
    def key_id(stored: bytes) -> str:
        """Which key a stored value needs."""
        return stored.partition(b"\0")[0].decode("ascii", "replace")
