"""Turn tickets, judged: what lets the action server act, for one conversation and 120 seconds."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import jwt

AUDIENCE = "zoe-turn"
LIFE = timedelta(seconds=120)
MAX_TICKET = 2048


@dataclass(frozen=True)
class TurnTicket:
    """A valid ticket: which conversation, which turn."""

    conversation_id: str
    activity_id: str


@dataclass(frozen=True)
class TicketRefused:
    """`reason`: missing, malformed, expired or too_long (good for longer than any ticket may be)."""

    reason: str


def judge_ticket(key: bytes, token: str | None, *, now: datetime) -> TurnTicket | TicketRefused:
    """Checks signature, audience and time; time by the clock that is handed in, never by the library's own."""
    if not token:
        return TicketRefused("missing")
    claims = _claims(key, token)
    if claims is None:
        return TicketRefused("malformed")
    left = claims["exp"] - now.timestamp()
    if left <= 0:
        return TicketRefused("expired")
    if left > LIFE.total_seconds() + 1:
        return TicketRefused("too_long")
    return TurnTicket(claims["sub"], claims["jti"])


def _claims(key: bytes, token: str) -> dict[str, Any] | None:
    """The signed content, with everything there and of the right kind."""
    options: Any = {
        "require": ["aud", "sub", "jti", "exp"],
        "verify_exp": False,
        "verify_nbf": False,
        "verify_iat": False,
    }
    try:
        claims = jwt.decode(token, key, algorithms=["HS256"], audience=AUDIENCE, options=options)
    except (jwt.PyJWTError, ValueError, TypeError):
        return None
    subject, turn, expires = claims["sub"], claims["jti"], claims["exp"]
    typed = isinstance(subject, str) and isinstance(turn, str) and type(expires) is int
    return claims if len(token) <= MAX_TICKET and typed and subject else None
