"""Every key that the backend uses, each derived for one purpose."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from auth_backend.crypto import Cipher, derive_key


@dataclass(frozen=True)
class Keyring:
    """Keys made of the installation's secrets. Hashing keys come from the oldest secret, so that stored hashes
    outlive a rotation.
    """

    cipher: Cipher = field(repr=False)
    codes: bytes = field(repr=False)
    addresses: bytes = field(repr=False)
    destinations: bytes = field(repr=False)
    recovery_codes: bytes = field(repr=False)
    passkeys: bytes = field(repr=False)
    audit: bytes = field(repr=False)
    browsers: bytes = field(repr=False)
    turn_ticket: bytes = field(repr=False)

    @classmethod
    def of(cls, secrets: Mapping[str, bytes], current: str | None = None) -> "Keyring":
        """`secrets` maps key id → secret, oldest first; `current` encrypts, the last one unless it is named."""
        ids = list(secrets)
        oldest = secrets[ids[0]]
        return cls(
            cipher=Cipher(
                {key_id: derive_key(secret, "rows") for key_id, secret in secrets.items()}, current or ids[-1]
            ),
            codes=derive_key(oldest, "codes"),
            addresses=derive_key(oldest, "addresses"),
            destinations=derive_key(oldest, "destinations"),
            recovery_codes=derive_key(oldest, "recovery-codes"),
            passkeys=derive_key(oldest, "passkeys"),
            audit=derive_key(oldest, "audit"),
            browsers=derive_key(oldest, "browsers"),
            turn_ticket=derive_key(oldest, "turn-ticket"),
        )
