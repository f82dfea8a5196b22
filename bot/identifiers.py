"""Ids and tokens: where randomness enters, and how a secret is stored."""

import hashlib
import secrets
from collections.abc import Callable

type NewToken = Callable[[], str]
"""Makes a fresh secret of at least 128 bits, safe in URLs."""


def new_token() -> str:
    """256 bits from the system's generator, URL-safe."""
    return secrets.token_urlsafe(32)


def new_id() -> str:
    """An id that can't be guessed: 128 bits, URL-safe."""
    return secrets.token_urlsafe(16)


def token_hash(token: str) -> str:
    """How a token of at least 128 bits is stored: SHA-256, hexadecimal."""
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()


def activity_id(conversation_id: str, client_activity_id: str | None) -> str:
    """The id of a customer's activity: the same for the same client activity, so that sending again is never a
    second attempt.
    """
    if client_activity_id is None:
        return new_id()
    return hashlib.sha256(f"{conversation_id}\n{client_activity_id}".encode()).hexdigest()[:32]


def reply_id(turn_id: str, number: int) -> str:
    """The id of the `number`-th thing said in a turn: the same however often the turn is run."""
    return f"{hashlib.sha256(turn_id.encode()).hexdigest()[:24]}-{number}"
